"""One run against one pool: look, plan, change if asked to, look again.

Nothing here knows pytest; the hooks and fixtures drive it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.runs.baseline import Baseline
from pytest_xsbond.runs.changing import PoolChange
from pytest_xsbond.runs.embedded import strike_faults, traffic_of
from pytest_xsbond.runs.judging import stages_of, wait_until_all_hold
from pytest_xsbond.runs.looking import Looker, Say, in_silence
from pytest_xsbond.runs.replay import ReplayRun
from pytest_xsbond.runs.wanted.first_run import FirstRun, adopted, misfit, what_there_is
from pytest_xsbond.settings import Settings
from xsbond.apply.provisioning import Refused, Stopped
from xsbond.collect.observe import Connections
from xsbond.errors import BondFileError
from xsbond.failover.drill import FailoverDrill
from xsbond.model import Repair
from xsbond.plan.lock_owner import is_left_behind
from xsbond.plan.plan import Plan, missing_everywhere
from xsbond.snapshot.snapshot import Snapshot

if TYPE_CHECKING:
    from xsbond.lab.anylab import AnyLab


class PoolRun:
    """A run that has looked at its pool once; `stages` looks again where there was a change."""

    def __init__(
        self,
        settings: Settings,
        connections: Connections,
        lab: "AnyLab[Any] | None",
        baseline: Baseline | None,
        say: Say = in_silence,
    ) -> None:
        self.connections, self.lab = connections, lab
        self.found_by = ""
        """Where the address of XAPI comes from, in words; empty if it is what `--pool` names."""
        self.waited = ""
        """How long it took until every claim held, in a sentence; empty if nobody waited."""
        self.drills = FailoverDrill(
            connections=connections, patience=settings.wait, traffic=traffic_of(lab)
        )
        self._stages: Stages | None = None
        self._baseline = baseline
        self._looker = Looker(settings=settings, connections=connections)
        self.change = PoolChange(self._looker, lab.directory if lab else None, say)
        self.settings, self.first_run = self._judged_by(settings)
        settings = self.settings
        if baseline:
            baseline.refuse_other_pool(self.first)
        if settings.mode != "undo":
            _refuse_what_nobody_has(settings, self.first)
        if settings.mode == "apply" and self.plan.refusals:
            raise Refused(self.plan.refusals)

    def _judged_by(self, settings: Settings) -> tuple[Settings, FirstRun]:
        """Return the settings, with the bonds that the pool has where nothing else is wanted."""
        judged, first_run = adopted(settings, self.first)
        if first_run.learned:
            self._looker = replace(self._looker, settings=judged)
            self.change.judge_by(self._looker)
        return judged, first_run

    @property
    def first(self) -> Snapshot:
        """The look that was taken before anything was changed."""
        return self.change.first

    @property
    def plan(self) -> Plan:
        """What an apply would do."""
        return self.change.plan

    @property
    def stopped(self) -> Stopped | None:
        """Where the change came to a halt half-way, if it did."""
        return self.change.stopped

    @property
    def has_stages(self) -> bool:
        """Whether anybody has asked for the stages, so that changes were made."""
        return self._stages is not None

    def stages(self, say: Say) -> Stages:
        """Return what to judge; the first call changes the pool where that was asked for."""
        if self._stages is None:
            stages = self._provision(say) if self.change.is_wanted else self._untouched(say)
            stages = replace(stages, now=self._looker.at_rest(stages.now, say))
            stages = self._holding(stages, say)
            self._stages = replace(stages, now=self._looker.listening(stages.now))
        return self._drilled(self._stages)

    def expected(self) -> Stages:
        """Return stages that allow the same outcomes to be judged as `stages` will."""
        if self._stages is not None:
            return self._drilled(self._stages)
        look = self._drilled(self._one_look())
        if not (self.change.is_wanted and self.plan.created):
            return look
        return replace(look, before=self.first, created=self.first)

    def close(self) -> None:
        """End the session, and the lab if it was this run's own."""
        self.connections.close()
        if self.lab:
            self.lab.close()

    def _one_look(self) -> Stages:
        return stages_of(self.settings, self._baseline, self.first)

    def _untouched(self, say: Say) -> Stages:
        """Return the only look; in a run that may change the pool, without an old lock."""
        if self.settings.mode == "apply" and is_left_behind(self.first.pool.other_config):
            self.change.carry_out(say, lambda: None)
        return self._one_look()

    def _provision(self, say: Say) -> Stages:
        created: list[Snapshot] = []
        self.change.carry_out(say, lambda: created.append(self._looker.created()))
        first, creates = self.first, self.plan.created
        if self.lab:
            strike_faults(self.lab, self.settings.lab_faults)
            self._repair_lab(say)
        now = self._looker.after()
        changed = stages_of(self.settings, self._baseline, now)
        if not creates:
            return changed
        return replace(changed, before=first, created=created[0] if created else now)

    def _repair_lab(self, say: Say) -> None:
        """Repair what faults have made of a lab, if that was asked for."""
        if self.settings.repair is Repair.NOTHING or self.stopped:
            return
        self.change.plan_again()
        if self.change.is_wanted:
            self.change.carry_out(say, lambda: None)

    def _holding(self, stages: Stages, say: Say) -> Stages:
        """Return the stages once every claim holds, if that was asked for, or time is over."""
        if not self.settings.until_all_hold or self.stopped:
            return stages
        stages, self.waited = wait_until_all_hold(self._looker, stages, say)
        return stages

    def _drilled(self, stages: Stages) -> Stages:
        """Return the stages with the drills there were so far, if any are wanted."""
        return replace(stages, drilled=self.settings.failover, failover=self.drills.facts())


def _refuse_what_nobody_has(settings: Settings, look: Snapshot) -> None:
    if missing_everywhere(settings.desired, look):
        there = f"; {what_there_is(look)}" if not settings.bonds_file else ""
        where = settings.bonds_file or "the default bond"
        raise BondFileError(where, "nics", misfit(settings, look) + there)


Run = PoolRun | ReplayRun
"""What the plugin drives."""
