"""Dialogues at a host's prompt, and scripts from standard input."""

import paramiko

from tests.lab.ssh.ssh_hosts import PATIENCE


def converse(client: paramiko.SSHClient, typed: str) -> str:
    """Type into a shell with a terminal and return all that the terminal shows."""
    channel = client.invoke_shell()
    channel.settimeout(PATIENCE)
    channel.sendall(typed.encode())
    shown = bytearray()
    while data := channel.recv(65536):
        shown += data
    channel.close()
    return shown.decode()


def test_dialogue_prompts_echoes_and_remembers(client: paramiko.SSHClient) -> None:
    """One shell for all lines."""
    assert converse(client, "X=$(hostname)\recho $X\rexit\r") == (
        "[root@xs-1 ~]# X=$(hostname)\r\n[root@xs-1 ~]# echo $X\r\nxs-1\r\n[root@xs-1 ~]# exit\r\n"
    )


def test_dialogue_asks_for_the_rest_of_a_statement(client: paramiko.SSHClient) -> None:
    """With another prompt."""
    assert converse(client, "for i in a b\rdo echo $i\rdone\r\x04") == (
        "[root@xs-1 ~]# for i in a b\r\n"
        "> do echo $i\r\n"
        "> done\r\n"
        "a\r\n"
        "b\r\n"
        "[root@xs-1 ~]# logout\r\n"
    )


def test_line_can_be_edited(client: paramiko.SSHClient) -> None:
    """Backspace takes a character away."""
    assert "\r\nab\r\n" in converse(client, "echo ax\x7fb\rexit\r")


def test_line_can_be_given_up(client: paramiko.SSHClient) -> None:
    """Ctrl-C."""
    shown = converse(client, "echo never\x03echo then\rexit\r")
    assert "\r\nthen\r\n" in shown
    assert "\r\nnever\r\n" not in shown


def test_exit_status_of_a_dialogue_is_the_last_one(client: paramiko.SSHClient) -> None:
    """As given to exit."""
    channel = client.invoke_shell()
    channel.settimeout(PATIENCE)
    channel.sendall(b"exit 7\r")
    assert channel.recv_exit_status() == 7
    channel.close()


def test_script_from_standard_input_has_no_prompt(client: paramiko.SSHClient) -> None:
    """A shell without a terminal."""
    transport = client.get_transport()
    assert transport is not None
    channel = transport.open_session(timeout=PATIENCE)
    channel.settimeout(PATIENCE)
    channel.invoke_shell()
    channel.sendall(b"X=1\nif true\nthen echo $X; fi\n")
    channel.shutdown_write()
    assert channel.makefile("rb").read() == b"1\n"
    channel.close()
