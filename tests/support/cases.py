"""Cases of real pools that are right or wrong in one thing: a recorded stage, and what differs.

`tests/recorded/cases/NAME.json` has the stage of the recorded tutorial that it starts from, the
changes as a merge patch of that stage's file (RFC 7396), the wanted bonds, and the stage that is
the baseline, where drift is the point.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pytest_xsbond.claims.stages import Stages, load_stages
from pytest_xsbond.verdict.finding import Finding
from pytest_xsbond.verdict.page import Page, page_of
from tests.support.spec_run import run_spec, store
from tests.support.verdicts import Verdicts
from xsbond.plan.plan import plan_for
from xsbond.snapshot.snapshot import RawSnapshot, Snapshot, load, read_snapshot

RECORDED = Path(__file__).parents[1] / "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Verdicts):
    """A case, judged by a whole run of the spec."""

    exit_status: int
    stages: Stages

    @property
    def page(self) -> Page:
        """Return the closing page as a value."""
        return page_of(self.stages, self.results)

    @property
    def failed(self) -> set[tuple[str, str, str]]:
        """Return (host, network, outcome) of what fails and does not only follow."""
        return {
            (result.host, result.network, id_)
            for result in self.results
            if result.verdict == "FAIL" and result.mark == "FAIL"
            for id_ in result.outcomes
        }

    def finding(self, cause: str) -> Finding:
        """Return what is told of a cause; there must be one finding of this name."""
        (found,) = (each for each in self.page.findings if each.cause == cause)
        return found

    @property
    def causes(self) -> list[str]:
        """Return the causes that are told, in order."""
        return [finding.cause for finding in self.page.findings]

    @property
    def advice(self) -> str:
        """Return everything that is to be typed, a line each."""
        return "\n".join(each.line for finding in self.page.findings for each in finding.next)

    def next_of(self, cause: str) -> tuple[str, ...]:
        """Return what is to be typed, or done, about a cause."""
        return tuple(each.line for each in self.finding(cause).next)

    @property
    def plan(self) -> str:
        """Return what a plan would do or refuse, a line each."""
        plan = plan_for(self.stages.desired, self.stages.now, self.stages.inherit)
        return "\n".join([*map(str, plan.refusals), *(step.command for step in plan.steps)])


def judged_case(name: str, directory: Path, pytester: pytest.Pytester) -> Case:
    """Store a case as a replay reads it, and have the spec judge it."""
    about = json.loads((RECORDED / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    stored = _stored(about, directory / "stored")
    words = [f"--xsbond-replay={stored}", "-q"]
    stages = load_stages(stored)
    if "baseline" in about:
        baseline = RECORDED / "tutorial" / f"{about['baseline']}.json"
        words.append(f"--xsbond-baseline={baseline}")
        stages = replace(stages, baseline=load(baseline))
    run = run_spec(pytester, *words)
    return Case(exit_status=run.exit_status, stages=stages, results=run.results)


def _stored(about: Mapping[str, Any], directory: Path) -> Path:
    text = (RECORDED / "tutorial" / f"{about['stage']}.json").read_text(encoding="utf-8")
    return store(directory, about["bonds"], now=_read(_merged(json.loads(text), about["changes"])))


def _merged(target: Any, patch: Any) -> Any:
    """Return a document with a merge patch in it; null takes a key away."""
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key)
        else:
            found[key] = _merged(found.get(key), value)
    return found


def _read(document: Any) -> Snapshot:
    return read_snapshot(msgspec.convert(document, RawSnapshot))
