"""The report's first pages: facts, matrix, causes, steps and the picture, as HTML without scripts.

pytest-html puts them above its own table, which needs JavaScript; these do not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import jinja2
from markupsafe import Markup

from pytest_xsbond.clean import clean_answer
from pytest_xsbond.evidence.facts import RunFacts
from pytest_xsbond.evidence.summary_page import about, verdict
from pytest_xsbond.evidence.topology import HostPicture, pictures
from pytest_xsbond.grouping import grouped
from pytest_xsbond.matrix import MatrixRow, matrix_rows
from pytest_xsbond.results import BAD, Result, Verdict
from pytest_xsbond.stages import Stages, named_snapshots
from xsbond.plan import by_name

HOSTS_ABREAST = 24
"""Hosts side by side in one table: so many fit on a page of A4."""
MANY_HOSTS = 8
"""With more, the rows of what holds would fill hundreds of sheets."""
SIGNS: Mapping[Verdict | None, str] = {
    "pass": "✓",
    "warn": "w",
    "waived": "W",
    "n/j": "?",
    "FAIL": "✗",
    "ERROR": "E",
    None: "",
}
WORDS: Mapping[Verdict, str] = {
    "pass": "holds",
    "warn": "worth a look",
    "waived": "does not hold, and is waived",
    "n/j": "not judged",
    "FAIL": "does not hold",
    "ERROR": "could not be looked at",
}
_SHORT = {"balance-slb": "slb", "active-backup": "a-b", "lacp": "lacp"}
"""Modes where there is little room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Some hosts side by side."""

    hosts: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


def report_page(facts: RunFacts, stages: Stages | None, results: Sequence[Result]) -> str:
    """Return the HTML; every text in it is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pytest_xsbond", "evidence"),
        autoescape=True,
        finalize=_harmless,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    looks = named_snapshots(stages) if stages else {}
    failed = {(each.host, each.network) for each in results if each.verdict in BAD}
    return environment.get_template("report.html.jinja").render(
        verdict=verdict(facts),
        good=not facts.exit_status,
        about=[each for each in about(facts) if each[1]],
        refused=facts.refused,
        matrices=list(_matrices(stages, results)) if stages else [],
        many=MANY_HOSTS,
        signs=SIGNS,
        words=WORDS,
        causes=list(_causes(stages, results)) if stages else [],
        steps=list(_steps(facts)),
        stages=list(looks),
        hosts=pictures(looks, failed) if looks else (),
        picture=_Picture(environment),
    )


def _harmless(value: object) -> object:
    """Return what is put into the page without anything that acts on whoever shows it."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean_answer(value)
    return value


@dataclass(frozen=True, slots=True)
class _Picture:
    """Draws a host."""

    environment: jinja2.Environment

    def __call__(self, host: HostPicture) -> Markup:
        template = self.environment.get_template("picture.svg.jinja")
        rows = max(map(len, host.stages.values()))
        drawn = template.render(host=host, rows=rows, short=_SHORT)
        # What it was rendered from is escaped already.
        return Markup(drawn)  # noqa: S704


def _matrices(stages: Stages, results: Sequence[Result]) -> Iterator[Matrix]:
    hosts = [stages.now.labels[ref] for ref in by_name(stages.now)]
    for first in range(0, len(hosts), HOSTS_ABREAST) if results else ():
        abreast = hosts[first : first + HOSTS_ABREAST]
        yield Matrix(hosts=tuple(abreast), rows=tuple(matrix_rows(abreast, results)))


def _causes(stages: Stages, results: Sequence[Result]) -> Iterator[Mapping[str, Any]]:
    groups, alone = grouped(stages, results)
    for group in groups:
        yield {
            "where": f"{group.host} {group.network}",
            "name": group.cause.name,
            "says": group.cause.says,
            "ids": " ".join(sorted({id_ for each in group.results for id_ in each.outcomes})),
            "next": group.next,
        }
    for each in (*alone, *(each for each in results if each.verdict == "waived")):
        yield {
            "where": f"{each.host} {each.network}",
            "name": each.message,
            "says": f"{each.claim} waived: {each.waived}" if each.waived else each.claim,
            "ids": " ".join(each.outcomes),
            "next": (),
        }


def _steps(facts: RunFacts) -> Iterator[Mapping[str, str]]:
    """Yield what was told while the pool was changed, each with the seconds until the next."""
    for (time, line), (later, _) in pairwise((*facts.progress, (facts.ended, ""))):
        seconds = (datetime.fromisoformat(later) - datetime.fromisoformat(time)).total_seconds()
        yield {"time": time, "line": line, "seconds": f"{max(0.0, seconds):.1f}"}
