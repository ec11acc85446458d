"""`--xsbond-list`: every outcome of the catalogue, what it claims and what it needs."""

import textwrap
from collections.abc import Iterator

from pytest_xsbond.claims.outcomes import CATALOGUE, Needs, Outcome
from pytest_xsbond.spec.shipped import all_claims

_LEFT = 18
"""Columns of the ids."""


def listing(width: int) -> str:
    """Return the catalogue, a paragraph for each outcome, in the order of the tutorial."""
    claims: dict[str, list[str]] = {}
    for claim in all_claims():
        for id_ in claim.outcomes:
            claims.setdefault(id_, []).append(claim.says)
    lines = [
        line
        for outcome in CATALOGUE.values()
        for line in _paragraph(outcome, claims.get(outcome.id, []), width)
    ]
    return "\n".join([*_HEAD, *lines]) + "\n"


_HEAD = (
    "PM: the pool master. M: every other member. H, F, D: every host. X: claims of your own.",
    "Select by --xsbond-only=PM-4.5.1,H-*; a name may have * and ? in it.",
    "",
)


def _paragraph(outcome: Outcome, claims: list[str], width: int) -> Iterator[str]:
    needs = "" if outcome.needs is Needs.A_LOOK else f" Needs {outcome.needs.value}."
    warns = " Warns only." if outcome.warns else ""
    yield from textwrap.wrap(
        " ".join(claims) + needs + warns,
        width,
        initial_indent=f"{outcome.id:<{_LEFT}}",
        subsequent_indent=" " * _LEFT,
        break_long_words=False,
        break_on_hyphens=False,
    )
