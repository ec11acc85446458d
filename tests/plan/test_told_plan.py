"""A plan as it is told: signs, counts, commands, and why an apply would refuse; text and JSON."""

from dataclasses import replace

import msgspec

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.runs.plan_told import ToldPlan, lines, told
from tests.support.build import Draft
from xsbond.bondfile import TUTORIAL
from xsbond.plan.plan import plan_for
from xsbond.snapshot.snapshot import Snapshot


def told_of(snapshot: Snapshot, mtu: int | None = None) -> ToldPlan:
    """Return the plan of the tutorial's bond as it is told."""
    plan = plan_for((replace(TUTORIAL[0], mtu=mtu),), snapshot)
    return told(plan, "https://xs-1", "xs-1", 2, ("note: of a test",))


def test_what_is_missing_is_to_be_created(recorded: Stages) -> None:
    """Each step with its sign, its command and what it interrupts."""
    assert recorded.before is not None
    text = list(lines(told_of(recorded.before)))
    assert text[:2] == [
        "plan for https://xs-1 (2 hosts); nothing is changed",
        "3 to create, 0 to change, 0 to replace",
    ]
    assert text[2:5] == [
        "  + create network PUB",
        "      xs-1# xe network-create name-label=PUB",
        "      interrupts nothing",
    ]
    assert "      ssh root@xs-2 service xapi restart" in text
    assert text[-1] == "note: of a test"


def test_what_differs_is_to_be_changed(recorded: Stages) -> None:
    """An apply takes none of it, and the text names the run that does."""
    draft = Draft(recorded.now)
    draft.bond("xs-2", "bond1")["mode"] = "active-backup"
    text = list(lines(told_of(draft.read())))
    uuid = draft.bond("xs-2", "bond1")["uuid"]
    assert text[1:3] == ["0 to create, 1 to change, 0 to replace", "--xsbond-apply would refuse:"]
    assert text[4:7] == [
        "  ~ set the mode of the bond of xs-2, network PUB, to balance-slb; it is active-backup",
        f"      xs-1# xe bond-set-mode uuid={uuid} mode=balance-slb",
        "      interrupts this bond's traffic, for about a second",
    ]
    assert "--xsbond-repair also changes in place" in text[7]


def test_what_has_another_first_nic_is_to_be_replaced(recorded: Stages) -> None:
    """Both commands in their order."""
    draft = Draft(recorded.now)
    bond = draft.bond("xs-2", "bond1")
    bond["primary_slave"] = draft.ref("PIF", draft.pif("xs-2", "eth5"))
    (step,) = told_of(draft.read()).steps
    assert (step.sign, step.host, step.network) == ("-/+", "xs-2", "PUB")
    assert step.commands == (
        f"xs-1# xe bond-destroy uuid={bond['uuid']}",
        "ssh root@xs-2 service xapi restart",
    )


def test_pool_as_wanted_has_nothing_to_do(recorded: Stages) -> None:
    """In one sentence."""
    assert "nothing to do: every host has every wanted bond" in lines(told_of(recorded.now))


def test_command_that_an_apply_would_refuse_is_not_shown(recorded: Stages) -> None:
    """A step that creates stands there without refusals only."""
    assert recorded.before is not None
    draft = Draft(recorded.before)
    next(iter(draft.records["pool"].values()))["ha_enabled"] = True
    plan = told_of(draft.read())
    assert plan.refusals
    assert not [line for line in lines(plan) if "create network" in line]


def test_json_has_what_the_text_has(recorded: Stages) -> None:
    """The same value, with refusals in their parts."""
    draft = Draft(recorded.now)
    draft.bond("xs-2", "bond1")["mode"] = "active-backup"
    plan = told_of(draft.read())
    assert msgspec.json.decode(msgspec.json.encode(plan), type=ToldPlan) == plan
