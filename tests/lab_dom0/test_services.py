"""Stopping and starting xapi from dom0."""

import pytest

from tests.lab_dom0.hosts import Answer, RecordedToolstack, Shell


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
