"""What a run has changed, in few lines: steps that differ only in their host are one line."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_xsbond.runs import drill_run
from pytest_xsbond.runs.run import PoolRun
from pytest_xsbond.terminal.layout import Line, wrapped
from pytest_xsbond.verdict.names import listed

if TYPE_CHECKING:
    from xsbond.plan.differing.steps import Change
    from xsbond.plan.steps import AnyStep


def change_lines(run: PoolRun, width: int) -> Iterator[Line]:
    """Yield what was changed and where it stopped, or why nothing was changed."""
    if run.waited:
        yield run.waited, {}
    for says in _folded(run.change.done):
        yield from ((line, {}) for line in wrapped("changed:", says, width, column=9))
    if run.stopped:
        yield f"STOPPED: {run.stopped}", {"red": True, "bold": True}
        for line in run.stopped.standing:
            yield f"  {line}", {"red": True}
    elif not (run.change.done or run.drills.disturbed()):
        yield f"nothing was changed: {_why_nothing(run)}", {}
    if run.change.journal and not run.lab:
        yield f"journal: {run.change.journal}", {}
    yield from drill_run.lines(run)


def _folded(steps: Sequence["AnyStep | Change"]) -> Iterator[str]:
    """Yield each kind of step once, with its hosts where they are several."""
    kinds: dict[str, list[AnyStep | Change]] = {}
    for step in steps:
        kinds.setdefault(step.does.replace(step.host, "HOST"), []).append(step)
    for same in kinds.values():
        hosts = listed([step.host for step in same])
        says = same[0].does.replace(same[0].host, hosts)
        yield f"{says} ({len(same)} hosts)" if len(same) > 1 else says


def _why_nothing(run: PoolRun) -> str:
    if run.settings.mode != "apply":
        return "a verifying run only looks"
    if run.change.refused:
        return "it was refused when it was about to begin; the reasons stand below"
    if not run.plan.steps:
        return "every host has every wanted bond already"
    return "no test asked for the pool"
