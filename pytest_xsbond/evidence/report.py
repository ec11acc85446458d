"""The report's own pages as HTML without scripts.

pytest-html's table, which needs scripts, is between. `report_page` stands above it: verdict,
causes, picture, matrix. `run_page` stands below it: the run, its hosts and its steps.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

import jinja2
from markupsafe import Markup

from pytest_xsbond.claims.results import BAD, Mark, Result
from pytest_xsbond.claims.stages import Stages, named_snapshots
from pytest_xsbond.clean import clean_answer
from pytest_xsbond.evidence.facts import HostFacts, RunFacts
from pytest_xsbond.evidence.picture import WIDTH, drawing
from pytest_xsbond.evidence.summary_page import about, verdict
from pytest_xsbond.evidence.topology import HostPicture, pictures
from pytest_xsbond.verdict.finding import Finding
from pytest_xsbond.verdict.matrix import MatrixRow
from pytest_xsbond.verdict.names import counted, listed
from pytest_xsbond.verdict.page import Page

HOSTS_ABREAST = 24
"""Hosts side by side in one table: so many fit on a page of A4."""
MANY_HOSTS = 8
"""With more, the rows of what holds would fill hundreds of sheets."""
SIGNS: Mapping[Mark | None, str] = {
    "pass": "✓",
    "warn": "w",
    "waived": "W",
    "n/j": "?",
    "FAIL": "✗",
    "·": "·",
    "ERR": "E",
    None: "",
}
WORDS: Mapping[Mark, str] = {
    "pass": "holds",
    "warn": "worth a look",
    "waived": "does not hold, and is waived",
    "n/j": "not judged",
    "FAIL": "does not hold",
    "·": "does not hold because of what another claim tells",
    "ERR": "could not be looked at",
}
CLASSES: Mapping[Mark | None, str] = {"n/j": "nj", "·": "follows", None: "none"}
"""Of the style sheet, where a mark itself is no name."""
_Key = TypeVar("_Key")
_HOST_COLUMNS = ("version", "address", "uuid", "ssh_host_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a claim says of a host, and where that is told."""

    mark: Mark | None
    anchor: str
    """Of the row; empty where the claim was not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Some hosts side by side."""

    hosts: tuple[str, ...]
    rows: tuple[tuple[MatrixRow, tuple[Cell, ...]], ...]


def anchor(node_id: str) -> str:
    """Return the name by which a claim's row in the table of results is led to."""
    # A node id holds names of the pool, which no address of a page should be made of.
    return "r" + hashlib.sha256(node_id.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def report_page(
    facts: RunFacts, stages: Stages | None, page: Page | None, results: Sequence[Result]
) -> str:
    """Return what stands first, as HTML; every text in it is escaped."""
    looks = named_snapshots(stages) if stages else {}
    failed = {(each.host, each.network) for each in results if each.verdict in BAD}
    rows = _Rows(results)
    return _template("report.html.jinja").render(
        verdict=verdict(facts),
        good=not facts.exit_status,
        refused=facts.refused,
        stopped=facts.stopped,
        page=page,
        claims=rows,
        steps=facts.progress,
        matrices=list(_matrices(page, rows)) if page else [],
        many=MANY_HOSTS,
        signs=SIGNS,
        words=WORDS,
        classes=CLASSES,
        counted=counted,
        listed=listed,
        stages=list(looks),
        pictures=pictures(looks, stages.desired, failed) if stages else (),
        picture=_picture,
    )


def run_page(facts: RunFacts) -> str:
    """Return what stands last, as HTML; every text in it is escaped."""
    same = {
        name: value
        for name in _HOST_COLUMNS
        if (value := _on_all(facts.hosts, name)) and len(facts.hosts) > 1
    }
    return _template("run.html.jinja").render(
        about=[each for each in about(facts, with_hosts=False) if each[1]],
        hosts=facts.hosts,
        same=same,
        columns=[name for name in _HOST_COLUMNS if name not in same and _on_any(facts, name)],
        steps=list(_steps(facts)),
    )


def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pytest_xsbond", "evidence"),
        autoescape=True,
        finalize=_harmless,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template(name)


def _harmless(value: object) -> object:
    """Return what is put into the page without anything that acts on whoever shows it."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean_answer(value)
    return value


def _picture(host: HostPicture, stage: str) -> Markup:
    """Draw one stage of a host, or of hosts that look alike."""
    drawn = drawing(host.stages[stage], len(host.hosts))
    name = f"{listed(host.hosts)}, {stage}"
    text = _template("picture.svg.jinja").render(drawn=drawn, width=WIDTH, name=name)
    # What it was rendered from is escaped already.
    return Markup(text)  # noqa: S704


class _Rows:
    """Finds the row that tells what a claim says."""

    def __init__(self, results: Sequence[Result]) -> None:
        self._of_test: dict[tuple[str, str, str], Result] = {}
        self._of_id: dict[tuple[str, str], Result] = {}
        for result in results:
            for id_ in result.outcomes:
                _keep_worse(self._of_test, (result.claim, id_, result.host), result)
                _keep_worse(self._of_id, (id_, result.host), result)

    def of_cell(self, row: MatrixRow, host: str) -> str:
        """Return the anchor for a cell of the matrix; empty where nothing was judged."""
        found = (self._of_test.get((row.claim, id_, host)) for id_ in row.ids.split())
        return next((anchor(each.node_id) for each in found if each), "")

    def of_finding(self, id_: str, finding: Finding) -> str:
        """Return the anchor for an outcome on the first host of a cause that has it."""
        found = (self._of_id.get((id_, host)) for host in finding.hosts)
        return next((anchor(each.node_id) for each in found if each), "")


def _keep_worse(table: dict[_Key, Result], key: _Key, result: Result) -> None:
    kept = table.get(key)
    if kept is None or (kept.mark == "pass" and result.mark != "pass"):
        table[key] = result


def _matrices(page: Page, rows: _Rows) -> Iterator[Matrix]:
    for first in range(0, len(page.hosts), HOSTS_ABREAST) if page.rows else ():
        abreast = slice(first, first + HOSTS_ABREAST)
        yield Matrix(
            hosts=page.hosts[abreast],
            rows=tuple((row, tuple(_cells(row, page, abreast, rows))) for row in page.rows),
        )


def _cells(row: MatrixRow, page: Page, abreast: slice, rows: _Rows) -> Iterator[Cell]:
    for host, mark in zip(page.hosts[abreast], row.marks[abreast], strict=True):
        yield Cell(mark=mark, anchor=rows.of_cell(row, host) if mark else "")


def _on_all(hosts: Sequence[HostFacts], name: str) -> str:
    """Return what is the same of all hosts; empty if it is not."""
    values = {str(getattr(host, name)) for host in hosts}
    return values.pop() if len(values) == 1 else ""


def _on_any(facts: RunFacts, name: str) -> bool:
    return any(getattr(host, name) for host in facts.hosts)


def _steps(facts: RunFacts) -> Iterator[Mapping[str, str]]:
    """Yield what was told while the pool was changed, each with the seconds until the next."""
    for (time, line), (later, _) in pairwise((*facts.progress, (facts.ended, ""))):
        seconds = (datetime.fromisoformat(later) - datetime.fromisoformat(time)).total_seconds()
        yield {"time": time, "line": line, "seconds": f"{max(0.0, seconds):.1f}"}
