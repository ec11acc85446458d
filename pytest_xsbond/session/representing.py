"""How a claim that does not hold is represented: told without frames, unless they are asked for.

pytest formats the frames of every failure, whoever reads them; of hundreds that have one cause
nobody does, and that is most of what such a run would cost.
"""

import inspect
from collections.abc import Sequence
from typing import Any

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprEntry, ReprFileLocation, ReprTraceback

from pytest_xsbond.claims.results import PREFIXES

_FRAMES_FROM = 2
"""With so many `-v` the frames come back."""


def wants_frames(config: pytest.Config) -> bool:
    """Tell whether the frames of a failed claim are asked for."""
    option = config.option
    asked = option.tbstyle in {"long", "native"} or option.showlocals or option.fulltrace
    return bool(asked or config.get_verbosity() >= _FRAMES_FROM or option.usepdb)


def tells_failures(config: pytest.Config) -> bool:
    """Tell whether each failed claim is told by itself, before the closing page."""
    return config.get_verbosity() >= 1 or wants_frames(config) or config.option.tbstyle != "auto"


def without_frames(item: pytest.Function) -> None:
    """Have a claim's failures told in words."""
    usual = item.repr_failure

    def repr_failure(excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
        if isinstance(excinfo.value, AssertionError):
            return in_words(item, reason_of(excinfo.value))
        return usual(excinfo)

    item.repr_failure = repr_failure  # type: ignore[method-assign]


def reason_of(error: BaseException) -> str:
    """Return the first line of what a failed assertion says, without pytest's own words."""
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    reason = lines[0] if lines else "it does not hold"
    for prefix in PREFIXES:
        reason = reason.removeprefix(prefix)
    return reason


def in_words(item: pytest.Function, reason: str, lines: Sequence[str] = ()) -> ExceptionChainRepr:
    """Return a representation that xdist, JUnit and the terminal take for a failure's."""
    line = inspect.unwrap(item.function).__code__.co_firstlineno
    where = ReprFileLocation(str(item.path), line, reason)
    entry = ReprEntry([reason, *lines], None, None, None, "value")
    traceback = ReprTraceback([entry], None, "value")
    return ExceptionChainRepr([(traceback, where, None)])
