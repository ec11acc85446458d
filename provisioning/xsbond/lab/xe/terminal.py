"""What the client does with what the server sends it (newcli.ml, main_loop)."""

from collections.abc import Callable, Sequence

from xsbond.lab.shell.streams import Streams


class LostConnection(Exception):  # noqa: N818 - the client's own word for it
    """Nobody answers a question any more."""


class Terminal:
    """The streams xe was started with."""

    def __init__(self, streams: Streams, debug: Callable[[str], object]) -> None:
        self._streams, self._debug = streams, debug

    def print(self, text: str) -> None:
        """Print a text and a newline."""
        self._debug(f"Read: Command Print {text}\n")
        self._streams.stdout.write(f"{text}\n")

    def complain(self, text: str) -> None:
        """Print to standard error."""
        self._debug(f"Read: Command PrintStderr {text}\n")
        self._streams.stderr.write(text)

    def error(self, code: str, parameters: Sequence[str]) -> None:
        """Print an error the server has no words for."""
        self._debug(f"Read: Command Error {code} [ {'; '.join(parameters)}]\n")
        self._streams.stderr.write(f"Error code: {code}\n")
        self._streams.stderr.write(f"Error parameters: {', '.join(parameters)}\n")

    def ask(self) -> str:
        """Return the line somebody types; LostConnection at the end of the input."""
        self._debug("Read: Command Prompt\n")
        line = self._streams.stdin.readline()
        if not line:
            raise LostConnection
        return line.removesuffix("\n")

    def exit(self, status: int) -> int:
        """End with this status."""
        self._debug(f"Read: Command Exit {status}\n")
        return status
