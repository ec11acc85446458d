"""What can go wrong, sorted by whose fault it is; each error builds one clear line.

`BondFileError` and `OptionError` are the caller's, `PoolError` the pool's or the network's,
`UnexpectedOutput` ours: the pool answered something this release does not understand.
"""


class XsbondError(Exception):
    """Base of all errors of this library; its text is one line for the person at the terminal."""


class BondFileError(XsbondError):
    """The bond file says something impossible."""

    def __init__(self, path: str, key: str, reason: str) -> None:
        self.path, self.key, self.reason = path, key, reason
        super().__init__(path, key, reason)

    def __str__(self) -> str:
        where = f"{self.path}: {self.key}" if self.key else self.path
        return f"{where}: {self.reason}"


class OptionError(XsbondError):
    """An option, or a combination of options, makes no sense."""

    def __init__(self, option: str, reason: str) -> None:
        self.option, self.reason = option, reason
        super().__init__(option, reason)

    def __str__(self) -> str:
        return f"{self.option}: {self.reason}"


class PoolError(XsbondError):
    """The pool, or one host of it, could not be asked or refused a call."""

    def __init__(self, address: str, action: str, reason: str) -> None:
        self.address, self.action, self.reason = address, action, reason
        super().__init__(address, action, reason)

    def __str__(self) -> str:
        return f"{self.address}: {self.action}: {self.reason}"


class TrustError(PoolError):
    """The host is there, but it is not proven to be the one that was meant."""


class PermissionMissing(PoolError):  # noqa: N818 - a state of the account
    """The user who looks at a dom0 has not the right to: nothing is known, and nothing is wrong."""

    def __str__(self) -> str:
        return (
            f"Permission denied on {self.address}: {self.action}: {self.reason};"
            " look at it as root (User root in ssh_config)"
        )


class NobodyListens(PoolError):  # noqa: N818 - a state of the host
    """No server is at the host's port: SSH is off there, or the host is gone."""


class NotAsked(PoolError):  # noqa: N818 - a decision, and no fault
    """Nobody was to ask this dom0: half of the evidence is missing, and nothing is wrong."""

    def __str__(self) -> str:
        return self.reason


class AnswerLost(PoolError):  # noqa: N818 - the pool may well have done what it was told
    """The connection broke before a change was answered: it may have been made, or not."""


class MasterMoved(PoolError):  # noqa: N818 - a state of the pool
    """Another host has become the pool master while the run was under way."""


class CallRefused(PoolError):  # noqa: N818 - XAPI answered as it should, with a refusal
    """XAPI answered a call with a failure: its error code and arguments."""

    def __init__(self, address: str, call: str, code: str, arguments: tuple[str, ...]) -> None:
        self.call, self.code, self.arguments = call, code, arguments
        super().__init__(address, call, " ".join((code, *arguments)))


class UnexpectedOutput(XsbondError):  # noqa: N818 - it names what came, as pytest's own do
    """A command or call answered text that this release does not understand."""

    def __init__(self, source: str, text: str, reason: str) -> None:
        self.source, self.text, self.reason = source, text, reason
        super().__init__(source, text, reason)

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "…"
        return f"{self.source}: {self.reason}; it answered {shown!r}"


_SHOWN = 200
"""Characters of an unexpected text that an error message repeats; the attribute keeps all."""
