"""The hosts by paramiko's client: logging in, streams, channels, endings."""

import re
import socket
import threading

import paramiko
import pytest

from tests.lab.hosts import machine_of, master_dom0
from tests.lab.ssh.ssh_hosts import PASSWORD, PATIENCE, Host, connect, run
from xsbond.lab.ssh.keys import new_key
from xsbond.lab.ssh.server import Account, SshServers, listen


def test_streams_and_status_arrive_apart(client: paramiko.SSHClient) -> None:
    """Output, errors and exit status."""
    assert run(client, "echo out; echo err >&2; exit 3") == (b"out\n", b"err\n", 3)


def test_key_lets_in(host: Host) -> None:
    """The lab's client key."""
    client = connect(host, password=None, pkey=host.client_key.loaded())
    assert run(client, "hostname") == (b"xs-1\n", b"", 0)
    client.close()


def test_other_key_is_refused(host: Host) -> None:
    """A key the host does not know."""
    with pytest.raises(paramiko.AuthenticationException):
        connect(host, password=None, pkey=new_key().loaded())


def test_wrong_password_is_refused(host: Host) -> None:
    """Even for root."""
    with pytest.raises(paramiko.AuthenticationException):
        connect(host, password="wrong")


def test_other_user_is_refused(host: Host) -> None:
    """Even with root's password."""
    with pytest.raises(paramiko.AuthenticationException):
        connect(host, username="admin")


def test_several_commands_run_side_by_side(client: paramiko.SSHClient) -> None:
    """One connection, several channels, each with its own input."""
    first = client.exec_command("cat", timeout=PATIENCE)
    second = client.exec_command("cat", timeout=PATIENCE)
    second[0].write(b"two")
    second[0].channel.shutdown_write()
    assert second[1].read() == b"two"
    first[0].write(b"one")
    first[0].channel.shutdown_write()
    assert first[1].read() == b"one"
    for streams in (first, second):
        streams[0].close()


def test_bytes_that_are_no_text_arrive_unchanged(client: paramiko.SSHClient) -> None:
    """Input and output are bytes."""
    assert run(client, "cat", b"\xff\xfe\n")[0] == b"\xff\xfe\n"


def test_large_output_arrives_whole(client: paramiko.SSHClient) -> None:
    """More than a channel's window."""
    line = b"x" * 999 + b"\n"
    assert len(run(client, "cat", line * 3000)[0]) == 3_000_000


def test_input_can_be_read_line_by_line(client: paramiko.SSHClient) -> None:
    """`while read`."""
    script = 'while read x; do echo "<$x>"; done'
    assert run(client, script, b"a\nb\n")[0] == b"<a>\n<b>\n"


def wait_for_threads(count: int) -> int:
    """Return how many command threads there are once it is `count`, or at the last."""
    deadline = threading.Event()
    for _ in range(200):
        alive = sum(thread.name == "lab-ssh-command" for thread in threading.enumerate())
        if alive == count:
            break
        deadline.wait(0.05)
    return alive


def test_command_ends_with_its_channel(client: paramiko.SSHClient) -> None:
    """Nobody waits for it any more."""
    typed, _, _ = client.exec_command("while true; do sleep 0.01; done", timeout=PATIENCE)
    assert wait_for_threads(1) == 1
    typed.channel.close()
    assert wait_for_threads(0) == 0


def test_command_waiting_for_input_ends_with_its_connection(host: Host) -> None:
    """A client that vanishes leaves nothing."""
    client = connect(host)
    streams = client.exec_command("cat", timeout=PATIENCE)
    assert wait_for_threads(1) == 1
    client.close()
    assert wait_for_threads(0) == 0
    del streams


def test_stray_connection_does_no_harm(host: Host) -> None:
    """Somebody who speaks no SSH, and then somebody who does."""
    with socket.create_connection(("127.0.0.1", host.port), timeout=PATIENCE) as stray:
        stray.sendall(b"GET / HTTP/1.0\r\n\r\n")
    client = connect(host)
    assert run(client, "true")[2] == 0
    client.close()


def test_closing_leaves_no_thread(host: Host) -> None:
    """Neither for connections nor for commands."""
    del host
    before = {thread.name for thread in threading.enumerate()}
    listener = listen("127.0.0.1", 0)
    servers = SshServers()
    key = new_key()
    account = Account(password=lambda: PASSWORD, key=key.loaded())
    servers.add(listener, machine_of(master_dom0()[0]), account, key.loaded())
    servers.start()
    client = connect(Host(port=listener.getsockname()[1], host_key=key, client_key=key))
    client.exec_command("cat", timeout=PATIENCE)
    transport = client.get_transport()
    assert transport is not None
    servers.close()
    client.close()
    transport.join(PATIENCE)
    after = {thread.name for thread in threading.enumerate()}
    assert {re.sub(r"\d+", "N", name) for name in after - before} == set()
