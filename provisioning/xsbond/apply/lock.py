"""The lock on a pool: one entry of pool.other_config that says who is changing it, and since when.

XAPI adds a key to a map only if it is not there (MAP_DUPLICATE_KEY), so of two runs one gets it.
It is taken over from a run that is gone for certain; any other is left alone unless the lock is to
be broken.
"""

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from xsbond.collect.xapi import PoolApi
from xsbond.errors import AnswerLost, CallRefused, PoolError, XsbondError
from xsbond.plan.lock_owner import CALLS, KEY, Owner, holder, obstacle

if TYPE_CHECKING:
    from collections.abc import Mapping


class LockLost(XsbondError):  # noqa: N818 - somebody else has broken the lock
    """The lock is no longer this run's: somebody has broken it."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)

    def __str__(self) -> str:
        return f"the lock on the pool was broken meanwhile; it is now held by {self.holder}"


class LockHeld(XsbondError):  # noqa: N818 - the other run is in its right
    """Somebody else is changing the pool."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)

    def __str__(self) -> str:
        return f"another run is changing this pool: {self.holder}"


class PoolLock:
    """The lock of one run on one pool; `owner` is what it writes there."""

    def __init__(self, api: PoolApi, owner: Owner) -> None:
        self._api, self.owner = api, owner
        self.may_be_held = False
        """Whether it was asked for, be it that the answer was lost."""
        self._text = msgspec.json.encode(owner).decode()

    def take(self, *, break_lock: bool = False) -> str:
        """Take it, and return whose lock that ended, in words; nothing if there was none.

        Raises LockHeld where somebody has it, PoolError where it cannot be written.
        """
        pool, ended = self._pool(), ""
        if (text := self._read(pool)) is not None:
            if obstacle({KEY: text}) and not break_lock:
                raise LockHeld(holder(text))
            ended = holder(text)
            self._api.change(CALLS[1], pool, KEY)
        self.may_be_held = True
        with contextlib.suppress(AnswerLost):
            try:
                self._api.change(CALLS[0], pool, KEY, self._text)
            except CallRefused as refusal:
                if refusal.code != "MAP_DUPLICATE_KEY":
                    raise
        self.check()
        return ended

    def check(self) -> None:
        """Raise LockHeld or LockLost unless the lock is this run's; a question, no change."""
        text = self._read(self._pool())
        if text != self._text:
            raise LockLost("nobody" if text is None else holder(text))

    def release(self) -> None:
        """Give it back, if it is this run's; raises PoolError if that cannot be done."""
        pool = self._pool()
        if self._read(pool) == self._text:
            with contextlib.suppress(AnswerLost):
                self._api.change(CALLS[1], pool, KEY)
            if self._read(pool) == self._text:
                raise PoolError(self._api.address.host, CALLS[1], "the lock is still there")

    def patient(self, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Sit out restarts of the pool master meanwhile, for so many seconds at most."""
        return self._api.patient(seconds)

    def _pool(self) -> str:
        (ref,) = self._api.read("pool.get_all")
        return str(ref)

    def _read(self, pool: str) -> str | None:
        config: Mapping[str, Any] = self._api.read("pool.get_other_config", pool)
        return config.get(KEY)
