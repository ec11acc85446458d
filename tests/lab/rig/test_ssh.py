"""OpenSSH's server on the hosts of a rig, by the clients of administrators and of the product."""

from pathlib import Path

import paramiko
import pytest

from tests.lab.rig.rigs import PASSWORD, PATIENCE, Clients, hosts_with_ssh, refuses


def run(client: paramiko.SSHClient, command: str) -> tuple[str, str, int]:
    """Run a command and return both streams and the status."""
    _, printed, complaints = client.exec_command(command, timeout=PATIENCE)
    output, errors = printed.read().decode(), complaints.read().decode()
    return output, errors, printed.channel.recv_exit_status()


def test_openssh_logs_in_with_a_configuration_alone(clients: Clients) -> None:
    """Host by host, with streams and status."""
    ran = clients.ssh("xs-2", "cat; hostname; id -un; echo err >&2; exit 5", stdin="in\n")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("in\nxs-2\nroot\n", "err\n", 5)


def test_openssh_gets_a_terminal(clients: Clients) -> None:
    """With a shell that knows where it is."""
    ran = clients.ssh("xs-1", "-tt", "test -t 0 && tty")
    assert ran.stdout.startswith("/dev/pts/")


def test_a_login_shell_finds_the_tools_of_xen(clients: Clients) -> None:
    """/etc/profile has been told."""
    ran = clients.ssh("xs-1", "bash -lc 'command -v xe'")
    assert ran.stdout == "/opt/xensource/bin/xe\n"


def test_paramiko_logs_in_with_a_key(clients: Clients) -> None:
    """And runs commands."""
    with clients.paramiko("xs-1") as client:
        assert run(client, "echo ~; xe host-list; exit 4") == (
            "/root\nxs-1 host-list\n",
            "asked\n",
            4,
        )


def test_paramiko_logs_in_with_the_password(clients: Clients) -> None:
    """Root's."""
    with clients.paramiko("xs-1", password=PASSWORD) as client:
        assert run(client, "hostname") == ("xs-1\n", "", 0)


def test_another_password_fails(clients: Clients) -> None:
    """As it must."""
    with (
        pytest.raises(paramiko.AuthenticationException),
        clients.paramiko("xs-1", password="guess"),
    ):
        pass


def test_a_changed_password_counts_at_once(clients: Clients) -> None:
    """And the old one no longer does."""
    host = clients.rig.hosts["xs-2"]
    host.set_password("another")
    try:
        with clients.paramiko("xs-2", password="another") as client:
            assert run(client, "true")[2] == 0
        with (
            pytest.raises(paramiko.AuthenticationException),
            clients.paramiko("xs-2", password=PASSWORD),
        ):
            pass
    finally:
        host.set_password(PASSWORD)


def test_files_are_transferred(clients: Clients) -> None:
    """By SFTP."""
    with (
        clients.paramiko("xs-1") as client,
        client.open_sftp() as files,
        files.open("/etc/xensource-inventory") as inventory,
    ):
        assert inventory.read() == b"INSTALLATION_UUID='uuid-of-xs-1'\n"


def test_who_logged_in_stands_in_the_hosts_log(clients: Clients) -> None:
    """/var/log/secure, as on CentOS."""
    clients.ssh("xs-1", "true")
    assert "Accepted publickey for root" in clients.rig.hosts["xs-1"].read("/var/log/secure")


def test_what_runs_in_the_background_outlives_the_connection(clients: Clients) -> None:
    """As a dead man's timer has to."""
    started = clients.ssh("xs-1", "nohup sleep 76543 >/dev/null 2>&1 & echo $!")
    assert clients.rig.hosts["xs-1"].run("kill", started.stdout.strip()).code == 0


def test_a_dead_host_refuses_and_is_back_at_its_port(tmp_path: Path) -> None:
    """Connections break off, and nobody listens until it boots."""
    with hosts_with_ssh(tmp_path, 1) as clients:
        host = clients.rig.hosts["xs-1"]
        with clients.paramiko("xs-1") as client:
            host.crash()
            with pytest.raises((paramiko.SSHException, EOFError, ConnectionError)):
                run(client, "true")
        assert refuses(clients.at["xs-1"])
        host.boot()
        assert clients.ssh("xs-1", "hostname").stdout == "xs-1\n"


def test_a_changed_password_and_name_outlive_a_reboot(tmp_path: Path) -> None:
    """They are on the disk."""
    with hosts_with_ssh(tmp_path, 1) as clients:
        host = clients.rig.hosts["xs-1"]
        host.set_password("another")
        host.write("/etc/hostname", "renamed\n")
        host.boot()
        with clients.paramiko("xs-1", password="another") as client:
            assert run(client, "hostname") == ("renamed\n", "", 0)


def test_a_closed_door_lets_nobody_in_while_the_host_runs(tmp_path: Path) -> None:
    """And opens again."""
    with hosts_with_ssh(tmp_path, 1) as clients:
        host = clients.rig.hosts["xs-1"]
        host.close_door()
        assert refuses(clients.at["xs-1"])
        assert host.run("true").code == 0
        host.open_door()
        assert clients.ssh("xs-1", "hostname").stdout == "xs-1\n"
        host.open_door()
        assert clients.ssh("xs-1", "hostname").stdout == "xs-1\n"
