"""The words of a command line as the client reads them (newcli.ml, parse_args). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

_MOST_PORTS = 65535

USAGE = (
    "Usage: xe <cmd> [-s server] [-p port] ([-u username] [-pw password] or"
    " [-pwf <password file>]) [--traceparent traceparent] <other arguments>\n"
    "\nA full list of commands can be obtained by running \n\txe help -s <server> -p <port>\n"
)


class UsageError(Exception):
    """The client shows how it is used; the text comes before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the client keeps to itself, and what it hands to the server."""

    server: str = "127.0.0.1"
    port: int | None = None
    username: str = "root"
    password: str = "null"  # noqa: S105 - what xe sends where none is given
    password_file: str = ""
    nossl: bool = False
    debug: bool = False
    debug_on_fail: bool = False
    words: tuple[str, ...] = ()
    """For the server."""

    @property
    def is_local(self) -> bool:
        """Tell whether the Unix socket will do; it is for this one spelling only."""
        return self.server == "127.0.0.1"

    def as_user(self, username: str, password: str) -> "Options":
        """Return the same with another name and password."""
        return replace(self, username=username, password=password)


_DYADIC = {
    "-s": "server",
    "-h": "server",
    "-p": "port",
    "-u": "username",
    "-pw": "password",
    "-pwf": "passwordfile",
    "--traceparent": "traceparent",
}
"""Switch -> keyword whose value is the next word."""
_MONADIC = {"--nossl": "nossl", "--debug": "debug", "--debug-on-fail": "debugonfail"}
"""Switch -> keyword that becomes true."""
_TEXTS = {
    "server": "server",
    "username": "username",
    "password": "password",
    "passwordfile": "password_file",
}
"""Keyword -> option that takes the text as it is."""
_FLAGS = {"nossl": "nossl", "debug": "debug", "debugonfail": "debug_on_fail"}
"""Keyword -> option that is true or false."""


def read_options(arguments: Sequence[str], extra: str, rc: str) -> Options:
    """Return the options of a command line, of XE_EXTRA_ARGS and of the file ~/.xe.

    The command line counts most, the file least. Raises UsageError.
    """
    options, of_file = Options(), []
    for word in rc.split("\n"):
        name, equals, value = word.strip().partition("=")
        known = _with(options, name.strip(), value.strip()) if equals else options
        if known is not None:
            options = known
        else:
            of_file.append(f"{name.strip()}={value.strip()}")
    options, of_extra = _sorted_out(options, list(_segments(extra)))
    options, typed = _sorted_out(options, list(arguments))
    if {"-help", "--help"} & set(arguments):
        raise UsageError
    return replace(options, words=(*typed, *of_extra, *of_file))


def _segments(extra: str) -> Iterator[str]:
    """Split at commas that have no backslash before them; backslashes go."""
    segment, escaped = "", False
    for letter in extra:
        if letter == "," and not escaped:
            if segment:
                yield segment.replace("\\", "")
            segment = ""
        else:
            segment += letter
        escaped = letter == "\\"
    if segment:
        yield segment.replace("\\", "")


def _sorted_out(options: Options, words: list[str]) -> tuple[Options, list[str]]:
    """Return the options with those of these words, and the words that are none."""
    others: list[str] = []
    while words:
        word = words.pop(0)
        if word in _MONADIC:
            found = _with(options, _MONADIC[word], "true")
        elif word in _DYADIC and words:
            found = _with(options, _DYADIC[word], words.pop(0))
        else:
            name, equals, value = word.partition("=")
            found = _with(options, name, value) if equals else None
        if found is None:
            others.append(word)
        else:
            options = found
    return options, others


def _with(options: Options, keyword: str, value: str) -> Options | None:
    """Return the options with one more; None if the keyword is none of the client's."""
    changed: dict[str, Any] = {}
    if keyword in _TEXTS:
        changed[_TEXTS[keyword]] = value
    elif keyword in _FLAGS:
        changed[_FLAGS[keyword]] = value == "true"
    if changed:
        return replace(options, **changed)
    if keyword == "port":
        return replace(options, port=_port(value))
    return options if keyword == "traceparent" else None


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > _MOST_PORTS:
        raise UsageError("Port number must be an integer (0-65535)\n")
    return int(text)
