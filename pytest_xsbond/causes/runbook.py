"""The runbook: every outcome, its causes, what to type.

It is made of the claims' own words and of the table of causes, so that page, failures and summary
cannot tell different things.
"""

import re
from collections.abc import Iterator, Mapping

from pytest_xsbond.causes.cause import Cause
from pytest_xsbond.causes.table import CAUSES, causes_of
from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.spec.shipped import all_claims

_HEAD = """\
# Runbook

What to do about a claim that does not hold.
A failed claim prints the same: what was wanted and seen, what the other hosts show,
the cause that the facts point to, and what to type.
`xs-1#` stands for the prompt of that host's dom0; names in capitals are yours to fill in.

Look for the causes in the order they are listed: each would also explain what comes after it.
"""


def runbook() -> str:
    """Return the page, as Markdown."""
    lines = [_HEAD, "## Outcomes", "", "| outcome | claim | likely causes |", "|---|---|---|"]
    claims = _claims()
    lines += [_row(id_, claims.get(id_, [])) for id_ in CATALOGUE]
    lines += ["", "## Causes", ""]
    for cause in CAUSES:
        lines += _section(cause)
    return "\n".join(lines).rstrip() + "\n"


def _row(id_: str, claims: list[str]) -> str:
    causes = ", ".join(f"[{cause.name}](#{_anchor(cause.name)})" for cause in causes_of(id_))
    return f"| {id_} | {'<br>'.join(claims)} | {causes} |"


def _section(cause: Cause) -> Iterator[str]:
    outcomes = [id_ for id_ in CATALOGUE if id_ in cause.explains]
    yield from (f"### {cause.name[0].upper()}{cause.name[1:]}", "", cause.says, "")
    yield from (f"Fails: {', '.join(outcomes)}.", "", "```console")
    yield from (_example(command) for command in cause.next)
    yield from ("```", "")


def _example(command: str) -> str:
    """Return a command with names a reader recognises in place of the braces."""
    names = {"host": "xs-2", "master": "xs-1", "network": "PUB", "mode": "balance-slb"}
    known: Mapping[str, str] = {**names, "bridge": "xapi1", "port": "bond1", "pool": "xs-1"}
    return command.format_map(_Named(known))


class _Named(dict[str, str]):
    """Known names as they are, others in capitals."""

    def __missing__(self, key: str) -> str:
        return key.upper().replace("_", "-")


def _anchor(name: str) -> str:
    """Return what a heading's link is called: signs are left out (GitHub's rule)."""
    return re.sub(r"[^\w -]", "", name.lower()).replace(" ", "-")


def _claims() -> Mapping[str, list[str]]:
    """Return outcome id -> the claims that carry it, in their own words."""
    found: dict[str, list[str]] = {}
    for claim in all_claims():
        for id_ in claim.outcomes:
            found.setdefault(id_, []).append(claim.says)
    return found
