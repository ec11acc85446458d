"""Secrets on their way: text that does not show itself, and errors that bring no secrets along."""

from typing import TypeVar

_E = TypeVar("_E", bound=BaseException)


class Secret(str):
    """A text whose representation hides it, wherever a traceback or a debugger shows one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def bare(error: _E) -> _E:
    """Return the error, and all it came from, without the frames they were raised in.

    The frames of XenAPI, xmlrpc and paramiko hold the password and the session in plain text, as
    arguments and as bytes on their way out; `pytest --showlocals --full-trace` would print them.
    """
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error


_SHORTEST = 6
"""Characters of a password; less may be part of any word, and what is judged would change."""


def scrubbed(text: str, secret: str) -> str:
    """Return what a dom0 has printed without a password, wherever it stands."""
    return without(text, secret) if len(secret) >= _SHORTEST else text


def without(text: str, *secrets: str) -> str:
    """Return the text with every secret in it replaced; empty ones are no secrets."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text
