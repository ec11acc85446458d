"""Judge looks at a pool by the shipped claims, without a run of pytest around each of them.

A claim gets what the fixtures would give it, and its end is read as the plugin reads it: what
cannot be looked at is an ERROR, what does not hold a FAIL, or a warning. That a whole run comes to
the same is claimed by tests/claims/test_judging.py.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from pytest_xsbond.causes.failure import Failure, explain
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.leg_on_host import LegOnHost
from pytest_xsbond.claims.outcomes import Outcome, applies, outcomes_for
from pytest_xsbond.claims.parts import PARTS
from pytest_xsbond.claims.results import BAD, Result, Verdict, first_line
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.claims.view import view_of
from pytest_xsbond.runs import drill_run
from pytest_xsbond.spec.shipped import Claim, all_claims, arguments
from tests.support.verdicts import Verdicts
from xsbond.errors import NotAsked, PoolError, XsbondError
from xsbond.failover.leg_facts import LegDrill
from xsbond.plan.plan import by_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Verdicts):
    """What came of every claim about the stages of a pool."""

    causes_of: Mapping[Result, frozenset[str]]
    """What failed -> names of the causes that its explanation names."""
    advice: tuple[str, ...] = ()
    """What these explanations say should be typed next, each line once, in the order printed."""

    @property
    def causes(self) -> frozenset[str]:
        """Names of the causes of all that failed."""
        return frozenset[str]().union(*self.causes_of.values())

    @property
    def fails(self) -> bool:
        """Whether a run with these verdicts fails."""
        return any(result.verdict in BAD for result in self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """One claim about one host, and about one bond unless the claim needs none."""

    claim: Claim
    stages: Stages
    host: str
    network: str | None
    leg: str = ""
    """Empty unless the claim is about what became of one."""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What this run can judge of the claim's outcomes."""
        is_master = self.host == self.stages.now.pool.master
        found = outcomes_for(self.claim.outcomes, is_master=is_master)
        return tuple(each for each in found if applies(each, self.stages, self.host, self.network))

    @property
    def name(self) -> str:
        """The host's name."""
        return self.stages.now.labels[self.host]


def judge(stages: Stages) -> Judgement:
    """Judge every claim that the stages allow to be judged."""
    judged = [(subject, *_judged(subject)) for subject in _subjects(stages)]
    failures = {
        result: _explained(subject, view)
        for subject, result, view in judged
        if result.verdict in BAD
    }
    return Judgement(
        results=tuple(result for _, result, _ in judged),
        causes_of={
            result: frozenset(cause.name for cause in failure.causes)
            for result, failure in failures.items()
        },
        advice=tuple(
            dict.fromkeys(
                line for each in failures.values() for line in (told.line for told in each.next)
            )
        ),
    )


def _subjects(stages: Stages) -> Sequence[_Subject]:
    found = [
        _Subject(claim=claim, stages=stages, host=host, network=network, leg=leg)
        for host in by_name(stages.now)
        for claim in all_claims()
        for network, leg in _abouts(claim, stages)
    ]
    return [subject for subject in found if subject.outcomes]


def _abouts(claim: Claim, stages: Stages) -> Sequence[tuple[str | None, str]]:
    if claim.is_about_host:
        return [(None, "")]
    if claim.needs_a_drill:
        return [(bond.network, leg) for bond in stages.desired for leg in bond.nics]
    return [(bond.network, "") for bond in stages.desired]


def _judged(subject: _Subject) -> tuple[Result, BondOnHost | None]:
    """Return the result, and the view that the claim's failure is explained by."""
    verdict: Verdict
    given: Mapping[str, Any] = {}
    try:
        given = _given(subject)
        _look(subject.claim, given)
    except pytest.skip.Exception as unjudged:
        verdict, message = "n/j", str(unjudged)
    except (XsbondError, AssertionError) as error:
        verdict, message = "ERROR", first_line(str(error))
    else:
        verdict, message = _called(subject, lambda: subject.claim.judge(**given))
    views = [getattr(value, "here", value) for value in given.values()]
    views = [view for view in views if isinstance(view, BondOnHost)]
    return _result(subject, verdict, message), views[0] if views else None


def _given(subject: _Subject) -> Mapping[str, Any]:
    """Return what the fixtures give a claim."""
    if not subject.claim.needs_a_drill:
        return arguments(subject.claim, subject.stages, subject.host, subject.network)
    here = view_of(subject.stages, subject.name, subject.network)
    here.drill = _drill(subject)
    return {"failover": LegOnHost(here=here, drill=here.drill)}


def _drill(subject: _Subject) -> LegDrill:
    """Return what became of the leg; PoolError where that was refused, or came to nothing."""
    network = subject.network or ""
    drill = drill_run.find(subject.stages.failover, subject.name, network, subject.leg)
    if drill is None or drill.trouble:
        trouble = drill.trouble if drill else "it was not taken down in this run"
        raise PoolError(subject.name, f"failover of {subject.leg}", trouble)
    return drill


def _look(claim: Claim, given: Mapping[str, Any]) -> None:
    """Read what the claim rests on, as the fixtures of the views do."""
    for view in (value for value in given.values() if value is not None):
        for part in _looks_at(claim):
            with contextlib.suppress(NotAsked):
                if hasattr(type(view), part):
                    getattr(view, part)
                else:
                    PARTS[part](view.evidence.snapshot, view.evidence.host)


def _looks_at(claim: Claim) -> Sequence[str]:
    marks: Sequence[pytest.Mark] = getattr(claim.judge, "pytestmark", ())
    return [p for mark in marks if mark.name == "outcome" for p in mark.kwargs.get("looks_at", ())]


def _called(subject: _Subject, claim: Callable[[], object]) -> tuple[Verdict, str]:
    try:
        claim()
    except pytest.skip.Exception as unjudged:
        return "n/j", str(unjudged)
    except (AssertionError, XsbondError) as error:
        if isinstance(error, NotAsked):
            return "n/j", str(error)
        return _failed(subject, error), first_line(str(error))
    return "pass", ""


def _failed(subject: _Subject, error: Exception) -> Verdict:
    waived = subject.stages.waiver_for(subject.claim.outcomes, subject.name, subject.network or "")
    if waived and isinstance(error, AssertionError):
        return "waived"
    return "warn" if all(outcome.warns for outcome in subject.outcomes) else "FAIL"


def _result(subject: _Subject, verdict: Verdict, message: str) -> Result:
    return Result(
        test=subject.claim.judge.__name__,
        host=subject.name,
        network=subject.network or "",
        outcomes=tuple(outcome.id for outcome in subject.outcomes),
        claim=subject.claim.says,
        verdict=verdict,
        message=message,
    )


def _explained(subject: _Subject, view: BondOnHost | None) -> Failure:
    """Return how a failure is explained."""
    return explain(
        view or view_of(subject.stages, subject.name, subject.network),
        [outcome.id for outcome in subject.outcomes],
        claim=subject.claim.says,
        seen="",
        wanted="",
        others={},
    )
