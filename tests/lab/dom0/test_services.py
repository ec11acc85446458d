"""Stopping and starting xapi from dom0."""

import pytest

from tests.lab.hosts import Answer, RecordedToolstack, Shell


def test_restart_prints_what_was_recorded(shell: Shell) -> None:
    """The current product's init script."""
    assert shell.run("service xapi restart") == Answer(
        stdout="Stopping xapi: .xapi stopped successfully\nStarting xapi: OK\n",
        stderr="",
        status=0,
    )


def test_old_restart_prints_what_the_tutorial_shows(old_shell: Shell) -> None:
    """Blanks aside."""
    assert old_shell.out("service xapi restart").split() == (
        ["Stopping", "xapi:", "..", "[", "OK", "]", "Starting", "xapi:", "OK", "[", "OK", "]"]
    )


@pytest.mark.parametrize(
    "command",
    [
        "service xapi stop",
        "systemctl stop xapi",
        "systemctl stop xapi.service",
        "/etc/init.d/xapi stop",
    ],
)
def test_stopped_xapi_is_gone(shell: Shell, toolstack: RecordedToolstack, command: str) -> None:
    """Whatever stopped it."""
    shell.run(command)
    assert not toolstack.running()


@pytest.mark.parametrize(
    "command",
    [
        "service xapi start",
        "systemctl start xapi",
        "systemctl restart xapi",
        "xe-toolstack-restart",
    ],
)
def test_started_xapi_is_there(shell: Shell, toolstack: RecordedToolstack, command: str) -> None:
    """Whatever started it."""
    shell.run("service xapi stop")
    shell.run(command)
    assert toolstack.running()


def test_status_tells_by_its_status(shell: Shell) -> None:
    """0 and 3, as the LSB has it."""
    assert shell.run("service xapi status").status == 0
    assert shell.run("service xapi stop; service xapi status").status == 3


def test_systemctl_tells_whether_xapi_is_active(shell: Shell) -> None:
    """In a word."""
    assert shell.run("systemctl is-active xapi") == Answer(stdout="active\n", stderr="", status=0)
    shell.run("systemctl stop xapi")
    assert shell.run("systemctl is-active xapi") == Answer(stdout="inactive\n", stderr="", status=3)


@pytest.mark.parametrize(
    "command",
    ["systemctl stop xcp-networkd", "systemctl stop xcp-networkd.service"],
)
def test_stopped_networkd_leaves_xapi_alone(
    shell: Shell, toolstack: RecordedToolstack, command: str
) -> None:
    """They are services of their own."""
    assert shell.run(command).status == 0
    assert (toolstack.networkd_running(), toolstack.running()) == (False, True)


@pytest.mark.parametrize(
    "command",
    ["systemctl start xcp-networkd", "systemctl restart xcp-networkd"],
)
def test_started_networkd_is_there(
    shell: Shell, toolstack: RecordedToolstack, command: str
) -> None:
    """Whatever started it."""
    shell.run("systemctl stop xcp-networkd")
    shell.run(command)
    assert toolstack.networkd_running()


def test_service_hands_networkd_over_to_systemd(shell: Shell) -> None:
    """It has no script of its own."""
    assert shell.run("service xcp-networkd stop") == Answer(
        stdout="",
        stderr="Redirecting to /bin/systemctl stop xcp-networkd.service\n",
        status=0,
    )


def test_systemctl_tells_whether_networkd_is_active(shell: Shell) -> None:
    """In a word, and by its status."""
    before = shell.run("systemctl is-active xcp-networkd")
    shell.run("systemctl stop xcp-networkd")
    after = shell.run("systemctl is-active xcp-networkd")
    assert [(each.stdout, each.status) for each in (before, after)] == [
        ("active\n", 0),
        ("inactive\n", 3),
    ]


def test_unknown_service_is_refused(shell: Shell) -> None:
    """The lab has no other."""
    assert shell.run("service httpd restart") == Answer(
        stdout="", stderr="httpd: unrecognized service\n", status=1
    )


def test_waiting_ends_with_the_cookie(shell: Shell) -> None:
    """Start-up is complete."""
    assert shell.run("xapi-wait-init-complete 5").status == 0


def test_waiting_gives_up(shell: Shell) -> None:
    """Without the cookie."""
    assert shell.run("rm /var/run/xapi_init_complete.cookie; xapi-wait-init-complete 5").status == 1
