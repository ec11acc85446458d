"""One run against one pool: open it, look, plan, change if asked to, look again.

Nothing here knows pytest; `plugin.py` and `fixtures.py` drive it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_xsbond.embedded import traffic_of
from pytest_xsbond.settings import Settings
from pytest_xsbond.stages import Stages, load_stages
from xsbond.apply import Provisioning, Refused, Stopped
from xsbond.circumstances import look_around
from xsbond.errors import BondFileError, OptionError
from xsbond.failover import FailoverDrill
from xsbond.journal import Journal, JournalError, new_run, state_directory
from xsbond.listen import listen
from xsbond.lock import is_left_behind
from xsbond.observe import Connections, observe
from xsbond.plan import Plan, by_name, missing_everywhere, plan_for
from xsbond.settle import settled, watch

if TYPE_CHECKING:
    from pathlib import Path

    from xsbond.lab.anylab import AnyLab
    from xsbond.snapshot import Snapshot
    from xsbond.steps import AnyStep

Say = Callable[[str], None]


class PoolRun:
    """A run that has looked at its pool once; `stages` looks again where there was a change."""

    def __init__(
        self, settings: Settings, connections: Connections, lab: "AnyLab[Any] | None"
    ) -> None:
        self.settings, self.connections, self.lab = settings, connections, lab
        self.stopped: Stopped | None = None
        self.changed: tuple[AnyStep, ...] = ()
        self.journal: Path | None = None
        """The file that what was changed is written in; None if there was nothing to change."""
        self.refused = False
        """Whether the change was refused when it was about to begin."""
        self.waited = ""
        """How long it took until every claim held, in a sentence; empty if nobody waited."""
        self.drills = FailoverDrill(
            connections=connections, patience=settings.wait, traffic=traffic_of(lab)
        )
        self._stages: Stages | None = None
        self.first, self.plan = self._look()
        if settings.baseline:
            settings.baseline.refuse_other_pool(self.first)
        if settings.mode != "undo":
            self._refuse_what_nobody_has()
        if settings.mode == "apply" and self.plan.refusals:
            raise Refused(self.plan.refusals)

    @property
    def has_stages(self) -> bool:
        """Whether anybody has asked for the stages, so that changes were made."""
        return self._stages is not None

    def stages(self, say: Say) -> Stages:
        """Return what to judge; the first call changes the pool where that was asked for."""
        if self._stages is None:
            stages = self._provision(say) if self._is_to_change() else self._untouched(say)
            stages = replace(stages, now=self._at_rest(stages.now, say))
            self._stages = self._listened(self._holding(stages, say))
        return self._drilled(self._stages)

    def _drilled(self, stages: Stages) -> Stages:
        """Return the stages with the drills there were so far, if any are wanted."""
        return replace(stages, drilled=self.settings.failover, failover=self.drills.facts())

    def expected(self) -> Stages:
        """Return stages that allow the same outcomes to be judged as `stages` will."""
        if self._stages is not None:
            return self._drilled(self._stages)
        look = self._drilled(self._one_look())
        if not self._is_to_change():
            return look
        return replace(look, before=self.first, created=self.first)

    def close(self) -> None:
        """End the session, and the lab if it was this run's own."""
        self.connections.close()
        if self.lab:
            self.lab.close()

    def _look(self, *, holding_lock: bool = False) -> "tuple[Snapshot, Plan]":
        """Look at the pool and plan; what a change depends on is asked for only before one."""
        settings = self.settings
        look = observe(self.connections, "before" if settings.mode == "apply" else "now")
        plan = plan_for(settings.desired, look, settings.inherit)
        if not plan.steps or settings.mode in {"verify", "undo"}:
            return look, plan
        around = look_around(
            self.connections,
            look,
            settings.desired,
            plan.steps,
            break_lock=holding_lock or settings.break_lock,
        )
        return look, plan_for(settings.desired, look, settings.inherit, around)

    def open_journal(self) -> Journal:
        """Open the pool's journal; raises JournalError."""
        return Journal(self.journal_directory(), self.first.pool.uuid, new_run())

    def journal_directory(self) -> "Path":
        """Return where the pool's journal is, or is to be; a lab's goes with the lab."""
        if self.settings.journal:
            return self.settings.journal
        return self.lab.directory if self.lab else state_directory() / self.first.pool.uuid

    def _is_to_change(self) -> bool:
        return self.settings.mode == "apply" and bool(self.plan.steps)

    def _one_look(self) -> Stages:
        return Stages(
            desired=self.settings.desired,
            inherit=self.settings.inherit,
            now=self.first,
            listened=self.settings.listen > 0,
            baseline=self.settings.baseline.snapshot if self.settings.baseline else None,
            waivers=self.settings.waivers or (),
        )

    def _at_rest(self, look: "Snapshot", say: Say) -> "Snapshot":
        """Return a look at the pool after what is under way is over."""
        settings = self.settings
        return settled(self.connections, look, settings.desired, settings.wait, say)

    def _holding(self, stages: Stages, say: Say) -> Stages:
        """Return the stages once every claim holds, if that was asked for, or time is over."""
        if not self.settings.until_all_hold or self.stopped:
            return stages
        from pytest_xsbond.claims import unmet  # noqa: PLC0415 - the whole spec comes with it

        began = time.monotonic()
        left: Sequence[str] = ()

        def waiting(now: "Snapshot") -> Sequence[str]:
            nonlocal left
            left = unmet(replace(stages, now=now, listened=False))
            return left if time.monotonic() - began < self.settings.wait else ()

        now = watch(self.connections, stages.now, waiting, say)
        self.waited = _waited(time.monotonic() - began, left)
        return replace(stages, now=now)

    def _listened(self, stages: Stages) -> Stages:
        """Return the stages with what the legs hear, if that was asked for."""
        if not self.settings.listen:
            return stages
        return replace(stages, now=listen(self.connections, stages.now, self.settings.listen))

    def _untouched(self, say: Say) -> Stages:
        """Return the only look; in a run that may change the pool, without an old lock."""
        if self.settings.mode == "apply" and is_left_behind(self.first.pool.other_config):
            self._change(say, lambda: None)
        return self._one_look()

    def _provision(self, say: Say) -> Stages:
        created: list[Snapshot] = []
        self._change(
            say, lambda: created.append(observe(self.connections, "created", member_view=True))
        )
        self._strike()
        now = observe(self.connections, "after")
        return Stages(
            desired=self.settings.desired,
            inherit=self.settings.inherit,
            before=self.first,
            created=created[0] if created else now,
            now=now,
            listened=self.settings.listen > 0,
            baseline=self.settings.baseline.snapshot if self.settings.baseline else None,
            waivers=self.settings.waivers or (),
        )

    def _change(self, say: Say, created: Callable[[], None]) -> None:
        """Carry the plan out, calling `created` between the master's part and the members'."""
        try:
            with self.open_journal() as journal:
                self.journal = journal.path
                self._carry_out(journal, say, created)
        except (Refused, JournalError):
            self.refused = True
            raise

    def _carry_out(self, journal: Journal, say: Say, created: Callable[[], None]) -> None:
        provisioning = Provisioning(
            plan=self.plan,
            desired=self.settings.desired,
            snapshot=self.first,
            connections=self.connections,
            progress=say,
            deadline=self.settings.wait,
            journal=journal,
            look=partial(self._look, holding_lock=True),
            break_lock=self.settings.break_lock,
            change=self.settings.change,
        )
        try:
            provisioning.run(created)
        except Stopped as stopped:
            self.stopped = stopped
            if isinstance(stopped.__cause__, KeyboardInterrupt):
                raise KeyboardInterrupt from stopped
        finally:
            self.changed = tuple(provisioning.done)
            self.first, self.plan = provisioning.snapshot, provisioning.plan

    def _strike(self) -> None:
        """Let the faults that were asked for happen in the lab."""
        from xsbond.lab.faults import FaultError, strike  # noqa: PLC0415 - heavy, seldom wanted

        for fault in self.settings.lab_faults:
            assert self.lab is not None
            try:
                strike(self.lab, fault)
            except FaultError as error:
                raise OptionError("--xsbond-lab-fault", str(error)) from None

    def _refuse_what_nobody_has(self) -> None:
        if nics := missing_everywhere(self.settings.desired, self.first):
            hosts = ", ".join(self.first.labels[ref] for ref in by_name(self.first))
            reason = f"no host of the pool has a NIC {', '.join(nics)} (looked on {hosts})"
            raise BondFileError(self.settings.bonds_file or "the default bond", "nics", reason)


def _waited(seconds: float, left: Sequence[str]) -> str:
    if not left:
        return f"everything holds after {seconds:.1f} s of waiting"
    return f"after {seconds:.1f} s of waiting {len(left)} claims still do not hold"


class ReplayRun:
    """A run on stored snapshots; there is no pool behind it."""

    stopped = None
    connections = None
    has_stages = True

    def __init__(self, settings: Settings) -> None:
        assert settings.replay is not None
        self.settings = settings
        stages = load_stages(settings.replay, settings.desired if settings.bonds_file else None)
        if settings.baseline:
            settings.baseline.refuse_other_pool(stages.now)
            stages = replace(stages, baseline=settings.baseline.snapshot)
        if settings.waivers is not None:
            stages = replace(stages, waivers=settings.waivers)
        self._stages = stages

    def stages(self, say: Say) -> Stages:
        """Return the stored stages."""
        del say
        return self._stages

    def expected(self) -> Stages:
        """Return the stored stages."""
        return self._stages

    def close(self) -> None:
        """Do nothing: nothing is open."""


Run = PoolRun | ReplayRun
"""What the plugin drives."""
