"""What xe says when something goes wrong: XAPI's failures in sentences."""

import re
from pathlib import Path

import pytest

import xsbond.lab
from tests.lab.hosts import Answer, RecordedToolstack, Shell
from xsbond.lab.contracts import Failure
from xsbond.lab.xe.errors import explanations

MASTER = "d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1"
MEMBER = "9bc984d0-e1be-45a9-a4e2-6f3a523ca3d2"
ETH1 = "2bb02ea3-3748-db6f-0150-c56b88412754"
PUB = "74d2ba9d-28cd-a6f6-bcd4-3ba259b031d4"
BOND1 = "15a94569-8785-4c28-e629-303d414e94aa"
_WORDLESS = {"NO_LOCAL_INTERFACE", "Fault"}
"""Codes that xapi raises but does not explain (datamodel_errors.ml lacks them)."""


def test_lab_explains_whatever_it_raises() -> None:
    """Every code written in its sources."""
    sources = Path(xsbond.lab.__file__).parent.rglob("*.py")
    raised = {
        code
        for path in sources
        for code in re.findall(r'Failure\(\s*"([A-Za-z_]+)"', path.read_text(encoding="utf-8"))
        if code.isupper() or code in _WORDLESS
    }
    assert raised - _WORDLESS - explanations().keys() == set()


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (
            Failure("PIF_BOND_MORE_THAN_ONE_IP"),
            "Only one PIF on a bond is allowed to have an IP configuration.\n",
        ),
        (
            Failure("PIF_IS_MANAGEMENT_INTERFACE", "OpaqueRef:gone"),
            (
                "The operation you requested cannot be performed because the specified PIF is the"
                " management interface.\nPIF: OpaqueRef:gone\n"
            ),
        ),
        (
            Failure("HA_IS_ENABLED"),
            "The operation could not be performed because HA is enabled on the Pool\n",
        ),
        (
            Failure("HOST_NOT_DISABLED"),
            (
                "This operation cannot be performed because the host is not disabled. Please"
                " disable the host and then try again.\n"
            ),
        ),
        (
            Failure("RBAC_PERMISSION_DENIED", "bond.create", "No permission in user session"),
            (
                "RBAC permission denied.\npermission: bond.create\n"
                "message: No permission in user session\n"
            ),
        ),
        (
            Failure("VM_REQUIRES_NETWORK", "a", "b"),
            (
                "You attempted to run a VM on a host which doesn't have a PIF on a Network needed"
                " by the VM. The VM has at least one VIF attached to the Network.\n"
                "vm: a\nnetwork: b\n"
            ),
        ),
        (
            Failure("PIF_ALREADY_BONDED"),
            "This operation cannot be performed because the pif is bonded.\nPIF: <unknown>\n",
        ),
        (
            Failure("HOST_NOT_LIVE", "extra"),
            "This operation cannot be completed as the server is not live.\n<extra>: extra\n",
        ),
    ],
    ids=lambda value: value.code if isinstance(value, Failure) else "",
)
def test_failure_is_told_in_a_sentence(
    shell: Shell, toolstack: RecordedToolstack, failure: Failure, text: str
) -> None:
    """Its arguments below, by their names, missing and surplus ones too."""
    toolstack.failure = failure
    assert shell.run(f"xe bond-destroy uuid={BOND1}") == Answer(stdout="", stderr=text, status=1)


def test_object_with_a_name_is_told_with_it(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Uuid (name)."""
    host = toolstack.call("host.get_by_uuid", MEMBER)
    toolstack.failure = Failure("HOST_OFFLINE", host)
    assert shell.run(f"xe bond-destroy uuid={BOND1}").stderr.endswith(f"host: {MEMBER} (xs-2)\n")


def test_failures_of_several_are_told_one_by_one(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """On standard output, the last one first, and nothing on standard error."""
    toolstack.failure = Failure("HOST_NOT_DISABLED")
    sentence = (
        "This operation cannot be performed because the host is not disabled. Please disable the"
        " host and then try again."
    )
    uuids = [toolstack.tables["host"][ref]["uuid"] for ref in sorted(toolstack.tables["host"])]
    lines = [f"operation failed on {uuid}: {sentence}\n" for uuid in uuids]
    assert shell.run("xe host-reboot --multiple") == Answer(
        stdout="".join(lines), stderr="", status=1
    )
    assert len(toolstack.calls) == 2


@pytest.mark.parametrize("words", ["a=b", "host-list -x y", "host-list -u", "-pw"])
def test_words_that_make_no_command_are_a_syntax_error(shell: Shell, words: str) -> None:
    """Xapi loses the words that say which."""
    assert shell.run(f"xe {words}").stderr.startswith(("Syntax error: \nFor usage", "Unknown"))


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("bond-create", "network-uuid"),
        ("bond-set-mode uuid=x", "mode"),
        ("network-create", "name-label"),
        ("vlan-create vlan=7", "pif-uuid"),
        ("pif-reconfigure-ip uuid=x", "mode"),
        ("host-param-get uuid=x", "param-name"),
        ("pool-designate-new-master", "host-uuid"),
        ("event-wait", "class"),
    ],
)
def test_first_missing_parameter_is_told(shell: Shell, command: str, missing: str) -> None:
    """Before anything is looked up."""
    assert shell.run(f"xe {command}") == Answer(
        stdout="",
        stderr=f"Required parameter not found: {missing}\nFor usage run: 'xe help'\n",
        status=1,
    )


@pytest.mark.parametrize(
    ("command", "xapi_class"),
    [
        ("pif-plug", "PIF"),
        ("network-destroy", "network"),
        ("vlan-destroy", "VLAN"),
        ("host-param-list", "host"),
        ("pool-param-list", "pool"),
        ("bond-destroy", "Bond"),
    ],
)
def test_unknown_uuid_is_told_with_its_class(shell: Shell, command: str, xapi_class: str) -> None:
    """On standard error, status 1."""
    assert shell.run(f"xe {command} uuid=nonsense") == Answer(
        stdout="",
        stderr=f"The uuid you supplied was invalid.\ntype: {xapi_class}\nuuid: nonsense\n",
        status=1,
    )


def test_abbreviation_is_no_command(shell: Shell) -> None:
    """Completing names is the shell's business."""
    assert shell.run("xe host-lis").stderr == (
        "Unknown command: host-lis\nFor usage run: 'xe help'\n"
    )


@pytest.mark.parametrize(
    ("command", "raised"),
    [
        ("bond-destroy uuid=nonsense", "Server_error(UUID_INVALID, [ Bond; nonsense ])"),
        ("host-list colour=red", "Cli_util.Cli_failure(\"Unknown field 'colour'\")"),
    ],
)
def test_trace_shows_what_was_raised(shell: Shell, command: str, raised: str) -> None:
    """After the complaint."""
    complaint = shell.run(f"xe {command} --trace").stderr
    assert complaint.endswith(f"\nRaised {raised}\nBacktrace:\n")


def test_number_that_is_none_is_an_internal_error(shell: Shell) -> None:
    """Nobody catches what OCaml's Int64 raises."""
    assert shell.run("xe network-create name-label=X MTU=big").stderr == (
        "The server failed to handle your request, due to an internal error. The given message may"
        " give details useful for debugging the problem.\n"
        "message: Failure: Int64.of_string\n"
    )


def test_failed_command_with_minimal_prints_nothing(shell: Shell) -> None:
    """Not even an empty line."""
    assert shell.run("xe host-list colour=red --minimal").stdout == ""


def test_bad_truth_value_is_told_with_its_parameter(shell: Shell) -> None:
    """And the words that would do."""
    assert shell.run("xe network-create name-label=X managed=perhaps").stderr == (
        "Error: Failed to parse parameter 'managed':"
        " Expected 'true','t','yes','y','1','false','f','no','n','0' got perhaps\n"
    )
