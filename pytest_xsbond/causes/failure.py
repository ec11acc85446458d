"""A claim that does not hold, as a runbook tells it: seen, wanted, others, causes, next step."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from pytest_xsbond.advice import Advice, advice
from pytest_xsbond.causes.cause import Cause, is_at_work
from pytest_xsbond.causes.table import causes_of
from pytest_xsbond.claims.bond_on_host import BondOnHost
from xsbond.errors import NotAsked, XsbondError
from xsbond.plan.plan import by_name

SECTION = "what to do next"
"""Heading of what a failed claim is explained under in a report."""
HOLDS = "as wanted"
"""What is said of a host for which the same claim holds."""
_SHOWN_ANSWERS = 3
_SHOWN_NAMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why one claim about one host does not hold, and what to do about it."""

    claim: str
    """Outcome ids and the claim in words."""
    host: str
    network: str
    seen: str
    """A line for each thing that is wrong; empty where the claim could not be judged."""
    wanted: str
    """Empty where the claim says it all."""
    others: Mapping[str, str]
    """Other host -> what the same claim says of it: `as wanted`, or why not."""
    causes: tuple[Cause, ...]
    """What the snapshot shows to be at work, the likeliest first."""
    open: tuple[Cause, ...]
    """What the snapshot can neither show nor rule out."""
    next: tuple[Advice, ...]
    """What to type, in this order."""

    def lines(self) -> Iterator[str]:
        """Yield the text a person reads, the most urgent part last: what to type."""
        yield f"claim   {self.claim}"
        yield f"host    {self.host}, network {self.network}"
        if self.wanted:
            yield f"wanted  {self.wanted}"
        yield from _table("seen", self.seen.splitlines())
        yield from _table("others", _grouped(self.others, self.host, self.seen))
        yield from _table("cause", [f"{cause.name}: {cause.says}" for cause in self.causes])
        yield from _table("perhaps", [f"{cause.name}: {cause.says}" for cause in self.open])
        yield from (f"{f'{each.mark}:':<7} {each.line}" for each in self.next)


def explain(
    view: BondOnHost,
    outcomes: Sequence[str],
    *,
    claim: str,
    seen: str,
    wanted: str,
    others: Mapping[str, str],
    typed: Sequence[str] = (),
) -> Failure:
    """Return the explanation of a failed claim from what it looked at.

    `typed` are the run's own arguments, for commands that start another one.
    """
    likely = dict.fromkeys(cause for each in outcomes for cause in causes_of(each))
    found = {cause: is_at_work(cause, view) for cause in likely}
    own = set(outcomes)
    at_work = tuple(cause for cause in found if found[cause] and own & cause.explained(view))
    untold = tuple(cause for cause in found if found[cause] is None)
    return Failure(
        claim=f"{' '.join(outcomes)}: {claim}",
        host=view.name,
        network=view.wanted.network,
        seen=seen,
        wanted=wanted,
        others=others,
        causes=at_work,
        open=() if at_work else untold,
        next=advice(next((cause.commands(view) for cause in (*at_work, *untold)), ()), typed),
    )


def judged_elsewhere(claim: Callable[..., object], arguments: Mapping[str, Any]) -> dict[str, str]:
    """Judge a claim for every host of the pool; return host name -> `as wanted`, or why not.

    `arguments` are those of the claim that failed; its views are moved from host to host.
    """
    views = [value for value in arguments.values() if isinstance(value, BondOnHost)]
    if not views:
        return {}
    snapshot, own = arguments.get("here", views[0]).snapshot, arguments.get("here", views[0]).host
    return {
        snapshot.labels[ref]: _judged(claim, _moved(arguments, own, ref))
        for ref in by_name(snapshot)
    }


def _moved(arguments: Mapping[str, Any], own: str, host: str) -> dict[str, Any]:
    """Return the arguments with the views of one host turned to another."""
    return {
        name: replace(value, host=host, rests_on={})
        if isinstance(value, BondOnHost) and value.host == own
        else value
        for name, value in arguments.items()
    }


def _judged(claim: Callable[..., object], arguments: Mapping[str, Any]) -> str:
    try:
        claim(**arguments)
    except AssertionError as error:
        return str(error).partition("\n")[0].removeprefix("assert ")
    except (pytest.skip.Exception, NotAsked) as unjudged:
        return f"not judged: {unjudged}"
    except XsbondError as error:
        return f"could not be looked at: {error}"
    return HOLDS


def _grouped(others: Mapping[str, str], own: str, seen: str) -> list[str]:
    """Return one line for all hosts that show the same; the ones that are right come first.

    `own` is the name of the host that is told about, and `seen` what it shows.
    """
    hosts: dict[str, list[str]] = {}
    mine = "; ".join(seen.splitlines())
    for host, answer in others.items():
        told = answer.removeprefix("seen ").partition(", wanted ")[0]
        alike = bool(mine) and _whoever(told, host) == _whoever(mine, own)
        hosts.setdefault("the same" if alike else answer, []).append(host)
    if list(hosts) == ["the same"]:
        return ["the same"]
    answers = sorted(hosts, key=lambda answer: (answer != HOLDS, -len(hosts[answer])))
    lines = [f"{_named(hosts[answer])}: {answer}" for answer in answers[:_SHOWN_ANSWERS]]
    rest = sum(len(hosts[answer]) for answer in answers[_SHOWN_ANSWERS:])
    return [*lines, f"and {rest} more, each different"] if rest else lines


def _whoever(text: str, host: str) -> str:
    """Return a text without the name of the host it is about."""
    return re.sub(rf"(?<![\w-]){re.escape(host)}(?![\w-])", "HOST", text)


def _named(hosts: Sequence[str]) -> str:
    rest = len(hosts) - _SHOWN_NAMES
    return ", ".join(hosts[:_SHOWN_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _table(title: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{title if number == 0 else '':<7} {line}"
