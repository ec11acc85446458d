"""What `--xsbond-json` writes: verdict, causes, steps and figures of a run, as one value. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pytest_xsbond.claims.results import Mark, Result
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.evidence.facts import RunFacts
from pytest_xsbond.verdict.finding import Finding
from pytest_xsbond.verdict.page import BondVerdict, Counts, Page, State
from xsbond.failover.leg_facts import LegDrill

VERSION = 1
"""Of the schema; a change that a reader could trip over makes it one more."""
Verdict = State | Literal["refused", "stopped", "failed otherwise"]
_WORST: tuple[State, ...] = ("not as wanted", "not known", "not judged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """The verdict on one wanted bond."""

    network: str
    """Name of the network; empty for what is about the hosts, whatever bonds are wanted."""
    nics: tuple[str, ...]
    """The wanted legs, as the bond file has them."""
    mode: str
    """The wanted mode."""
    state: State
    """The verdict on all hosts together."""
    says: str
    """The verdict in words."""
    hosts: tuple[str, ...]
    """The hosts it was judged on."""
    not_as_wanted: tuple[str, ...]
    """Hosts on which a claim about it does not hold, and no waiver covers that."""
    not_known: tuple[str, ...]
    """Other hosts on which nobody could look at it."""
    waived: tuple[str, ...]
    """Other hosts on which it differs, and a waiver covers that."""
    unjudged: int
    """How many claims about it this run could have judged and has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim about one host, judged."""

    host: str
    network: str
    """Name of the network; empty for a claim about the host."""
    outcomes: tuple[str, ...]
    """Ids of the catalogue."""
    claim: str
    """In words."""
    mark: Mark
    """`·` is a claim that fails only because of what another one tells."""
    message: str
    """Why it is no pass, in one line; empty for a pass."""
    waived: str
    """Reason, owner and last day of the waiver it goes by; empty without one."""
    node_id: str
    """What pytest calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was told while the pool was changed or disturbed."""

    time: str
    """UTC, ISO 8601."""
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """What became of one leg that was taken down (`--xsbond-failover`)."""

    host: str
    network: str
    leg: str
    trouble: str
    """Why the drill was refused or came to nothing; empty if it went to its end."""
    seconds_down: float
    packets_sent: int | None
    """By the guests of a lab; null where no guests are counted."""
    packets_lost: int | None
    """Of those; null where no guests are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What can be counted or measured."""

    claims: Counts
    hosts: int
    hosts_not_as_wanted: int
    """Hosts on which a claim does not hold, and no waiver covers that."""
    hosts_not_known: int
    """Other hosts on which nobody could look at something."""
    seconds: float
    """From the beginning of the run to its end."""
    failover: tuple[Leg, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One run of pytest-xsbond, whatever came of it."""

    schema: int = VERSION
    """Version of this schema."""
    verdict: Verdict
    """On the whole pool; `failed otherwise` is a run that fails although the pool is as wanted."""
    says: str
    """The same in a sentence."""
    run: RunFacts
    bonds: tuple[Bond, ...] = ()
    causes: tuple[Finding, ...] = ()
    """Each cause once, with all hosts it holds on."""
    waivers: tuple[str, ...] = ()
    """A line for each waiver that must not stay as it is."""
    steps: tuple[Step, ...] = ()
    figures: Figures | None = None
    """Null if the run ended before it had looked at the pool."""
    claims: tuple[Claim, ...] = ()


def outcome_of(
    facts: RunFacts, says: str, stages: Stages | None, page: Page | None, results: Sequence[Result]
) -> Outcome:
    """Return what came of a run; without a page it ended before it had looked at the pool."""
    return Outcome(
        verdict=_verdict(facts, page),
        says=says,
        # The steps have a place of their own.
        run=replace(facts, progress=()),
        bonds=tuple(map(_bond, page.bonds)) if page else (),
        causes=page.findings if page else (),
        waivers=page.waivers if page else (),
        steps=tuple(Step(time=time, says=line) for time, line in facts.progress),
        figures=figures_of(facts, stages, page) if page and stages else None,
        claims=tuple(map(_claim, results)),
    )


def figures_of(facts: RunFacts, stages: Stages, page: Page) -> Figures:
    """Return the figures of a run."""
    bad = {host for bond in page.bonds for host in bond.bad}
    unseen = {host for bond in page.bonds for host in bond.unseen}
    return Figures(
        claims=page.counts,
        hosts=len(page.hosts),
        hosts_not_as_wanted=len(bad),
        hosts_not_known=len(unseen - bad),
        seconds=_seconds(facts),
        failover=tuple(map(_leg, stages.failover)),
    )


def _seconds(facts: RunFacts) -> float:
    began, ended = map(datetime.fromisoformat, (facts.started, facts.ended))
    return round((ended - began).total_seconds(), 3)


def _verdict(facts: RunFacts, page: Page | None) -> Verdict:
    if facts.refused:
        return "refused"
    if facts.stopped:
        return "stopped"
    states = _states(page)
    worst = next((state for state in _WORST if state in states), None)
    if worst is None and facts.exit_status:
        return "failed otherwise"
    return worst or "as wanted"


def _states(page: Page | None) -> Mapping[State, None]:
    found: Iterator[State] = (bond.state for bond in page.bonds) if page else iter(())
    return dict.fromkeys(found) or {"not judged": None}


def _bond(bond: BondVerdict) -> Bond:
    return Bond(
        network=bond.network,
        nics=bond.nics,
        mode=bond.mode,
        state=bond.state,
        says=bond.says,
        hosts=bond.hosts,
        not_as_wanted=bond.bad,
        not_known=bond.unseen,
        waived=bond.waived,
        unjudged=bond.unjudged,
    )


def _claim(result: Result) -> Claim:
    return Claim(
        host=result.host,
        network=result.network,
        outcomes=result.outcomes,
        claim=result.claim,
        mark=result.mark,
        message=result.message,
        waived=result.waived,
        node_id=result.node_id,
    )


def _leg(drill: LegDrill) -> Leg:
    return Leg(
        host=drill.host,
        network=drill.network,
        leg=drill.leg,
        trouble=drill.trouble,
        seconds_down=round(drill.seconds_down, 3),
        packets_sent=drill.loss.sent if drill.loss else None,
        packets_lost=drill.loss.lost if drill.loss else None,
    )
