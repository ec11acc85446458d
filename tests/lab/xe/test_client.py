"""xe as a client: its options, its help, and the way to another host's xapi."""

from collections.abc import Iterator

import pytest

from tests.lab.hosts import Answer, Shell
from tests.lab.worlds import FAST
from xsbond.lab import Lab
from xsbond.lab.timing.clock import Clock

MASTER = "d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1"


def test_help_on_a_command_shows_what_it_takes(shell: Shell) -> None:
    """Laid out as a record."""
    assert shell.out("xe help bond-create") == (
        "command name            : bond-create\n"
        "        reqd params     : network-uuid, pif-uuids\n"
        "        optional params : mac, mode, properties:\n"
        "        description     : Joins PIFs of one host to a bond on a network.\n\n\n"
    )


def test_help_on_a_list_names_the_fields(shell: Shell) -> None:
    """And what is a set."""
    assert "        optional params : params, database:, uuid, tagged-PIF, untagged-PIF, tag\n" in (
        shell.out("xe help vlan-list")
    )
    assert "tags:contains" in shell.out("xe help network-list")


def test_help_on_what_is_no_command_says_so(shell: Shell) -> None:
    """On standard output, and in peace."""
    assert shell.run("xe help bond-frobnicate") == Answer(
        stdout="Unknown command 'bond-frobnicate'\n", stderr="", status=0
    )


def test_full_help_groups_the_commands(shell: Shell) -> None:
    """Hosts, VMs, the others, lines of blanks between, none longer than fits."""
    lines = shell.out("xe help --all").splitlines()
    start = lines.index("Full command list")
    assert lines[start + 1 : start + 3] == ["-----------------", ""]
    groups = "\n".join(lines[start + 3 :]).split("\n    \n")
    assert [group.split(",")[0].strip() for group in groups] == [
        "host-call-plugin",
        "vm-destroy",
        "bond-create",
    ]
    assert all(len(line) <= 80 for line in lines)


def test_help_without_a_command_is_short(shell: Shell) -> None:
    """The common ones."""
    assert shell.out("xe help --minimal").startswith("network-list,vm-list,")


def test_minimal_shows_the_last_thing_first(shell: Shell) -> None:
    """What a command prints in several steps comes in one line, backwards."""
    assert shell.out("xe help a b --minimal") == "Unknown command 'b',Unknown command 'a'\n"


@pytest.mark.parametrize("words", ["", "--help", "host-list -help"])
def test_xe_alone_shows_its_usage(shell: Shell, words: str) -> None:
    """On standard error, with status 0."""
    answer = shell.run(f"xe {words}")
    assert answer.stderr.startswith("Usage: xe <cmd> [-s server] [-p port]")
    assert (answer.stdout, answer.status) == ("", 0)


def test_version_is_that_of_the_protocol(shell: Shell) -> None:
    """Of the thin client."""
    assert shell.out("xe -version") == "ThinCLI protocol: 0.2\n"


def test_debug_shows_what_the_server_sent(shell: Shell) -> None:
    """On standard error."""
    assert shell.run("xe --debug host-list name-label=xs-1 --minimal").stderr == (
        "Server has protocol version 0.2. Client has 0.2\n"
        f"Read: Command Print {MASTER}\n"
        "Read: Command Exit 0\n"
    )


def test_debug_on_fail_keeps_it_until_then(shell: Shell) -> None:
    """And says nothing if all is well."""
    assert shell.run("xe --debug-on-fail host-list --minimal").stderr == ""
    assert shell.run("xe --debug-on-fail host-listt").stderr.endswith(
        "\nDebug info:\n\n"
        "Server has protocol version 0.2. Client has 0.2\n"
        "Read: Command PrintStderr Unknown command: host-listt\n"
        "For usage run: 'xe help'\n\n"
        "Read: Command Exit 1\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        "-s 127.0.0.1 -u root -pw x -p 443 --nossl host-list name-label=xs-1 --minimal",
        "host-list name-label=xs-1 --minimal server=127.0.0.1 username=nobody password=",
        "-h 127.0.0.1 --traceparent a-b host-list --minimal name-label=xs-1",
    ],
)
def test_words_for_the_client_are_no_filters(shell: Shell, words: str) -> None:
    """And on one's own host they do not matter."""
    assert shell.out(f"xe {words}") == f"{MASTER}\n"


def test_extra_arguments_come_from_the_environment(shell: Shell) -> None:
    """Split at commas that have no backslash."""
    script = r"export XE_EXTRA_ARGS='name-label=xs-1,params=name-label\,uuid'; xe host-list"
    assert shell.out(script).count("\n") == 4


def test_extra_arguments_come_from_a_file(shell: Shell) -> None:
    """~/.xe, a line each."""
    shell.machine.dom0.write_file("/root/.xe", "name-label=xs-1\nusername=root\n")
    assert shell.out("xe host-list --minimal") == f"{MASTER}\n"


def test_password_file_has_to_be_there(shell: Shell) -> None:
    """-pwf."""
    assert shell.run("xe -pwf /root/none host-list") == Answer(
        stdout="", stderr="Error opening password file '/root/none'\n", status=1
    )


def test_bad_port_shows_the_usage(shell: Shell) -> None:
    """With status 0."""
    answer = shell.run("xe -p high host-list")
    assert answer.stderr.startswith("Port number must be an integer (0-65535)\nUsage: xe <cmd>")
    assert answer.status == 0


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Two hosts."""
    with Lab(clock=Clock(FAST)) as lab:
        yield lab


def remote(lab: Lab, words: str) -> Answer:
    """Type a command on the member; {master}, {member} and {password} are filled in."""
    master, member = lab.hosts
    filled = words.format(master=master.address, member=member.address, password=lab.password)
    return Shell(member.machine).run(f"xe {filled}")


def test_other_host_is_reached_with_a_password(lab: Lab) -> None:
    """As from any client."""
    answer = remote(lab, "-s {master} -u root -pw {password} host-list name-label=xs-1 --minimal")
    assert answer == Answer(stdout=f"{lab.hosts[0].uuid}\n", stderr="", status=0)


def test_password_may_stand_in_a_file(lab: Lab) -> None:
    """Name and password, a line each."""
    lab.hosts[1].dom0.write_file("/root/secret", f"root\n{lab.password}\n")
    answer = remote(lab, "-s {master} -pwf /root/secret host-list name-label=xs-1 --minimal")
    assert answer.stdout == f"{lab.hosts[0].uuid}\n"


def test_session_ends_with_the_command(lab: Lab) -> None:
    """Nobody stays logged in."""
    remote(lab, "-s {master} -u root -pw {password} host-list")
    with lab.world.lock:
        assert lab.world.database.count("session") == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (
            "-s {master} -u root -pw wrong host-list",
            "Authentication failed\nFor usage run: 'xe help'\n",
        ),
        (
            '-s {master} -u "" -pw wrong host-list',
            "Username/password must be specified\nFor usage run: 'xe help'\n",
        ),
        (
            "-s 127.1.2.3 -u root -pw {password} host-list",
            "Unable to contact server. Please check server and port settings.\n",
        ),
        (
            "-s {master} -p 8443 -u root -pw {password} host-list",
            "Unable to contact server. Please check server and port settings.\n",
        ),
        (
            "-s {master} --nossl -u root -pw {password} host-list",
            "Error: Connection refused (calling connect )\n",
        ),
        (
            "-s {member} -u root -pw {password} host-list",
            (
                "You cannot make regular API calls directly on a supporter. Please pass API calls"
                " via the coordinator host.\nMaster IP address: {master}\n"
            ),
        ),
        (
            "-s {master} -u root -pw wrong host-listt",
            "Unknown command: host-listt\nFor usage run: 'xe help'\n",
        ),
    ],
)
def test_other_host_refuses(lab: Lab, words: str, complaint: str) -> None:
    """Nothing is printed but why."""
    wanted = complaint.format(master=lab.hosts[0].address)
    assert remote(lab, words) == Answer(stdout="", stderr=wanted, status=1)
