"""What an undo leaves alone: what is used, altered, locked, or not its own."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.runs import undo_run
from tests.support.labs import connected, db, host_ref, pif_ref
from tests.support.provisioning import (
    bonds,
    change_arguments,
    events,
    finish,
    lock_of,
    set_lock,
    undo,
)
from tests.support.refused import line_of
from tests.support.undone import GUEST, bond_pif, call, configuration, pub
from xsbond.apply.carry_out_undo import planned_undo
from xsbond.apply.plan_undo import UndoPlan
from xsbond.collect.observe import observe
from xsbond.lab import Lab
from xsbond.lab.blueprint import AccountBlueprint, tutorial


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts without the guest bond, and a guest that is at rest."""
    with Lab(replace(tutorial(2), guests=(GUEST,))) as lab:
        yield lab


def _guest(lab: Lab) -> None:
    record = {"network": pub(lab), "device": "1", "MTU": "1500", "MAC": "", "other_config": {}}
    with lab.world.lock:
        (vm,) = db(lab).where("VM", name_label="web")
    more = {"VM": vm, "qos_algorithm_type": "", "qos_algorithm_params": {}}
    call(lab, "VIF.create", record | more)


def _other_mode(lab: Lab) -> None:
    with lab.world.lock:
        (bond,) = db(lab).get("PIF", bond_pif(lab, "xs-2"))["bond_master_of"]
    call(lab, "Bond.set_mode", bond, "active-backup")


def _made_anew(lab: Lab) -> None:
    with lab.world.lock:
        (bond,) = db(lab).get("PIF", bond_pif(lab, "xs-2"))["bond_master_of"]
    call(lab, "Bond.destroy", bond)
    legs = [pif_ref(lab, "xs-2", nic) for nic in ("eth1", "eth5")]
    call(lab, "Bond.create", pub(lab), legs, "", "balance-slb", {})


def _vlan(lab: Lab) -> None:
    network = call(lab, "network.create", {"name_label": "VLAN 7", "other_config": {}})
    call(lab, "VLAN.create", bond_pif(lab, "xs-2"), "7", network)


def _tunnel(lab: Lab) -> None:
    network = call(lab, "network.create", {"name_label": "tunnel", "other_config": {}})
    # A tunnel needs an address below it, which is one more reason.
    _address(lab)
    call(lab, "tunnel.create", bond_pif(lab, "xs-2"), network, "gre")


def _address(lab: Lab) -> None:
    pif = bond_pif(lab, "xs-2")
    call(lab, "PIF.reconfigure_ip", pif, "Static", "10.9.9.9", "255.255.255.0", "", "")


def _renamed(lab: Lab) -> None:
    call(lab, "network.set_name_label", pub(lab), "PRODUCTION")


def _connected(lab: Lab) -> None:
    with lab.world.lock:
        db(lab).set("PIF", pif_ref(lab, "xs-1", "eth3"), network=pub(lab))


def _dead(lab: Lab) -> None:
    with lab.world.lock:
        metrics = db(lab).get("host", host_ref(lab, "xs-2"))["metrics"]
        db(lab).set("host_metrics", metrics, live=False)


def _locked(lab: Lab) -> None:
    set_lock(lab, "by hand")


USES: dict[str, tuple[Callable[[Lab], None], str]] = {
    "guest": (_guest, "pool: network PUB: VM 'web' has an interface on it"),
    "mode": (_other_mode, "mode: active-backup, it was made with balance-slb"),
    "made-anew": (_made_anew, "xs-2: bond bond1 on network PUB: uuid: "),
    "vlan": (_vlan, "xs-2: bond bond1 on network PUB: carries VLAN 7"),
    "tunnel": (_tunnel, "xs-2: bond bond1 on network PUB: carries a tunnel"),
    "address": (_address, "address: 10.9.9.9, it was made with none"),
    "renamed": (_renamed, "pool: network PUB: is called PRODUCTION now"),
    "connected": (_connected, "PIF eth3 of xs-1 connects to it, which this product did not make"),
    "dead-host": (_dead, "xs-2: host: is not live"),
    "locked": (_locked, "pool: lock: another run is changing this pool: somebody who wrote"),
}


@pytest.mark.parametrize("use", USES)
def test_what_is_used_or_altered_is_left_alone(lab: Lab, tmp_path: Path, use: str) -> None:
    """Each reason refuses the whole undo, in words."""
    finish(lab, tmp_path)
    change, words = USES[use]
    change(lab)
    with connected(lab) as connections:
        plan = planned_undo(connections, observe(connections), events(lab, tmp_path))
    assert any(words in str(refusal) for refusal in plan.refusals), plan.refusals


def test_refused_undo_changes_nothing(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """Exit status 4, the reasons in lines, and neither the pool nor the journal is touched."""
    finish(lab, tmp_path)
    _guest(lab)
    entries, before = len(events(lab, tmp_path)), configuration(lab)
    arguments = [*change_arguments(lab, tmp_path), "--xsbond-undo"]
    result = pytester.runpytest_subprocess("-p", "no:randomly", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    head, reason, *_ = result.stderr.lines
    assert head == "ERROR: nothing was changed, because"
    assert reason.startswith("  pool: network PUB: VM 'web' has an interface on it; move the inter")
    # A command that must not be typed is not shown.
    result.stdout.no_fnmatch_line("*xe *-destroy*")
    assert (len(events(lab, tmp_path)), configuration(lab)) == (entries, before)


def test_pool_without_a_journal_is_not_touched(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """What another machine's run made is not guessed at: its journal has to be named."""
    finish(lab, tmp_path / "elsewhere")
    line = line_of(pytester, [*change_arguments(lab, tmp_path), "--xsbond-undo"])
    assert line.startswith(f"--xsbond-undo: {tmp_path}/journal.jsonl says nothing about this pool;")


def test_account_that_may_not_destroy_is_refused(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Who may not take back everything takes back nothing."""
    account = AccountBlueprint(name="ann", role="vm-admin")
    with Lab(replace(tutorial(2), accounts=(account,))) as lab:
        finish(lab, tmp_path)
        monkeypatch.setenv("XSBOND_USERNAME", "ann")
        given = [each for each in change_arguments(lab, tmp_path) if "password" not in each]
        given += [f"--xsbond-password-file={lab.account_files['ann']}", "--xsbond-undo"]
        result = pytester.runpytest_subprocess("-p", "no:randomly", *given)
        assert "user ann may not call Bond.destroy, " in result.stderr.str()
        assert bonds(lab)["xs-1"] == ["NAS", "PUB"]


def at_look(monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], object]) -> None:
    """Let `act` happen when an undo has looked and planned for this time, counted from 1."""
    looks = itertools.count(1)

    def look(*arguments: Any, **options: Any) -> UndoPlan:
        plan = planned_undo(*arguments, **options)
        if next(looks) == number:
            act()
        return plan

    monkeypatch.setattr(undo_run, "planned_undo", look)


def test_guest_that_comes_after_the_last_look_stops_the_undo(
    pytester: pytest.Pytester,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lab: Lab,
    tmp_path: Path,
) -> None:
    """A VM is given an interface when the lock is held and all was looked at: its bond stays."""
    finish(lab, tmp_path)
    at_look(monkeypatch, 2, lambda: _guest(lab))
    assert undo(pytester, lab, tmp_path) == 1
    printed = capsys.readouterr().out
    assert "network PUB: VM 'web' has an interface on it" in printed
    assert "| done: nothing |" in printed
    assert bonds(lab)["xs-2"] == ["NAS", "PUB"]


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_interrupt_before_the_lock_is_told(
    pytester: pytest.Pytester,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lab: Lab,
    tmp_path: Path,
) -> None:
    """Ctrl-C while it looks: one line and no traceback."""
    finish(lab, tmp_path)
    at_look(monkeypatch, 1, _interrupt)
    assert undo(pytester, lab, tmp_path) == pytest.ExitCode.INTERRUPTED
    assert capsys.readouterr().out == "interrupted before anything was changed\n"


def test_interrupt_before_the_first_step_names_all_that_is_left(
    pytester: pytest.Pytester,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lab: Lab,
    tmp_path: Path,
) -> None:
    """Ctrl-C while it looks with the lock held: nothing is done, and every step is left."""
    finish(lab, tmp_path)
    at_look(monkeypatch, 2, _interrupt)
    undo(pytester, lab, tmp_path)
    left = capsys.readouterr().out.partition("| not done: ")[2].splitlines()[0].split("; ")
    about = [each.rpartition(",")[0] or each for each in left]
    bond = "destroy the bond of eth1+eth5 on"
    assert about == [f"{bond} xs-1", f"{bond} xs-2", "destroy network PUB"]
    assert lock_of(lab) is None
