"""What a command prints reaches the client in few packets, and a client that is gone ends it."""

import threading

import pytest

from xsbond.lab.ssh.outputs import Outputs


class Client:
    """Keeps what is sent to it."""

    def __init__(self) -> None:
        self.packets: list[tuple[str, bytes]] = []

    def sendall(self, s: bytes) -> None:
        """Take standard output."""
        self.packets.append(("stdout", s))

    def sendall_stderr(self, s: bytes) -> None:
        """Take standard error."""
        self.packets.append(("stderr", s))


class Gone(Client):
    """Has gone, and says so as paramiko does."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.asked = threading.Event()
        self._error = error

    def sendall(self, s: bytes) -> None:
        """Take nothing."""
        del s
        self.asked.set()
        raise self._error


def print_much(outputs: Outputs) -> None:
    """Print more than a pipe holds."""
    for _ in range(100_000):
        outputs.stdout.write("more\n")


def test_all_that_was_printed_is_sent_at_the_end() -> None:
    """In order, each output for itself."""
    client = Client()
    with Outputs(client) as outputs:
        for number in range(100):
            outputs.stdout.write(f"{number}\n")
        outputs.stderr.write("complaint\n")
    sent = {name: b"" for name, _ in client.packets}
    for name, data in client.packets:
        sent[name] += data
    assert sent["stdout"].split() == [str(number).encode() for number in range(100)]
    assert sent["stderr"] == b"complaint\n"


@pytest.mark.parametrize("error", [OSError("Socket is closed"), EOFError()], ids=type)
def test_client_that_is_gone_ends_what_prints(error: Exception) -> None:
    """The command is told where it prints next; it never waits for a reader that cannot come."""
    client = Gone(error)
    with Outputs(client) as outputs:
        outputs.stdout.write("first\n")
        assert client.asked.wait(10)
        with pytest.raises(type(error)):
            print_much(outputs)
