"""The closing matrix, host by outcome, and each claim that does not hold in one line."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_xsbond import drilling
from pytest_xsbond.grouping import grouped
from pytest_xsbond.matrix import matrix_rows, place
from pytest_xsbond.results import BAD, Result, Verdict
from pytest_xsbond.run import PoolRun, Run
from pytest_xsbond.stages import Stages
from xsbond.plan import by_name, plan_for

Line = tuple[str, dict[str, bool]]
"""A line and its style, as pytest's terminal writes it."""

_WIDE = 8
"""Up to so many hosts each has a column with its name; above, one character."""
_SIGNS: dict[Verdict | None, str] = {
    "pass": ".",
    "n/j": "?",
    "warn": "w",
    "waived": "W",
    "FAIL": "F",
    "ERROR": "E",
    None: " ",
}
_STYLES: dict[Verdict | None, dict[str, bool]] = {
    "pass": {"green": True},
    "n/j": {"cyan": True},
    "warn": {"yellow": True},
    "waived": {"yellow": True},
    "FAIL": {"red": True},
    "ERROR": {"red": True},
    None: {},
}


def summary_lines(run: Run, results: Sequence[Result]) -> Iterator[Line]:
    """Yield the lines of the summary."""
    stages = run.expected()
    labels = stages.now.labels
    yield from _matrix([labels[ref] for ref in by_name(stages.now)], results)
    yield from _failures(stages, results)
    if any(result.verdict in BAD for result in results):
        yield from _way_out(run)
    if isinstance(run, PoolRun):
        yield from _changes(run)


def _failures(stages: Stages, results: Sequence[Result]) -> Iterator[Line]:
    """Yield what does not hold: first what has one cause, told together, then the rest."""
    several = len(stages.desired) > 1
    groups, alone = grouped(stages, results)
    for group in groups:
        yield group.title(several=several), {"red": True, "bold": True}
        yield f"  {group.cause.says}", {}
        ids = sorted({id_ for each in group.results for id_ in each.outcomes}, key=place)
        yield f"  {' '.join(ids)}", {"red": True}
        for difference in (line for each in group.results for line in each.drift):
            yield f"  {difference}", {"red": True}
        for command in group.next:
            yield f"  next: {command}", {"bold": True}
    for result in results:
        if result in alone or result.verdict in {"n/j", "waived"}:
            yield from _told(result, several=several)


def _matrix(hosts: Sequence[str], results: Sequence[Result]) -> Iterator[Line]:
    rows = list(matrix_rows(hosts, results))
    if not rows:
        return
    left = max(len(row.ids) for row in rows)
    wide = len(hosts) <= _WIDE
    width = max(5, *map(len, hosts)) + 2 if wide else 1
    if wide:
        yield " " * left + "".join(f"{host:>{width}}" for host in hosts), {"bold": True}
    for row in rows:
        cells = [(v or "-") if wide else _SIGNS[v] for v in row.verdicts]
        line = f"{row.ids:<{left}}" + ("" if wide else "  ")
        line += "".join(f"{cell:>{width}}" for cell in cells) + "  " + row.claim
        yield line.rstrip(), _STYLES[row.worst]


def _told(result: Result, *, several: bool) -> Iterator[Line]:
    """Yield one result: a line, and one for each difference where several have been found."""
    style = _STYLES[result.verdict]
    if len(result.drift) <= 1:
        yield _failure(result, several=several), style
    else:
        counted = replace(result, message=f"{len(result.drift)} differences")
        yield _failure(counted, several=several), style
        for difference in result.drift:
            yield f"  {difference}", style
    if result.waived:
        yield f"  waived: {result.waived}", style


def _failure(result: Result, *, several: bool) -> str:
    about = f" {result.network}" if several and result.network else ""
    ids = " ".join(result.outcomes)
    return (
        f"{result.verdict} {result.host}{about} {ids}: {result.claim.rstrip('.')}: {result.message}"
    )


def _way_out(run: Run) -> Iterator[Line]:
    """Yield the commands that would create what is missing."""
    stages = run.expected()
    plan = plan_for(stages.desired, stages.now, stages.inherit)
    if plan.refusals or not plan.steps:
        return
    pool = run.settings.pool or "ADDRESS"
    yield "", {}
    yield (
        f"pytest --pool={pool} --xsbond-apply creates what is missing; by hand, in this order:",
        {},
    )
    for step in plan.steps:
        yield f"  {step.command}", {"bold": True}


def _changes(run: PoolRun) -> Iterator[Line]:
    if run.waited:
        yield run.waited, {}
    for step in run.changed:
        yield f"changed: {step.does}", {}
    if run.stopped:
        yield f"STOPPED: {run.stopped}", {"red": True, "bold": True}
        for line in run.stopped.standing:
            yield f"  {line}", {"red": True}
    elif not (run.changed or run.drills.disturbed()):
        yield f"nothing was changed: {_why_nothing(run)}", {}
    if run.journal and not run.lab:
        yield f"journal: {run.journal}", {}
    yield from drilling.lines(run)


def _why_nothing(run: PoolRun) -> str:
    if run.settings.mode != "apply":
        return "a verifying run only looks"
    if run.refused:
        return "it was refused when it was about to begin; the reasons stand below"
    if not run.plan.steps:
        return "every host has every wanted bond already"
    return "no test asked for the pool"
