"""The failover drill: what it does to a healthy pool, and what it refuses to do."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import pytest

from pytest_xsbond.stages import load_stages
from tests.drills import LOCK, is_as_before, read_until, recorded_settings, running_drill
from tests.labs import connected, provisioned_lab, quiet, verify
from tests.spec_run import run_spec
from xsbond.bondfile import TUTORIAL
from xsbond.drill import LegDrill, Loss
from xsbond.failover import FailoverDrill, Traffic
from xsbond.lab import Lab
from xsbond.lab.blueprint import PROFILES, Blueprint, tutorial
from xsbond.lab.faults import strike
from xsbond.lab.shell.machine import Process
from xsbond.legwork import enabled, status_of
from xsbond.model import BondMode, DesiredBond
from xsbond.observe import observe

PASSES = dict.fromkeys(("F-carries-on", "F-counted", "F-returns"), "pass")
ERRORS = dict.fromkeys(PASSES, "ERROR")


def failover(verdicts: Mapping[str, str]) -> dict[str, str]:
    """Return the verdicts on the drill's outcomes."""
    return {id_: verdict for id_, verdict in verdicts.items() if id_.startswith("F-")}


def bonds_in(mode: BondMode, pytester: pytest.Pytester) -> str:
    """Return the option that names a bond file for the tutorial's bond in a mode."""
    path = pytester.path / "bonds.toml"
    path.write_text(f'[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\nmode = "{mode}"\n')
    return f"--xsbond-bonds={path}"


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


@pytest.mark.parametrize("name", POOLS)
def test_healthy_pool_passes_the_drill(pytester: pytest.Pytester, name: str) -> None:
    """Every kind of bond, of every kind of switch, carries on and comes back whole."""
    blueprint, mode = POOLS[name]
    with provisioned_lab(blueprint(), mode) as lab:
        run = verify(pytester, lab, "--xsbond-failover", bonds_in(mode, pytester))
        assert [failover(run.verdicts(host.name)) for host in lab.hosts] == [PASSES] * len(
            lab.hosts
        )
        assert is_as_before(lab)


def test_legs_go_down_one_after_the_other(pytester: pytest.Pytester) -> None:
    """No two legs of the pool are down at once, and nothing but a leg of the bond is set at all."""
    with provisioned_lab(tutorial(3)) as lab:
        settings = recorded_settings(lab)
        verify(pytester, lab, "--xsbond-failover")
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
    with provisioned_lab() as lab:
        run = verify(pytester, lab, "-c", str(pytester.path / "tox.ini"))
    assert failover(run.verdicts("xs-2")) == PASSES


def test_selected_host_alone_is_disturbed(pytester: pytest.Pytester) -> None:
    """-k chooses what is drilled, as it chooses what is judged."""
    with provisioned_lab() as lab:
        settings = recorded_settings(lab)
        verify(pytester, lab, "--xsbond-failover", "-k", "xs-2 and eth5")
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
    assert "--xsbond-failover: needs a pool; --xsbond-replay has none" in capsys.readouterr().err


def test_stored_drill_is_judged_again(pytester: pytest.Pytester) -> None:
    """--xsbond-save keeps what was seen, so that a replay judges it without a pool."""
    with provisioned_lab() as lab:
        strike(lab, "monitor-stopped@xs-2")
        verify(pytester, lab, "--xsbond-failover", "--xsbond-save=kept")
    again = run_spec(pytester, "--xsbond-replay=kept")
    assert failover(again.verdicts("xs-1")) == PASSES
    assert failover(again.verdicts("xs-2")) == {**PASSES, "F-counted": "FAIL"}


def test_each_leg_is_the_active_one_in_turn(pytester: pytest.Pytester) -> None:
    """Of an active-backup bond either leg takes over from the other."""
    mode = BondMode.ACTIVE_BACKUP
    with provisioned_lab(mode=mode) as lab:
        verify(pytester, lab, "--xsbond-failover", "--xsbond-save=kept", bonds_in(mode, pytester))
    drills = load_stages(pytester.path / "kept").failover
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


# --- what is refused ---


@pytest.mark.parametrize(
    "fault", ["leg-down", "one-leg-in-switch", "leg-set-to-dhcp", "bond-deleted", "wrong-mode"]
)
def test_bond_that_is_not_whole_is_not_drilled(pytester: pytest.Pytester, fault: str) -> None:
    """On a host where a claim about the bond fails nothing is set down; the others are drilled."""
    with provisioned_lab(tutorial(3)) as lab:
        strike(lab, f"{fault}@xs-2")
        settings = recorded_settings(lab)
        run = verify(pytester, lab, "--xsbond-failover")
    assert [failover(run.verdicts(host)) for host in ("xs-1", "xs-2", "xs-3")] == [
        PASSES,
        ERRORS,
        PASSES,
    ]
    assert {host for host, _, _ in settings} == {"xs-1", "xs-3"}


@contextmanager
def drilling(lab: Lab, traffic: Traffic | None = None) -> Iterator[Callable[[str], LegDrill]]:
    """Take legs of xs-2 down as a run does, after a look at a pool in which nothing is wrong."""
    with connected(lab) as connections:
        snapshot = observe(connections)
        drills = FailoverDrill(connections=connections, patience=5, traffic=traffic)
        ref = snapshot.host_ref("xs-2")
        yield lambda leg: drills.take_leg(snapshot, ref, TUTORIAL[0], leg, unfit=(), say=quiet)


def unplug(lab: Lab, device: str) -> None:
    """Pull the cable of a NIC of xs-2."""
    nics = lab.host("xs-2").dom0.nics_by_device
    nics[device] = replace(nics[device], carrier=False)


def test_last_live_leg_is_not_touched() -> None:
    """A leg that died since the look is noticed, and the last live one is left alone."""
    with provisioned_lab() as lab, drilling(lab) as take:
        settings = recorded_settings(lab)
        lab.world.clock.skip(60)
        unplug(lab, "eth5")
        lab.world.clock.skip(1)
        drill = take("eth1")
        assert drill.trouble == (
            "xs-2: not drilled: eth5 is not enabled, so eth1 may be the last live leg"
        )
        assert (settings, is_as_before(lab)) == ([], True)


def test_leg_that_dies_at_the_last_moment_is_noticed_in_dom0() -> None:
    """Between this run's look and the command dom0 itself looks whether another leg is alive."""
    with provisioned_lab() as lab, drilling(lab) as take:
        lab.world.clock.skip(60)
        programs = lab.host("xs-2").machine.programs
        nohup = programs["/usr/bin/nohup"]

        def unplugging(process: Process) -> int:
            unplug(lab, "eth5")
            return nohup(process)

        programs["/usr/bin/nohup"] = unplugging
        settings = recorded_settings(lab)
        drill = take("eth1")
        assert "no other leg has a carrier any more" in drill.trouble
        assert ("xs-2", "eth1", "down") not in settings


def test_nothing_goes_down_without_a_watchman() -> None:
    """Where dom0 cannot start what would set the leg up again, it is not set down."""
    with provisioned_lab() as lab, drilling(lab) as take:
        lab.world.clock.skip(60)
        del lab.host("xs-2").machine.programs["/usr/bin/nohup"]
        settings = recorded_settings(lab)
        drill = take("eth1")
        assert "or the watchman is gone" in drill.trouble
        assert ("xs-2", "eth1", "down") not in settings
        assert is_as_before(lab)


def test_host_on_which_a_drill_is_under_way_is_refused() -> None:
    """Another run's lock is respected, and left where it is."""
    with provisioned_lab() as lab, drilling(lab) as take:
        lab.world.clock.skip(60)
        lab.host("xs-2").dom0.files.make_directory(LOCK)
        drill = take("eth1")
        assert "/var/run/xsbond-failover is there" in drill.trouble
        assert lab.host("xs-2").dom0.files.exists(LOCK)


def test_pool_in_which_another_run_drills_is_refused() -> None:
    """No two runs take legs of one pool down at once, on whatever hosts."""
    with provisioned_lab() as lab, drilling(lab) as take:
        lab.world.clock.skip(60)
        lab.host("xs-1").dom0.write_file(f"{LOCK}/eth5.0123abcd", "")
        settings = recorded_settings(lab)
        drill = take("eth1")
        assert "another run has taken down eth5 of xs-1" in drill.trouble
        assert ("xs-2", "eth1", "down") not in settings


def test_pool_with_high_availability_is_not_drilled(pytester: pytest.Pytester) -> None:
    """A host that HA takes for cut off would fence itself."""
    with provisioned_lab() as lab:
        lab.world.arm_ha()
        settings = recorded_settings(lab)
        run = verify(pytester, lab, "--xsbond-failover")
    assert (failover(run.verdicts("xs-1")), settings) == (ERRORS, [])


def test_distributed_run_drills_each_leg_once(pytester: pytest.Pytester) -> None:
    """With -n the controller takes the legs down, before the workers judge what it saw."""
    with provisioned_lab() as lab:
        settings = recorded_settings(lab)
        verify_distributed(pytester, lab)
    downs = [(host, leg) for host, leg, state in settings if state == "down"]
    assert downs == [(host, leg) for host in ("xs-1", "xs-2") for leg in ("eth1", "eth5")]


def verify_distributed(pytester: pytest.Pytester, lab: Lab) -> None:
    """Run the drill in two workers; it must pass."""
    with running_drill(pytester, lab, "-n", "2") as run:
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
