"""The procedure, typed by hand over OpenSSH's own client: it prints what the tutorial shows.

Blanks, the format of ifconfig and the order of members are this machine's.
"""

import re
import subprocess
from collections.abc import Mapping

import pytest

from tests.lab.ovs.ground import needs_namespaces
from tests.lab.tutorial_run import MASTER_STEPS, MEMBER_LOOKS, lines
from xsbond.lab.blueprint import XENSERVER_6_2, tutorial
from xsbond.lab.namespaced.lab import OvsLab

pytestmark = needs_namespaces

_MARK = "=-=-="


def typed(lab: OvsLab, name: str, steps: Mapping[str, str]) -> dict[str, str]:
    """Return step -> what it printed, all typed into one shell on a host."""
    script = "".join(f"{command}\necho '{_MARK}' {step}\n" for step, command in steps.items())
    command = ["ssh", "-F", str(lab.ssh_config), name, "bash"]
    run = subprocess.run(
        command, input=script, capture_output=True, text=True, timeout=120, check=True
    )
    assert not run.stderr, run.stderr
    printed = re.split(rf"^{_MARK} (\S+)\n", run.stdout, flags=re.MULTILINE)
    return dict(zip(printed[1::2], printed[::2], strict=False))


Printed = Mapping[str, str]


@pytest.fixture(scope="module")
def printed() -> Printed:
    """What every step printed: PM-… on xs-1, M-1.…, M-2 and M-3.… on xs-2."""
    inventory = {"0": ". /etc/xensource-inventory"}
    with OvsLab(tutorial(2, XENSERVER_6_2)) as lab:
        found = {f"PM-{step}": text for step, text in typed(lab, "xs-1", MASTER_STEPS).items()}
        before = typed(lab, "xs-2", {**inventory, **MEMBER_LOOKS})
        restart = typed(lab, "xs-2", {"2": "service xapi restart && sleep 1"})
        after = typed(lab, "xs-2", {**inventory, **MEMBER_LOOKS})
    found |= {f"M-1.{step}": text for step, text in before.items()}
    found |= {"M-2": restart["2"]}
    return found | {f"M-3.{step}": text for step, text in after.items()}


def macs(text: str) -> dict[str, str]:
    """Return interface -> MAC out of `ifconfig -a | grep -e xen -e xapi -e eth`."""
    names = re.findall(r"^(\S+?):? .*\n +ether (\S+)", text, re.MULTILINE)
    return dict(names)


def bonds(text: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Return bond -> type and members out of bond/list."""
    rows = [row.split("\t") for row in text.splitlines()[1:]]
    return {row[0]: (row[1], frozenset(row[-1].split(", "))) for row in rows}


NAS = ("active-backup", frozenset({"eth2", "eth4"}))
PUB = ("balance-slb", frozenset({"eth1", "eth5"}))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("PM-4.5.1", ["xapi0", "xapi1", "xenbr0", "xenbr3"]),
        ("M-1.5.1", ["xapi0", "xenbr0", "xenbr1", "xenbr3", "xenbr5"]),
        ("M-3.5.1", ["xapi0", "xapi1", "xenbr0", "xenbr3"]),
    ],
)
def test_bridges(printed: Printed, step: str, expected: list[str]) -> None:
    """The new one stands in place of the legs' own."""
    assert printed[step].split() == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("PM-4.5.2", {"bond0": NAS, "bond1": PUB}),
        ("M-1.5.2", {"bond0": NAS}),
        ("M-3.5.2", {"bond0": NAS, "bond1": PUB}),
    ],
)
def test_bonds_of_the_switch(
    printed: Printed, step: str, expected: dict[str, tuple[str, frozenset[str]]]
) -> None:
    """The member has the new one after its restart only."""
    assert bonds(printed[step]) == expected


@pytest.mark.parametrize(
    ("step", "nic", "mac"),
    [("PM-4.4.2", "eth1", "00:1f:29:c4:9f:3c"), ("M-3.4.2", "eth1", "00:1f:29:c4:9d:c2")],
)
def test_bridge_shares_the_mac_of_its_first_nic(
    printed: Printed, step: str, nic: str, mac: str
) -> None:
    """As Open vSwitch and the kernel have it; the bridges of the legs are gone."""
    found = macs(printed[step])
    assert (found["xapi1"], found[nic]) == (mac, mac)
    assert not {"xenbr1", "xenbr5"} & set(found)


def test_member_is_untouched_before_its_restart(printed: Printed) -> None:
    """Its legs have their own bridges still."""
    found = macs(printed["M-1.4.2"])
    assert {"xenbr1", "xenbr5"} <= set(found)
    assert "xapi1" not in found


@pytest.mark.parametrize(
    ("step", "addresses"),
    [
        ("PM-4.4.1", {"172.16.0.10", "172.16.0.35"}),
        ("M-1.4.1", {"172.16.0.12", "172.16.0.36"}),
        ("M-3.4.1", {"172.16.0.12", "172.16.0.36"}),
    ],
)
def test_no_address_is_new(printed: Printed, step: str, addresses: set[str]) -> None:
    """Management and storage, before and after."""
    assert set(re.findall(r"inet (\S+)", printed[step])) == addresses


@pytest.mark.parametrize("step", ["PM-4.1", "M-1.1", "M-3.1"])
def test_networks(printed: Printed, step: str) -> None:
    """Of the default networks' company, NAS and PUB are there on every host."""
    found = re.findall(r"name-label \( RW\): (\S+)\n +bridge \( RO\): (\S+)", printed[step])
    assert set(found) == {("NAS", "xapi0"), ("PUB", "xapi1")}


@pytest.mark.parametrize(
    ("step", "devices"), [("PM-4.2.3", ["bond1"]), ("M-1.2.3", []), ("M-3.2.3", ["bond1"])]
)
def test_guest_pifs(printed: Printed, step: str, devices: list[str]) -> None:
    """Non-physical PIFs without an address: none on the member before its restart."""
    assert re.findall(r"device \( RO\): (\S+)", printed[step]) == devices


def test_member_sees_the_masters_bond_and_then_its_own(printed: Printed) -> None:
    """Three bonds pool-wide before its restart, four afterwards."""
    modes = [
        sorted(re.findall(r"mode \( RO\): (\S+)", printed[step])) for step in ("M-1.3", "M-3.3")
    ]
    assert modes == [
        ["active-backup", "active-backup", "balance-slb"],
        ["active-backup", "active-backup", "balance-slb", "balance-slb"],
    ]


def test_restart_prints_what_the_tutorial_shows(printed: Printed) -> None:
    """Red Hat's marks of that age."""
    assert lines(printed["M-2"]) == [
        "Stopping xapi: .. [ OK ]",
        "Starting xapi: OK [ OK ]",
    ]
