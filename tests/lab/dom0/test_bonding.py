"""How a bond's legs come and go, second by second."""

from dataclasses import replace

import pytest

from xsbond.lab.contracts import BondSettings
from xsbond.lab.dom0.bonding import BondState, Delays, LagPort, Leg, advance, delays_of, usable

SLOW = Delays(up=31.0, down=0.2)
BOTH_UP = {"eth1": True, "eth5": True}
ETH1_DOWN = {"eth1": False, "eth5": True}
NONE_UP = {"eth1": False, "eth5": False}
NEW = BondState(legs={"eth1": Leg(), "eth5": Leg()})


def enabled(state: BondState) -> set[str]:
    """Return the legs that are enabled."""
    return {device for device, leg in state.legs.items() if leg.enabled}


def settled() -> BondState:
    """Return a bond whose legs are both enabled, at second 31."""
    return advance(advance(NEW, BOTH_UP, SLOW, 0.0), BOTH_UP, SLOW, 31.0)


def test_first_leg_of_a_new_bond_is_enabled_at_once() -> None:
    """Nothing is waited for while no leg is enabled."""
    assert enabled(advance(NEW, BOTH_UP, SLOW, 0.0)) == {"eth1"}


def test_second_leg_waits_for_the_updelay() -> None:
    """A moment before the updelay is over, one leg is enabled."""
    state = advance(NEW, BOTH_UP, SLOW, 0.0)
    assert enabled(advance(state, BOTH_UP, SLOW, 30.9)) == {"eth1"}


def test_second_leg_is_enabled_when_the_updelay_is_over() -> None:
    """31 seconds later both are."""
    assert enabled(settled()) == {"eth1", "eth5"}


def test_lost_leg_stays_enabled_within_the_downdelay() -> None:
    """A link that is gone for 0.1 seconds is not missed yet."""
    state = advance(settled(), ETH1_DOWN, SLOW, 40.0)
    assert enabled(advance(state, ETH1_DOWN, SLOW, 40.1)) == {"eth1", "eth5"}


def test_lost_leg_is_disabled_after_the_downdelay() -> None:
    """0.2 seconds later it is."""
    state = advance(settled(), ETH1_DOWN, SLOW, 40.0)
    assert enabled(advance(state, ETH1_DOWN, SLOW, 40.2)) == {"eth5"}


def test_short_loss_leaves_no_trace() -> None:
    """A link that comes back within the downdelay was never lost."""
    state = advance(settled(), ETH1_DOWN, SLOW, 40.0)
    state = advance(state, BOTH_UP, SLOW, 40.1)
    assert advance(state, BOTH_UP, SLOW, 50.0).legs["eth1"] == Leg(enabled=True)


def test_active_leg_moves_when_it_is_lost() -> None:
    """The other leg takes over."""
    state = advance(settled(), ETH1_DOWN, SLOW, 40.0)
    assert advance(state, ETH1_DOWN, SLOW, 41.0).active == "eth5"


def test_active_leg_does_not_move_back() -> None:
    """A leg that returns does not push the active one away."""
    state = advance(settled(), ETH1_DOWN, SLOW, 40.0)
    state = advance(state, ETH1_DOWN, SLOW, 41.0)
    state = advance(state, BOTH_UP, SLOW, 50.0)
    assert advance(state, BOTH_UP, SLOW, 90.0).active == "eth5"


def test_first_leg_to_return_is_enabled_at_once() -> None:
    """With no leg enabled, the updelay does not count."""
    state = advance(settled(), NONE_UP, SLOW, 40.0)
    state = advance(state, NONE_UP, SLOW, 41.0)
    assert enabled(advance(state, ETH1_DOWN, SLOW, 42.0)) == {"eth5"}


def test_waiting_leg_jumps_in_when_the_only_other_is_lost() -> None:
    """Its updelay is cut short."""
    state = advance(NEW, BOTH_UP, SLOW, 0.0)
    state = advance(state, ETH1_DOWN, SLOW, 10.0)
    assert enabled(advance(state, ETH1_DOWN, SLOW, 10.2)) == {"eth5"}


def test_nothing_is_lost_by_looking_late() -> None:
    """One look after an hour tells the same as many looks."""
    state = advance(NEW, BOTH_UP, SLOW, 0.0)
    late = advance(state, BOTH_UP, SLOW, 3600.0)
    for second in range(3600):
        state = advance(state, BOTH_UP, SLOW, float(second))
    assert replace(state, active=late.active) == late


def test_lacp_has_its_own_delays() -> None:
    """A second to negotiate, none to lose, and no leg before the partner agreed."""
    settings = BondSettings(bond_mode="balance-tcp", lacp="active")
    assert delays_of(settings) == Delays(up=1.0, down=0.0, first_at_once=False)


def test_lacp_leg_is_not_enabled_before_it_negotiated() -> None:
    """A new LACP bond has no leg."""
    delays = Delays(up=1.0, down=0.0, first_at_once=False)
    assert enabled(advance(NEW, BOTH_UP, delays, 0.0)) == set()


FALLS_BACK = BondSettings(
    bond_mode="balance-tcp", lacp="active", other_config={"lacp-fallback-ab": "true"}
)
STAYS_OUT = BondSettings(
    bond_mode="balance-tcp", lacp="active", other_config={"lacp-fallback-ab": "false"}
)
NO_LACP = BondSettings(bond_mode="balance-slb", lacp="off")
USABLE: dict[str, tuple[BondSettings, dict[str, bool], set[str], set[str]]] = {
    "both answer": (FALLS_BACK, BOTH_UP, {"eth1", "eth5"}, {"eth1", "eth5"}),
    "one answers": (FALLS_BACK, BOTH_UP, {"eth5"}, {"eth5"}),
    "none answers": (FALLS_BACK, BOTH_UP, set(), {"eth1", "eth5"}),
    "none answers, one cable": (FALLS_BACK, ETH1_DOWN, set(), {"eth5"}),
    "the one that answers lost its cable": (FALLS_BACK, ETH1_DOWN, {"eth1"}, {"eth5"}),
    "none answers, no fall-back": (STAYS_OUT, BOTH_UP, set(), set()),
    "no LACP": (NO_LACP, BOTH_UP, set(), {"eth1", "eth5"}),
}
"""What a switch does -> settings, links, legs it answers on, legs that may carry traffic.

Open vSwitch 3.5 with XAPI's default lacp-fallback-ab=true and no partner calls all legs enabled
(recorded from a real pool); of the rest lib/lacp.c tells.
"""


@pytest.mark.parametrize("case", USABLE)
def test_legs_that_may_carry_traffic(case: str) -> None:
    """A LACP bond needs a partner, unless it falls back."""
    settings, links, answered, expected = USABLE[case]
    found = usable(links, dict.fromkeys(sorted(answered), LagPort()), settings)
    assert {device for device, good in found.items() if good} == expected


ANSWERS: dict[str, tuple[dict[str, LagPort], set[str]]] = {
    "two switches": ({"eth1": LagPort(), "eth5": LagPort(system="02:00:00:00:00:02")}, {"eth1"}),
    "two LAGs": ({"eth1": LagPort(key=7), "eth5": LagPort()}, {"eth1"}),
    "second kept out": ({"eth1": LagPort(), "eth5": LagPort(takes_part=False)}, {"eth1"}),
    "first kept out": (
        {"eth1": LagPort(key=7, takes_part=False), "eth5": LagPort()},
        {"eth5"},
    ),
    "both kept out": (
        {"eth1": LagPort(takes_part=False), "eth5": LagPort(takes_part=False)},
        set(),
    ),
}
"""What the switch says on each leg -> the legs that may carry traffic, whatever falls back."""


@pytest.mark.parametrize("case", ANSWERS)
def test_legs_that_are_in_one_lag(case: str) -> None:
    """What another switch, another LAG or a port that is kept out answers on carries nothing."""
    heard, expected = ANSWERS[case]
    found = usable(BOTH_UP, heard, FALLS_BACK)
    assert {device for device, good in found.items() if good} == expected
