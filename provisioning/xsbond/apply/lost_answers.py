"""What is looked for in the pool where the answer to a change was lost."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import stamina

from xsbond.apply.restart import Progress
from xsbond.collect.xapi import PoolApi
from xsbond.errors import AnswerLost, CallRefused, PoolError

_LOOKED_FOR = 20.0
"""Seconds in which what an unanswered call has done must show, once no task of it is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookout:
    """Looks for what an unanswered call has done."""

    api: PoolApi
    progress: Progress
    deadline: float
    """Seconds it may take at most."""

    def found(self, error: PoolError, look: Callable[[], Sequence[str]]) -> str:
        """Return the one thing that shows what an unanswered call has done, or raise its error."""
        self.progress(f"{error.action}: {error.reason}; looking whether it was done all the same")
        method = error.action.removeprefix("Async.")
        ends = time.monotonic() + min(_LOOKED_FOR, self.deadline)
        for attempt in stamina.retry_context(
            on=AnswerLost, attempts=None, timeout=self.deadline, wait_initial=0.1, wait_max=1.0
        ):
            with attempt:
                is_under_way = self._is_under_way(method)
                found = look()
                if len(found) == 1 and not is_under_way:
                    return found[0]
                if not is_under_way and time.monotonic() > ends:
                    reason = f"{error.reason}, and the pool shows nothing of it"
                    raise PoolError(error.address, method, reason) from error
                raise AnswerLost(error.address, method, f"{error.reason}; it was not seen to end")
        raise AssertionError("stamina ends with a result or an error")

    def _is_under_way(self, method: str) -> bool:
        """Tell whether the pool carries out such a call, as far as this account may see tasks."""
        try:
            tasks = self.api.read("task.get_all_records")
        except CallRefused:
            return False
        names = {method, f"Async.{method}"}
        return any(
            task["name_label"] in names and task["status"] == "pending" for task in tasks.values()
        )
