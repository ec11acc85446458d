"""How far an apply has come: which member of how many, and about how long the others will take."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pytest_xsbond.runs.looking import Say

_LONG = 120
"""Seconds; from there on minutes are told."""


@dataclass(slots=True, kw_only=True)
class MemberCount:
    """Puts `[12/63]` before what is said about a member, where there are several."""

    say: Say
    members: Callable[[], Sequence[str]]
    """Names of the members that are to be changed, in their order."""
    done: Callable[[], Sequence[str]]
    """Names of those that are."""
    clock: Callable[[], float] = time.monotonic
    _began: float | None = None
    _place: int = field(default=-1)

    def __call__(self, line: str) -> None:
        """Say a line."""
        members = list(dict.fromkeys(self.members()))
        done = [member for member in members if member in self.done()]
        if len(members) <= 1 or (not done and not _is_about(line, members[0])):
            self.say(line)
            return
        self._began = self.clock() if self._began is None else self._began
        if len(done) >= len(members):
            self.say(line)
            return
        estimate = self._estimate(len(done), len(members)) if self._place != len(done) else ""
        self._place = len(done)
        self.say(f"[{len(done) + 1}/{len(members)}] {line}{estimate}")

    def _estimate(self, done: int, total: int) -> str:
        """Return what the members done so far say of the others; nothing before the first."""
        if not done or self._began is None:
            return ""
        seconds = (self.clock() - self._began) / done * (total - done)
        told = f"{seconds:.0f} s" if seconds < _LONG else f"{seconds / 60:.0f} min"
        return f" (about {told} left)"


def _is_about(line: str, member: str) -> bool:
    return member in line.replace(",", " ").replace(":", " ").split()
