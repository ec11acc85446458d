"""What the failover drill refuses to do: no last live leg is touched, and none without a guard.

Whether a bond may be drilled at all is the run's to say, without pytest around it; what one leg is
refused for is asked of the drill itself.
"""

from dataclasses import replace

import pytest

from tests.support.drills import (
    ERRORS,
    LOCK,
    PASSES,
    drilling,
    failover,
    hurried_lab,
    is_as_before,
    recorded_settings,
)
from tests.support.judging import judge
from tests.support.labs import provisioned_lab
from tests.support.pool_runs import drilled_stages
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import strike
from xsbond.lab.shell.machine import Process


@pytest.mark.parametrize(
    "fault", ["leg-down", "one-leg-in-switch", "leg-set-to-dhcp", "bond-deleted", "wrong-mode"]
)
def test_bond_that_is_not_whole_is_not_drilled(fault: str) -> None:
    """On a host where a claim about the bond fails nothing is set down; the others are drilled."""
    with hurried_lab(tutorial(3)) as lab:
        strike(lab, f"{fault}@xs-2")
        settings = recorded_settings(lab)
        run = judge(drilled_stages(lab))
    assert [failover(run.verdicts(host)) for host in ("xs-1", "xs-2", "xs-3")] == [
        PASSES,
        ERRORS,
        PASSES,
    ]
    assert {host for host, _, _ in settings} == {"xs-1", "xs-3"}


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


def test_pool_with_high_availability_is_not_drilled() -> None:
    """A host that HA takes for cut off would fence itself."""
    with provisioned_lab() as lab:
        lab.world.arm_ha()
        settings = recorded_settings(lab)
        run = judge(drilled_stages(lab))
    assert (failover(run.verdicts("xs-1")), settings) == (ERRORS, [])
