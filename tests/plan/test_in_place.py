"""What is there and differs: the step that changes it, what that interrupts, and what is left."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from tests.support.illnesses import one_leg_in_the_switch
from xsbond.bondfile import TUTORIAL
from xsbond.plan.differing.interruptions import NOTHING, interrupts
from xsbond.plan.plan import Plan, plan_for

BOND = TUTORIAL[0]


def planned(recorded: Stages, change: Callable[[Draft], object], **wanted: Any) -> Plan:
    """Return the plan of the recorded pool once something was changed in it."""
    draft = Draft(recorded.now)
    change(draft)
    return plan_for((replace(BOND, **wanted),), draft.read())


def nothing(draft: Draft) -> None:
    """Leave the pool as it is."""


def other_mode(draft: Draft) -> None:
    """Record the member's bond in another mode."""
    draft.bond("xs-2", "bond1")["mode"] = "active-backup"


def lost_leg(draft: Draft) -> None:
    """Leave the member's bond one leg; the other one's PIF is there."""
    bond = draft.bond("xs-2", "bond1")
    bond["slaves"] = [bond["primary_slave"]]


def forgotten_pif(draft: Draft) -> None:
    """Leave the member's bond one leg, and no PIF of the other."""
    lost_leg(draft)
    ref = draft.ref("PIF", draft.pif("xs-2", "eth5"))
    del draft.records["PIF"][ref]


def not_plugged(draft: Draft) -> None:
    """Let XAPI take the member's bond for unplugged."""
    draft.pif("xs-2", "bond1")["currently_attached"] = False


def mode_in_switch(draft: Draft) -> None:
    """Let the switch run another mode than XAPI says."""
    draft.replace("xs-2", "ovs-bond-list", "bond1\tbalance-slb", "bond1\tactive-backup")


def overridden(draft: Draft) -> None:
    """Give the bond's PIF a key that nobody asked for."""
    draft.pif("xs-2", "bond1")["other_config"] = {"bond-updelay": "0"}


def addressed(draft: Draft) -> None:
    """Give the bond's PIF an address."""
    words = {"IP": "10.0.0.9", "netmask": "255.0.0.0", "ip_configuration_mode": "Static"}
    draft.pif("xs-2", "bond1").update(words)


def other_leg(draft: Draft) -> None:
    """Give the member's bond another second leg."""
    bond, stranger = draft.bond("xs-2", "bond1"), draft.pif("xs-2", "eth3")
    bond["slaves"] = [bond["primary_slave"], draft.ref("PIF", stranger)]


def other_primary(draft: Draft) -> None:
    """Let the second leg give the member's bond its MAC."""
    draft.bond("xs-2", "bond1")["primary_slave"] = draft.ref("PIF", draft.pif("xs-2", "eth5"))


CHANGED: dict[str, tuple[Callable[[Draft], object], dict[str, Any], list[str]]] = {
    "mode": (other_mode, {}, ["set-mode"]),
    "leg": (lost_leg, {}, ["restart-agent"]),
    "forgotten PIF": (forgotten_pif, {}, ["scan-nics", "restart-agent"]),
    "not plugged": (not_plugged, {}, ["plug-bond"]),
    "mode in the switch": (mode_in_switch, {}, ["plug-bond"]),
    "legs in the switch": (one_leg_in_the_switch, {}, ["replug-bond"]),
    "key that nobody wants": (overridden, {}, ["remove-override"]),
    "key with another value": (
        overridden,
        {"other_config": {"bond-updelay": "5"}},
        ["change-override"],
    ),
    "address": (addressed, {"addresses": {"xs-2": "10.0.0.8/8"}}, ["change-address"]),
    "MTU of the network": (nothing, {"mtu": 9000}, ["set-mtu", *["plug-bond"] * 2]),
}


@pytest.mark.parametrize("name", CHANGED)
def test_difference_is_changed_in_place(recorded: Stages, name: str) -> None:
    """By the steps that were tried, and none of them destroys a bond."""
    change, wanted, kinds = CHANGED[name]
    plan = planned(recorded, change, **wanted)
    assert ([step.kind for step in plan.changes], plan.replaced) == (kinds, ())


@pytest.mark.parametrize("name", CHANGED)
def test_step_says_what_it_does_and_interrupts(recorded: Stages, name: str) -> None:
    """With a command that names what it is about, and no word left open."""
    change, wanted, _ = CHANGED[name]
    steps = planned(recorded, change, **wanted).changes
    told = [text for step in steps for text in (step.does, step.command, interrupts(step))]
    assert all(told)
    assert not [text for text in told if "{" in text or "None" in text]


@pytest.mark.parametrize(
    ("change", "back"),
    [(other_leg, "restart-agent"), (other_primary, "restart-agent")],
    ids=["legs", "primary"],
)
def test_bond_of_other_nics_is_replaced(
    recorded: Stages, change: Callable[[Draft], object], back: str
) -> None:
    """On a member a start of xapi copies the master's."""
    ((gone, new),) = planned(recorded, change).replaced
    assert (gone.host, gone.kind, new.kind) == ("xs-2", "destroy-bond", back)


@pytest.mark.parametrize("field", [{"management": True}, {"ip_configuration_mode": "DHCP"}])
def test_bond_that_its_host_talks_through_is_never_replaced(
    recorded: Stages, field: dict[str, Any]
) -> None:
    """Neither one with the management interface nor one with an address."""

    def change(draft: Draft) -> None:
        other_leg(draft)
        draft.pif("xs-2", "bond1").update(field)

    assert planned(recorded, change).replaced == ()


def test_pool_as_it_is_wanted_needs_no_change(recorded: Stages) -> None:
    """Nothing is to be created, changed or replaced."""
    plan = planned(recorded, nothing)
    assert (plan.steps, plan.changes, plan.replaced) == ((), (), ())


def test_nothing_is_said_of_a_switch_that_nobody_saw(recorded: Stages) -> None:
    """A dom0 that does not answer differs in nothing that is known."""
    plan = planned(recorded, lambda draft: draft.unreachable("xs-2", "connection refused"))
    assert plan.changes == ()


def test_mode_is_refused_with_the_step_that_sets_it(recorded: Stages) -> None:
    """An apply leaves it, and says what to type; it never advises to destroy the bond."""
    plan = planned(recorded, other_mode)
    (step,) = plan.changes
    (refusal,) = [each for each in plan.refusals if each.rule == "mode-differs"]
    assert refusal.way_out.endswith(step.command)


def test_new_network_interrupts_nothing(recorded: Stages) -> None:
    """Creating in the database touches no host."""
    assert recorded.before is not None
    first = plan_for(TUTORIAL, recorded.before).steps[0]
    assert interrupts(first) == NOTHING
