"""What a terminal's line discipline does: echo, editing by backspace, ends of line, Ctrl-C."""

from collections.abc import Callable

from xsbond.lab.shell.streams import decode

_INTERRUPT, _END, _KILL = 0x03, 0x04, 0x15
_ESCAPE = 0x1B
_ERASE = frozenset({0x08, 0x7F})
_NEWLINES = frozenset({0x0A, 0x0D})
_FIRST_PRINTABLE = 0x20
_CONTINUATION = 0x80
_FINAL_BYTES = range(0x40, 0x7F)
"""What ends a control sequence behind ESC [ (ECMA-48)."""


class Interrupted(Exception):  # noqa: N818 - Ctrl-C
    """The line was given up."""


class Terminal:
    """One side of a pseudo-terminal: `receive` brings what is typed, `send` shows text."""

    def __init__(self, receive: Callable[[], bytes], send: Callable[[bytes], object]) -> None:
        self._receive, self._send = receive, send
        self._ahead = bytearray()

    def write(self, text: str, /) -> object:
        """Show text; a newline also returns to the first column."""
        return self._send(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))

    def type_ahead(self, data: bytes) -> bool:
        """Keep what was typed while a command runs; tell whether Ctrl-C was in it."""
        interrupted = _INTERRUPT in data
        self._ahead += data.replace(bytes([_INTERRUPT]), b"")
        return interrupted

    def read(self) -> str:
        """Return all lines up to Ctrl-D."""
        lines = []
        while line := self.readline():
            lines.append(line)
        return "".join(lines)

    def readline(self) -> str:
        """Return one edited line with its newline; empty at Ctrl-D or the connection's end.

        Raises Interrupted at Ctrl-C.
        """
        line = bytearray()
        while True:
            byte = self._next()
            if byte is None or (byte == _END and not line):
                return ""
            if byte in _NEWLINES:
                self._send(b"\r\n")
                return decode(bytes(line)) + "\n"
            if byte == _INTERRUPT:
                self._send(b"^C\r\n")
                raise Interrupted
            self._edit(line, byte)

    def _edit(self, line: bytearray, byte: int) -> None:
        if byte in _ERASE and line:
            while line and _CONTINUATION <= line[-1] < _CONTINUATION + 0x40:
                line.pop()
            line.pop()
            self._send(b"\b \b")
        elif byte == _KILL:
            self._send(b"\b \b" * len(decode(bytes(line))))
            line.clear()
        elif byte == _ESCAPE:
            self._skip_sequence()
        elif (byte >= _FIRST_PRINTABLE and byte not in _ERASE) or byte == ord("\t"):
            line.append(byte)
            self._send(bytes([byte]))

    def _skip_sequence(self) -> None:
        """Pass over a cursor key or the like; this terminal edits at the end of the line only."""
        if self._next() in {ord("["), ord("O")}:
            while (byte := self._next()) is not None and byte not in _FINAL_BYTES:
                pass

    def _next(self) -> int | None:
        if not self._ahead:
            self._ahead += self._receive()
        return self._ahead.pop(0) if self._ahead else None
