"""A repair changes in place what differs, writes it down, and can be taken back."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.kept_labs import STRUCK, KeptLab, KeptLabs
from tests.support.labs import connected, quiet
from tests.support.tiers import sampled
from xsbond.apply.carry_out import Refused
from xsbond.apply.carry_out_undo import Undoing, planned_undo
from xsbond.apply.journal import Journal, new_run, read_journal
from xsbond.apply.ledger import ledger_of
from xsbond.apply.provisioning import Provisioning
from xsbond.collect.observe import Connections, observe
from xsbond.lab.faults import strike
from xsbond.model import Repair
from xsbond.plan.plan import Plan, plan_for
from xsbond.snapshot.snapshot import Snapshot

REPAIRED = (
    *("wrong-mode", "mode-overridden", "updelay-overridden", "one-legged-bond"),
    *("bond-pif-unplugged", "detached-in-record", "bridge-gone", "bridge-mtu", "leg-mtu"),
    *("mode-in-switch", "one-leg-in-switch", "bond-deleted"),
    *("lacp-time-differs", "hashing-differs", "fallback-differs"),
)
"""Faults that a repair mends by itself."""
QUICK = {"wrong-mode", "mode-overridden", "one-leg-in-switch", "one-legged-bond"}
"""One of each kind: set, remove, unplug and plug, scan and restart."""


@pytest.fixture(scope="module")
def labs() -> Iterator[KeptLabs]:
    """Lend labs of three hosts."""
    with KeptLabs(3) as kept:
        yield kept


def planned(kept: KeptLab, connections: Connections) -> tuple[Snapshot, Plan]:
    """Look, and plan a repair."""
    look = observe(connections)
    return look, plan_for(kept.desired, look, repair=Repair.IN_PLACE)


def repair(kept: KeptLab, journal_directory: Path, shown: Plan | None = None) -> Provisioning:
    """Repair a lab as a run does; `shown` is the plan that was agreed to."""
    with connected(kept.lab) as connections:
        look, plan = planned(kept, connections)
        with Journal(journal_directory, look.pool.uuid, new_run()) as journal:
            made = Provisioning(
                plan=shown or plan,
                desired=kept.desired,
                snapshot=look,
                connections=connections,
                progress=quiet,
                deadline=60,
                journal=journal,
                look=partial(planned, kept, connections),
                only_what_was_shown=True,
            )
            made.run(lambda: None)
    return made


def undo(kept: KeptLab, directory: Path) -> None:
    """Take everything back that the journal has."""
    with connected(kept.lab) as connections:
        look = observe(connections)
        entries = read_journal(directory, look.pool.uuid)
        with Journal(directory, look.pool.uuid, new_run()) as journal:
            Undoing(
                connections=connections,
                snapshot=look,
                plan=planned_undo(connections, look, entries),
                desired=kept.desired,
                journal=journal,
                progress=quiet,
                deadline=60,
            ).run()


@pytest.mark.parametrize("fault", sampled(REPAIRED, QUICK))
def test_repair_mends_the_fault(labs: KeptLabs, tmp_path: Path, fault: str) -> None:
    """Something was wrong, and nothing is."""
    with labs.struck_by(fault) as kept:
        kept.lab.pass_time(60)
        repair(kept, tmp_path)
        kept.lab.pass_time(60)
        judged = kept.judged()
    assert not judged.fails, [result for result in judged.results if result.verdict == "FAIL"]


def test_second_repair_has_nothing_to_do(labs: KeptLabs, tmp_path: Path) -> None:
    """What is right is left alone."""
    with labs.struck_by("wrong-mode") as kept:
        repair(kept, tmp_path)
        assert repair(kept, tmp_path).done == []


def test_undo_of_a_repair_sets_the_mode_back(labs: KeptLabs, tmp_path: Path) -> None:
    """To what it was, and the ledger then is empty."""
    with labs.struck_by("wrong-mode") as kept:
        before = _modes(kept.look())
        repair(kept, tmp_path)
        assert _modes(kept.look()) != before
        undo(kept, tmp_path)
        after = kept.look()
        assert _modes(after) == before
        assert ledger_of(read_journal(tmp_path, after.pool.uuid)).changed == {}


def test_undo_of_a_restart_for_a_lost_leg_destroys_no_bond(labs: KeptLabs, tmp_path: Path) -> None:
    """The bond was there before the repair."""
    with labs.struck_by("one-legged-bond") as kept:
        repair(kept, tmp_path)
        uuid = kept.look().pool.uuid
        assert ledger_of(read_journal(tmp_path, uuid)).bonds == {}


def test_step_that_was_not_shown_is_refused(labs: KeptLabs, tmp_path: Path) -> None:
    """Something else has happened between the question and the lock."""
    with labs.struck_by("wrong-mode") as kept:
        with connected(kept.lab) as connections:
            _, shown = planned(kept, connections)
        strike(kept.lab, "bond-pif-unplugged@xs-3")
        with pytest.raises(Refused, match="has other steps than were shown"):
            repair(kept, tmp_path, shown)
        assert STRUCK in {step.host for step in shown.steps}


def _modes(look: Snapshot) -> dict[str, str]:
    return {bond.uuid: bond.mode for bond in look.bonds.values()}
