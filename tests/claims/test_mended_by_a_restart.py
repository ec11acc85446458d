"""Faults that a restart of the host's xapi mends: what was wrong is right after it."""

import pytest

from tests.lab.worlds import eventually, is_complete
from tests.support.kept_labs import STRUCK, KeptLabs
from tests.support.tiers import sampled
from xsbond.lab import Lab
from xsbond.lab.faults import strike
from xsbond.model import BondMode

MENDED = (
    "vlan-on-leg",
    "leg-of-lost-bond",
    "leg-lost-in-record",
    "second-management-pif",
    "mode-in-switch",
    "bridge-mac",
    "bridge-mtu",
    "bridge-down",
    "leftover-bridge",
    "leg-mtu",
    "leg-set-down",
)
"""Faults of records that the start puts right, and of dom0 that it plugs away."""


def restart(lab: Lab, name: str) -> None:
    """Restart a host's xapi and wait until its start is complete and its links have settled."""
    host = next(each for each in lab.world.hosts if each.name == name)
    host.toolstack.stop()
    host.toolstack.start()
    assert eventually(lambda: is_complete(host))
    lab.pass_time(60)


@pytest.mark.parametrize("fault", sampled(MENDED, MENDED[::4]))
def test_pool_is_healthy_after_the_restart(labs: KeptLabs, fault: str) -> None:
    """Nothing fails any more, on any host."""
    kept = labs.of(BondMode.BALANCE_SLB)
    with kept.for_a_while() as lab:
        strike(lab, f"{fault}@{STRUCK}")
        restart(lab, STRUCK)
        assert not kept.judged().fails


def test_restart_does_not_mend_a_port_that_lacks_a_leg(labs: KeptLabs) -> None:
    """As on a real pool: networkd cannot add to a bond."""
    kept = labs.of(BondMode.BALANCE_SLB)
    with kept.for_a_while() as lab:
        strike(lab, f"one-leg-in-switch@{STRUCK}")
        restart(lab, STRUCK)
        assert kept.judged().fails
