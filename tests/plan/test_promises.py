"""What a plan promises, and what it leaves alone."""

from dataclasses import replace

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from xsbond.bondfile import TUTORIAL
from xsbond.model import BondMode, DesiredBond, Inherit
from xsbond.plan.plan import Plan, missing_everywhere, plan_for
from xsbond.plan.steps import CreateBond
from xsbond.snapshot.snapshot import Snapshot

SPARE = DesiredBond(network="SPARE", nics=("eth3", "eth6"))


@pytest.fixture
def before(recorded: Stages) -> Snapshot:
    """The pool of the tutorial before the guest bond."""
    assert recorded.before is not None
    return recorded.before


def refusals(plan: Plan) -> dict[str, str]:
    """Return rule -> what is said of it."""
    return {refusal.rule: str(refusal) for refusal in plan.refusals}


@pytest.mark.parametrize(
    ("inherit", "refused"), [(Inherit.RESTART, True), (Inherit.RESTART_AGENT, False)]
)
def test_restart_by_a_call_needs_no_ssh(before: Snapshot, inherit: Inherit, refused: bool) -> None:
    """A site without SSH restarts the toolstack through XAPI; a silent dom0 is no reason there."""
    draft = Draft(before)
    draft.unreachable("xs-2", "nothing answers SSH there")
    assert ("dom0-silent" in refusals(plan_for(TUTORIAL, draft.read(), inherit))) is refused


def test_restart_over_ssh_needs_a_dom0_that_was_asked(before: Snapshot) -> None:
    """Nobody knows whether it would answer."""
    draft = Draft(before)
    del draft.dom0[draft.records["host"][draft.host("xs-2")]["uuid"]]
    assert "was not asked" in refusals(plan_for(TUTORIAL, draft.read()))["dom0-silent"]


def test_address_that_nobody_asked_for_is_a_difference(recorded: Stages) -> None:
    """A guest bond has none; one that has is named."""
    draft = Draft(recorded.now)
    draft.pif("xs-2", "bond1").update(
        IP="10.0.0.7", netmask="255.255.255.0", ip_configuration_mode="Static"
    )
    plan = plan_for(TUTORIAL, draft.read())
    assert plan.steps == ()
    assert ["10.0.0.7/24" in str(refusal) for refusal in plan.refusals] == [True]


def test_bond_is_created_with_its_properties(before: Snapshot) -> None:
    """The step has them, and so has what is to be typed."""
    properties = {"lacp-time": "fast", "hashing_algorithm": "src_mac"}
    wanted = replace(TUTORIAL[0], mode=BondMode.LACP, properties=properties)
    (step,) = (step for step in plan_for((wanted,), before).steps if isinstance(step, CreateBond))
    assert step.properties == properties
    assert (
        "mode=lacp properties:lacp-time=fast properties:hashing_algorithm=src_mac" in step.command
    )


def test_commands_of_a_bond_restart_nobody_for_another(recorded: Stages) -> None:
    """A member that has inherited one bond is not restarted for it, when it lacks the other."""
    draft = Draft(recorded.now)
    for host in ("xs-1", "xs-2"):
        nic = {**draft.pif(host, "eth3"), "device": "eth6"}
        draft.records["PIF"][f"eth6 of {host}"] = nic
    snapshot = draft.read()
    plan = plan_for((*TUTORIAL, SPARE), snapshot)
    assert plan.commands_for("xs-2", "PUB") == ()
    assert "ssh root@xs-2 service xapi restart" in plan.commands_for("xs-2", "SPARE")


def test_pending_bonds_are_those_of_members(before: Snapshot) -> None:
    """What the master lacks is created, not waited for."""
    plan = plan_for(TUTORIAL, before)
    labels = before.labels
    assert [(labels[host], network) for host, network in plan.pending] == [("xs-2", "PUB")]
    assert [(labels[host], network) for host, network in plan.absent] == [
        ("xs-1", "PUB"),
        ("xs-2", "PUB"),
    ]


def test_nic_that_only_a_bond_is_called_after_is_no_nic(before: Snapshot) -> None:
    """A bond's own PIF, bond0, is a device, too; nobody can bond it."""
    assert draft_has_device(before, "bond0")
    wanted = replace(TUTORIAL[0], nics=("eth1", "bond0"))
    assert missing_everywhere((wanted,), before) == ("bond0",)


def draft_has_device(snapshot: Snapshot, device: str) -> bool:
    """Tell whether some PIF has this device name."""
    return any(pif.device == device for pif in snapshot.pifs.values())


def test_nic_with_two_pifs_is_refused(before: Snapshot) -> None:
    """Nobody can tell which of them is meant."""
    draft = Draft(before)
    draft.records["PIF"]["twin"] = {**draft.pif("xs-2", "eth5"), "uuid": "twin"}
    assert "has 2 PIFs" in refusals(plan_for(TUTORIAL, draft.read()))["nic-missing"]


def test_leg_that_leads_nowhere_makes_the_legs_differ(recorded: Stages) -> None:
    """A Bond whose second slave is a record no longer has one leg, not the wanted two."""
    draft = Draft(recorded.now)
    bond = draft.bond("xs-2", "bond1")
    bond["slaves"] = [*bond["slaves"], "OpaqueRef:gone"]
    found = refusals(plan_for(TUTORIAL, draft.read()))
    assert "OpaqueRef:gone" in "".join(found.values())
