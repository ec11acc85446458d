"""The failover drill: what it does to a healthy pool.

Whole runs are here for what a run decides: whether, and which legs. They judge the drill alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.support.drills import (
    ONLY_THE_DRILL,
    PASSES,
    drilled,
    drilling,
    failover,
    hurried_lab,
    is_as_before,
    read_until,
    recorded_settings,
    running_drill,
)
from tests.support.judging import judge
from tests.support.labs import provisioned_lab, verify
from tests.support.pool_runs import drilled_stages, tutorial_bond
from tests.support.spec_run import run_spec
from tests.support.tiers import sampled
from xsbond.bondfile import TUTORIAL
from xsbond.failover.leg_facts import LegDrill, Loss
from xsbond.failover.legwork import enabled, status_of
from xsbond.lab import Lab
from xsbond.lab.blueprint import PROFILES, Blueprint, tutorial
from xsbond.lab.faults import strike
from xsbond.model import BondMode, DesiredBond

POOLS: dict[str, tuple[Callable[[], Blueprint], BondMode]] = {
    "two-hosts": (lambda: tutorial(2), BondMode.BALANCE_SLB),
    "three-hosts-active-backup": (lambda: tutorial(3), BondMode.ACTIVE_BACKUP),
    "two-hosts-lacp": (lambda: tutorial(2), BondMode.LACP),
    "xenserver-6.2": (lambda: tutorial(2, PROFILES["xenserver-6.2"]), BondMode.BALANCE_SLB),
    "xcp-ng-8.2-active-backup": (
        lambda: tutorial(2, PROFILES["xcp-ng-8.2"]),
        BondMode.ACTIVE_BACKUP,
    ),
    "kernel-slb": (lambda: tutorial(2, network_backend="bridge"), BondMode.BALANCE_SLB),
    "kernel-active-backup": (lambda: tutorial(2, network_backend="bridge"), BondMode.ACTIVE_BACKUP),
    "kernel-lacp": (lambda: tutorial(2, network_backend="bridge"), BondMode.LACP),
}


SAMPLE = {"two-hosts", "kernel-slb"}


@pytest.mark.parametrize("name", sampled(POOLS, SAMPLE))
def test_healthy_pool_passes_the_drill(name: str) -> None:
    """Every kind of bond, of every kind of switch, carries on and comes back whole."""
    blueprint, mode = POOLS[name]
    with hurried_lab(blueprint(), mode) as lab:
        run = judge(drilled_stages(lab, desired=tutorial_bond(mode)))
        assert [failover(run.verdicts(host.name)) for host in lab.hosts] == [PASSES] * len(
            lab.hosts
        )
        assert is_as_before(lab)


@pytest.mark.slow
def test_drill_goes_with_all_other_claims(pytester: pytest.Pytester) -> None:
    """At the pace of the lab, updelays and all, and beside everything else that is judged."""
    with provisioned_lab() as lab:
        run = verify(pytester, lab, "--xsbond-failover")
    assert (run.exit_status, run.not_passed()) == (0, {})
    assert PASSES.items() <= run.verdicts("xs-1").items()


def test_legs_go_down_one_after_the_other() -> None:
    """No two legs of the pool are down at once, and nothing but a leg of the bond is set at all."""
    with hurried_lab(tutorial(3)) as lab:
        settings = recorded_settings(lab)
        drilled_stages(lab)
    by_run = [
        (name, leg, state)
        for name in ("xs-1", "xs-2", "xs-3")
        for leg in ("eth1", "eth5")
        for state in ("down", "up")
    ]
    # The watchman ends within a second by setting the leg up once more.
    downs = [n for n, (_, _, state) in enumerate(settings) if state == "down"]
    assert {(host, leg) for host, leg, _ in settings} == {(host, leg) for host, leg, _ in by_run}
    assert [settings[n] for n in downs] == by_run[::2]
    for n, after in zip(downs, [*downs[1:], len(settings)], strict=True):
        host, leg, _ = settings[n]
        assert (host, leg, "up") in settings[n:after]


def test_drill_is_deselected_unless_asked_for(pytester: pytest.Pytester) -> None:
    """Without the option no leg is touched, and no claim of the drill is judged."""
    with provisioned_lab() as lab:
        settings = recorded_settings(lab)
        run = verify(pytester, lab)
    assert (settings, failover(run.verdicts("xs-1")), run.exit_status) == ([], {}, 0)


def test_ini_file_may_ask_for_the_drill(pytester: pytest.Pytester) -> None:
    """xsbond_failover is the option's twin."""
    pytester.makeini("[pytest]\nxsbond_failover = true\n")
    with hurried_lab() as lab:
        run = verify(pytester, lab, "-c", str(pytester.path / "tox.ini"), *ONLY_THE_DRILL)
    assert failover(run.verdicts("xs-2")) == PASSES


def test_selected_host_alone_is_disturbed(pytester: pytest.Pytester) -> None:
    """-k chooses what is drilled, as it chooses what is judged."""
    with hurried_lab() as lab:
        settings = recorded_settings(lab)
        drilled(pytester, lab, "-k", "xs-2 and eth5")
    assert {(host, leg) for host, leg, _ in settings} == {("xs-2", "eth5")}


def test_collecting_disturbs_nobody(pytester: pytest.Pytester) -> None:
    """--collect-only lists the drill's claims and takes no leg down."""
    with provisioned_lab() as lab:
        settings = recorded_settings(lab)
        verify(pytester, lab, "--xsbond-failover", "--collect-only")
    assert settings == []


def test_replay_cannot_drill(pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    """A stored run has no legs to take down."""
    run = run_spec(pytester, "--xsbond-replay=stored", "--xsbond-failover")
    assert run.exit_status == pytest.ExitCode.USAGE_ERROR
    assert (
        "--xsbond-failover: counts only in a run that looks at a pool and judges it"
        in capsys.readouterr().err
    )


def test_stored_drill_is_judged_again(pytester: pytest.Pytester) -> None:
    """--xsbond-save keeps what was seen, so that a replay judges it without a pool."""
    with hurried_lab() as lab:
        strike(lab, "monitor-stopped@xs-2")
        drilled(pytester, lab, "--xsbond-save=kept")
    again = run_spec(pytester, "--xsbond-replay=kept")
    assert failover(again.verdicts("xs-1")) == PASSES
    assert failover(again.verdicts("xs-2")) == {**PASSES, "F-counted": "FAIL"}


def test_each_leg_is_the_active_one_in_turn() -> None:
    """Of an active-backup bond either leg takes over from the other."""
    mode = BondMode.ACTIVE_BACKUP
    with hurried_lab(mode=mode) as lab:
        drills = drilled_stages(lab, desired=tutorial_bond(mode)).failover
    assert {(drill.leg, active_leg(drill)) for drill in drills} == {
        ("eth1", "eth5"),
        ("eth5", "eth1"),
    }


def active_leg(drill: LegDrill) -> str:
    """Return which leg was active when another one had been down for a while."""
    status = status_of(drill.down[-1].switch, TUTORIAL[0], is_kernel=drill.is_kernel)
    (active,) = [member.name for member in status.members if member.active]
    assert active in enabled(status)
    return active


@pytest.mark.slow
def test_distributed_run_drills_each_leg_once(pytester: pytest.Pytester) -> None:
    """With -n each leg is taken down once, by the test that judges it."""
    with hurried_lab() as lab:
        settings = recorded_settings(lab)
        verify_distributed(pytester, lab)
    downs = [(host, leg) for host, leg, state in settings if state == "down"]
    assert downs == [(host, leg) for host in ("xs-1", "xs-2") for leg in ("eth1", "eth5")]


def verify_distributed(pytester: pytest.Pytester, lab: Lab) -> None:
    """Run the drill in two workers; it must pass."""
    with running_drill(pytester, lab, "-n", "2", *ONLY_THE_DRILL) as run:
        read_until(run, "disturbed: eth5 of xs-2")
        run.communicate()
        assert run.returncode == 0


@contextmanager
def counting(host: str, bond: DesiredBond) -> Iterator[Callable[[], Loss]]:
    """Count three lost packets, whatever happens."""
    assert (host, bond.network) == ("xs-2", "PUB")
    yield lambda: Loss(sent=400, lost=3)


def test_lost_packets_are_part_of_the_drill() -> None:
    """Where somebody counts a guest's traffic, the loss is a figure of the drill."""
    with provisioned_lab() as lab, drilling(lab, counting) as take:
        lab.world.clock.skip(60)
        assert take("eth1").loss == Loss(sent=400, lost=3)
