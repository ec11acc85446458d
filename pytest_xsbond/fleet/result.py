"""What came of the runs of all pools, and the exit status of the whole. Pure."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from pytest_xsbond.fleet.commands import complaint_of

State = Literal["as wanted", "not as wanted", "ERROR", "not begun"]
_OK, _FAILED = int(pytest.ExitCode.OK), int(pytest.ExitCode.TESTS_FAILED)
PENDING = 6
"""Of `--xsbond-detailed-exitcode`: there is something to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolResult:
    """What came of one pool's run."""

    name: str
    address: str
    words: tuple[str, ...] = ()
    """The arguments of its run."""
    exit_status: int | None = None
    """None if it was not begun."""
    shown: str = ""
    """What it has printed."""
    errors: str = ""
    """What it has printed as errors."""
    outcome: Mapping[str, Any] = field(default_factory=dict)
    """What it has written for programs; empty if it has not come so far."""
    seconds: float = 0.0

    @property
    def state(self) -> State:
        """Return the verdict."""
        if self.exit_status is None:
            return "not begun"
        if self.exit_status in {_OK, PENDING}:
            return "as wanted"
        return "not as wanted" if self.exit_status == _FAILED else "ERROR"

    def word(self, *, plans: bool) -> str:
        """Return the verdict as it is shown."""
        if self.state != "as wanted":
            return self.state.upper()
        return "planned" if plans else self.state

    @property
    def says(self) -> str:
        """Return the verdict in words."""
        if self.exit_status is None:
            return self.errors
        if self.state == "ERROR":
            return complaint_of(self.errors or self.shown)
        told = [
            f"{bond['network'] or 'hosts'}: {bond['says']}"
            for bond in self.outcome.get("bonds", ())
        ]
        return "; ".join(told) or str(self.outcome.get("says", ""))

    @property
    def command(self) -> str:
        """Return what to type to look at this pool alone."""
        return shlex.join(("pytest", *self.words))


def exit_status_of(results: Sequence[PoolResult]) -> int:
    """Return the status of all: the one they agree on; else 1, unless all that differs is 6."""
    found = {result.exit_status for result in results if result.exit_status is not None}
    if not found or len(results) > sum(r.exit_status is not None for r in results):
        found.add(_FAILED)
    if len(found) == 1:
        return int(found.pop() or _OK)
    return PENDING if found == {_OK, PENDING} else _FAILED


def lines(results: Sequence[PoolResult], *, plans: bool) -> Iterator[str]:
    """Yield the page over all pools: what is not as wanted in full, then a line for each."""
    for result in results:
        if result.shown and (plans or result.state == "not as wanted"):
            yield f" {result.name} ".center(80, "=")
            yield from result.shown.rstrip().splitlines()
            yield ""
    yield " xsbond: all pools ".center(80, "=")
    width = max((len(result.name) for result in results), default=0)
    for result in results:
        yield f"{result.name:<{width}}  {result.word(plans=plans):<13}  {result.says}".rstrip()
    yield counted(results, plans=plans)


def counted(results: Sequence[PoolResult], *, plans: bool) -> str:
    """Return `18 of 20 pools as wanted`, with what became of the others."""
    states = [result.state for result in results]
    fine = states.count("as wanted")
    others = [
        f"{states.count(state)} {words}"
        for state, words in (
            ("not as wanted", "not as wanted"),
            ("ERROR", "could not be asked, or refused"),
            ("not begun", "not begun"),
        )
        if state in states
    ]
    verdict = "planned" if plans else "as wanted"
    noun = "pool" if len(states) == 1 else "pools"
    return ", ".join((f"{fine} of {len(states)} {noun} {verdict}", *others))


def told(results: Sequence[PoolResult]) -> Mapping[str, Any]:
    """Return the same for programs."""
    return {
        "schema": 1,
        "says": counted(results, plans=False),
        "pools": [
            {
                "name": result.name,
                "address": result.address,
                "state": result.state,
                "says": result.says,
                "exit_status": result.exit_status,
                "seconds": round(result.seconds, 1),
            }
            for result in results
        ],
    }
