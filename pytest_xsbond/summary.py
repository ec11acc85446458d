"""The closing matrix, host by outcome, and each claim that does not hold in one line."""

from collections.abc import Iterator, Sequence

from pytest_xsbond.outcomes import CATALOGUE
from pytest_xsbond.results import Result, Verdict
from pytest_xsbond.run import PoolRun, Run
from xsbond.plan import by_name, plan_for

Line = tuple[str, dict[str, bool]]
"""A line and its style, as pytest's terminal writes it."""

_WIDE = 8
"""Up to so many hosts each has a column with its name; above, one character."""
_SIGNS: dict[Verdict | None, str] = {"pass": ".", "FAIL": "F", "ERROR": "E", None: " "}
_WORST: tuple[Verdict, ...] = ("ERROR", "FAIL", "pass")


def summary_lines(run: Run, results: Sequence[Result]) -> Iterator[Line]:
    """Yield the lines of the summary."""
    stages = run.expected()
    labels = stages.now.labels
    yield from _matrix([labels[ref] for ref in by_name(stages.now)], results)
    for result in results:
        if result.verdict != "pass":
            yield _failure(result, several=len(stages.desired) > 1), {"red": True}
    if any(result.verdict != "pass" for result in results):
        yield from _way_out(run)
    if isinstance(run, PoolRun):
        yield from _changes(run)


def _matrix(hosts: Sequence[str], results: Sequence[Result]) -> Iterator[Line]:
    rows = _rows(results)
    if not rows:
        return
    ids = {test: _ids(of_test) for test, of_test in rows.items()}
    left = max(map(len, ids.values()))
    wide = len(hosts) <= _WIDE
    width = max(5, *map(len, hosts)) + 2 if wide else 1
    if wide:
        yield " " * left + "".join(f"{host:>{width}}" for host in hosts), {"bold": True}
    for test in sorted(rows, key=lambda test: _order(rows[test])):
        verdicts = [_worst([r for r in rows[test] if r.host == host]) for host in hosts]
        cells = [(v or "-") if wide else _SIGNS[v] for v in verdicts]
        bad = [host for host, v in zip(hosts, verdicts, strict=True) if v in ("FAIL", "ERROR")]
        line = f"{ids[test]:<{left}}" + ("" if wide else "  ")
        line += "".join(f"{cell:>{width}}" for cell in cells) + "  " + rows[test][0].claim
        yield line.rstrip(), {"red": True} if bad else {"green": True}


def _rows(results: Sequence[Result]) -> dict[str, list[Result]]:
    rows: dict[str, list[Result]] = {}
    for result in results:
        rows.setdefault(result.test, []).append(result)
    return rows


def _ids(results: Sequence[Result]) -> str:
    """Return all ids a test has judged, the master's before the members'."""
    seen = {id_ for result in results for id_ in result.outcomes}
    return " ".join(id_ for id_ in CATALOGUE if id_ in seen)


def _order(results: Sequence[Result]) -> int:
    return min(list(CATALOGUE).index(id_) for result in results for id_ in result.outcomes)


def _worst(results: Sequence[Result]) -> Verdict | None:
    verdicts = {result.verdict for result in results}
    return next((verdict for verdict in _WORST if verdict in verdicts), None)


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
    for step in run.changed:
        yield f"changed: {step.does}", {}
    if run.stopped:
        yield f"STOPPED: {run.stopped}", {"red": True, "bold": True}
    elif not run.changed:
        yield f"nothing was changed: {_why_nothing(run)}", {}


def _why_nothing(run: PoolRun) -> str:
    if run.settings.mode != "apply":
        return "a verifying run only looks"
    if not run.plan.steps:
        return "every host has every wanted bond already"
    return "no test asked for the pool"
