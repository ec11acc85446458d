"""The closing page in lines: the verdict first, each cause once, the matrix, what to type next."""

import shlex
from collections.abc import Iterator, Sequence

from pytest_xsbond.own_command import OwnCommand
from pytest_xsbond.terminal.layout import Line, Style, command, wrapped
from pytest_xsbond.terminal.matrix import matrix_lines
from pytest_xsbond.verdict.finding import Finding, Seen
from pytest_xsbond.verdict.names import counted, listed
from pytest_xsbond.verdict.page import BondVerdict, Counts, Page

RED: Style = {"red": True, "bold": True}
_STYLES: dict[str, Style] = {
    "FAIL": RED,
    "ERROR": RED,
    "warn": {"yellow": True},
    "waived": {"yellow": True},
}
_STATES: dict[str, Style] = {
    "as wanted": {"green": True, "bold": True},
    "not as wanted": RED,
    "not known": RED,
    "not judged": {"yellow": True, "bold": True},
}
_COLUMN = 11
"""Where the text of a cause begins."""
_SEEN = 4
"""So many claims of one cause say what they have seen; the others are named."""


def closing_lines(
    page: Page, own: OwnCommand, width: int, *, is_terminal: bool, whole_matrix: bool
) -> Iterator[Line]:
    """Yield verdicts, causes and matrix."""
    yield from _verdicts(page.bonds, width)
    if page.rows:
        yield from ((line, {}) for line in wrapped("", _counted(page.counts), width, column=2))
    several = sum(bool(bond.network) for bond in page.bonds) > 1
    for number, finding in enumerate(page.findings, start=1):
        yield "", {}
        columns = width if is_terminal else None
        yield from _finding(number, finding, own, width, columns, several=several)
    for each in page.unjudged:
        told = f"{' '.join(each.ids)} on {counted(each.hosts, len(page.hosts))}: {each.seen}"
        yield from ((line, {"cyan": True}) for line in wrapped("n/j", told, width, column=5))
    for complaint in page.waivers:
        yield "", {}
        lines = wrapped("", complaint, width, column=0) if is_terminal else [complaint]
        yield from ((line, RED) for line in lines)
    if page.rows and (page.findings or whole_matrix):
        yield "", {}
    yield from matrix_lines(page, width, whole=whole_matrix)


def _verdicts(bonds: Sequence[BondVerdict], width: int) -> Iterator[Line]:
    heads = [_head(bond) for bond in bonds]
    column = max(map(len, heads), default=0) + 3
    for bond, head in zip(bonds, heads, strict=True):
        fits = column + 30 < width
        told = wrapped(head, bond.says, width, column=column if fits else 4)
        yield from ((line, _STATES[bond.state]) for line in told)


def _head(bond: BondVerdict) -> str:
    if not bond.network:
        return "hosts"
    return f"{bond.network}  {'+'.join(bond.nics)} {bond.mode}"


def _counted(counts: Counts) -> str:
    """Return how many claims came to which end, without what did not occur."""
    told = (
        (counts.failed, "fail", "fails"),
        (counts.follow, "follow from them", "follows from them"),
        (counts.errors, "could not be judged (ERR)", "could not be judged (ERR)"),
        (counts.warned, "warn", "warns"),
        (counts.waived, "are waived", "is waived"),
        (counts.unjudged, "are not judged (n/j)", "is not judged (n/j)"),
        (counts.passed, "pass", "passes"),
    )
    parts = [f"{number} {one if number == 1 else many}" for number, many, one in told if number]
    return "claims: " + ", ".join(parts)


def _finding(
    number: int,
    finding: Finding,
    own: OwnCommand,
    width: int,
    columns: int | None,
    *,
    several: bool,
) -> Iterator[Line]:
    style = _STYLES[finding.kind]
    about = f"{', '.join(finding.networks)}: " if several and finding.networks else ""
    kind = "" if finding.kind == "FAIL" else f"{finding.kind}: "
    hosts = counted(finding.hosts, finding.of)
    if finding.is_explained:
        title = f"{about}{kind}{finding.cause}: {hosts}"
    else:
        title = f"{about}{kind}does not hold on {hosts}: {finding.cause}"
    yield from ((line, style) for line in wrapped(f"{number}.", title, width, column=3))
    if finding.says:
        yield from _labelled("why", finding.says, width)
    for label, text in _seen(finding):
        yield from _labelled(label, text, width)
    yield from _labelled("fails" if finding.kind == "FAIL" else "claims", _ids(finding), width)
    yield from _next(finding, own, columns)


def _labelled(label: str, text: str, width: int) -> Iterator[Line]:
    yield from ((line, {}) for line in wrapped(f"   {label}", text, width, column=_COLUMN))


def _ids(finding: Finding) -> str:
    ids = " ".join(finding.ids)
    if not finding.following:
        return ids
    return f"{ids}; what follows from it: {' '.join(finding.following)}"


def _seen(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield what the claims have seen; all differences since a baseline, a few of the others."""
    if finding.kind == "waived":
        shown = finding.seen[:1]
    else:
        drift = [each for each in finding.seen if each.ids[0].startswith("D-")]
        shown = tuple(dict.fromkeys((*finding.seen[:_SEEN], *drift)))
    one = len({each.ids for each in finding.seen}) == 1
    for number, each in enumerate(shown):
        yield "" if number else "seen", _told(each, finding, one=one)
    if rest := len(finding.seen) - len(shown):
        yield "", f"and {rest} more; -v tells each claim"


def _told(seen: Seen, finding: Finding, *, one: bool) -> str:
    ids = "" if one else f"{' '.join(seen.ids)}: "
    where = "" if seen.hosts == finding.hosts else f" ({listed(seen.hosts)})"
    if len(seen.hosts) > 1 and seen.is_about_first:
        where = f" (and alike on {listed(seen.hosts[1:])})"
    wanted = f"; wanted {seen.wanted}" if seen.wanted else ""
    return f"{ids}{'; '.join(seen.seen.splitlines())}{wanted}{where}"


def _next(finding: Finding, own: OwnCommand, columns: int | None) -> Iterator[Line]:
    """Yield what to type, without the command that closes the page anyway."""
    told = [each for each in finding.next if not own.closes_with(each.line)]
    for each in told:
        words = shlex.split(each.line) if each.line.startswith("pytest ") else each.line
        lines = list(command(words, columns, " " * _COLUMN))
        label = f"   {each.mark}:"
        lines[0] = f"{label:<{_COLUMN}}{lines[0].lstrip()}"
        yield from ((line, {"bold": True}) for line in lines)
    if finding.next_elsewhere and told:
        others = f"the same, with their own names and UUIDs, on {listed(finding.next_elsewhere)}"
        yield from _labelled("", others, columns or 100)
