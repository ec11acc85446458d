"""The plan: the steps between what is there and what is wanted, or the reasons against them."""

import ipaddress
from dataclasses import replace

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from xsbond.bondfile import TUTORIAL
from xsbond.model import BondMode, DesiredBond, Inherit
from xsbond.plan.plan import by_name, missing_everywhere, plan_for
from xsbond.plan.refusals import Refusal
from xsbond.plan.steps import CreateBond, CreateNetwork, RestartAgent, SetAddress
from xsbond.snapshot.snapshot import Snapshot

NAS = DesiredBond(
    network="NAS",
    nics=("eth2", "eth4"),
    mode=BondMode.ACTIVE_BACKUP,
    addresses={
        "xs-1": "172.16.0.35/28",
        "xs-2": "172.16.0.36/28",
    },
)


@pytest.fixture
def before(recorded: Stages) -> Snapshot:
    """The pool of the tutorial before the guest bond."""
    assert recorded.before is not None
    return recorded.before


def test_tutorial_takes_three_steps(before: Snapshot) -> None:
    """Network, the master's bond, a restart of the member: the tutorial itself."""
    assert [type(step) for step in plan_for(TUTORIAL, before).steps] == [
        CreateNetwork,
        CreateBond,
        RestartAgent,
    ]


def test_created_pool_lacks_the_restart_only(recorded: Stages) -> None:
    """A run that died before the restarts is taken up where it stopped."""
    assert recorded.created is not None
    assert plan_for(TUTORIAL, recorded.created).steps == (
        RestartAgent(host="xs-2", networks=("PUB",)),
    )


def test_finished_pool_needs_nothing(recorded: Stages) -> None:
    """What is right is adopted: no steps, no refusals, nothing pending."""
    plan = plan_for(TUTORIAL, recorded.now)
    assert (plan.steps, plan.refusals, plan.pending) == ((), (), ())


def test_creation_for_each_host_restarts_nobody(before: Snapshot) -> None:
    """With --xsbond-inherit=create every host gets its own Bond.create."""
    plan = plan_for(TUTORIAL, before, Inherit.CREATE)
    assert [step.host for step in plan.steps if isinstance(step, CreateBond)] == ["xs-1", "xs-2"]
    assert not [step for step in plan.steps if isinstance(step, RestartAgent)]


def test_one_restart_brings_several_bonds(before: Snapshot) -> None:
    """A member is restarted once, however many bonds it lacks."""
    draft = Draft(before)
    spare = DesiredBond(network="SPARE", nics=("eth3", "eth6"))
    for host in ("xs-1", "xs-2"):
        nic = {**draft.pif(host, "eth3"), "device": "eth6"}
        draft.records["PIF"][f"OpaqueRef:{host}-eth6"] = nic
    restarts = [
        step
        for step in plan_for((*TUTORIAL, spare), draft.read()).steps
        if isinstance(step, RestartAgent)
    ]
    assert restarts == [RestartAgent(host="xs-2", networks=("PUB", "SPARE"))]


def test_storage_bond_with_its_addresses_is_adopted(before: Snapshot) -> None:
    """A bond that has the wanted static addresses needs nothing."""
    assert plan_for((NAS,), before).steps == ()
    assert plan_for((NAS,), before).refusals == ()


def test_missing_address_is_a_step(before: Snapshot) -> None:
    """A storage bond without its address gets it, on that host only."""
    draft = Draft(before)
    draft.pif("xs-2", "bond0").update(IP="", netmask="", ip_configuration_mode="None")
    assert plan_for((NAS,), draft.read()).steps == (
        SetAddress(
            host="xs-2",
            host_uuid=before.hosts[before.host_ref("xs-2")].uuid,
            network="NAS",
            address=ipaddress.IPv4Interface(NAS.addresses["xs-2"]),
        ),
    )


def _nic(nic: str, **fields: object) -> object:
    return lambda draft: draft.pif("xs-2", nic).update(fields)


def _vlan(draft: Draft) -> None:
    tagged = next(
        ref for ref, pif in draft.records["PIF"].items() if pif is draft.pif("xs-2", "eth5")
    )
    draft.records["VLAN"]["OpaqueRef:v"] = {
        "uuid": "v",
        "tagged_PIF": tagged,
        "untagged_PIF": "OpaqueRef:NULL",
        "tag": "42",
    }


def _twin_network(draft: Draft) -> None:
    for number in (1, 2):
        draft.records["network"][f"OpaqueRef:{number}"] = {
            **draft.network("NAS"),
            "name_label": "PUB",
            "PIFs": [],
        }


REFUSALS = {
    "management": (_nic("eth1", management=True), "xs-2: NIC eth1: is the management interface"),
    "address": (_nic("eth5", IP="10.0.0.1"), "xs-2: NIC eth5: has an IP configuration"),
    "dhcp": (_nic("eth5", ip_configuration_mode="DHCP"), "xs-2: NIC eth5: has an IP"),
    "bonded": (_nic("eth5", bond_slave_of="OpaqueRef:x"), "xs-2: NIC eth5: is a leg of another"),
    "missing": (_nic("eth5", device="eth7"), "xs-2: NIC eth5: has no PIF"),
    "vlan": (_vlan, "xs-2: NIC eth5: carries VLAN 42"),
    "twice": (_twin_network, "pool: network PUB: 2 networks have this name"),
    "ha": (
        lambda draft: next(iter(draft.records["pool"].values())).update(ha_enabled=True),
        "pool: HA: high availability is on",
    ),
    "versions": (
        lambda draft: draft.records["host"][draft.host("xs-2")]["software_version"].update(
            product_version="8.2.1"
        ),
        "pool: versions: the hosts run 8.2.1 and 8.3.0",
    ),
    "disabled": (
        lambda draft: draft.records["host"][draft.host("xs-2")].update(enabled=False),
        "xs-2: host: is disabled",
    ),
    "dead": (
        lambda draft: draft.records["host_metrics"][
            draft.records["host"][draft.host("xs-2")]["metrics"]
        ].update(live=False),
        "xs-2: host: is not live",
    ),
    "dom0": (
        lambda draft: draft.unreachable("xs-2", "nothing answers SSH there"),
        "xs-2: dom0: does not answer (nothing answers SSH there)",
    ),
}


def only_refusal(before: Snapshot, change: object) -> Refusal:
    """Change a draft, and return the one refusal that comes of it."""
    draft = Draft(before)
    change(draft)  # type: ignore[operator]  # a table of callables
    (refusal,) = plan_for(TUTORIAL, draft.read()).refusals
    return refusal


@pytest.mark.parametrize("case", REFUSALS)
def test_reason_against_a_change_is_named_once(before: Snapshot, case: str) -> None:
    """Each reason refuses the plan, names host and object, and says what to do."""
    change, start = REFUSALS[case]
    refusal = str(only_refusal(before, change))
    assert refusal.startswith(start)
    assert "; " in refusal


def test_all_reasons_are_found_at_once(before: Snapshot) -> None:
    """Two unrelated reasons are both named."""
    draft = Draft(before)
    draft.pif("xs-1", "eth1")["management"] = True
    draft.pif("xs-2", "eth5")["IP"] = "10.0.0.1"
    draft.pif("xs-2", "eth5")["ip_configuration_mode"] = "Static"
    assert {refusal.where for refusal in plan_for(TUTORIAL, draft.read()).refusals} == {
        "xs-1",
        "xs-2",
    }


@pytest.mark.parametrize(
    ("wanted", "difference"),
    [
        (replace(TUTORIAL[0], mode=BondMode.LACP), "mode: balance-slb, wanted lacp"),
        (replace(TUTORIAL[0], nics=("eth1", "eth3")), "legs: eth1+eth5, wanted eth1+eth3"),
    ],
    ids=["mode", "legs"],
)
def test_bond_that_differs_is_refused_not_repaired(
    recorded: Stages, wanted: DesiredBond, difference: str
) -> None:
    """A bond with another mode or other legs is drift: named, and left alone."""
    plan = plan_for((wanted,), recorded.now)
    assert plan.steps == ()
    assert [difference in str(refusal) for refusal in plan.refusals] == [True, True]


def test_address_for_an_unknown_host_is_refused(before: Snapshot) -> None:
    """An address for a host that the pool does not have is a mistake in the bond file."""
    stray = replace(NAS, addresses={**NAS.addresses, "xs-9": NAS.addresses["xs-1"]})
    assert "xs-9" in str(plan_for((stray,), before).refusals[0])


def test_nic_that_no_host_has_is_found(before: Snapshot) -> None:
    """A NIC that exists nowhere in the pool is told from one that a single host lacks."""
    nowhere = replace(TUTORIAL[0], nics=("eth1", "eth9"))
    assert missing_everywhere((nowhere,), before) == ("eth9",)


def test_hosts_are_sorted_as_a_person_would(before: Snapshot) -> None:
    """The master first, then xs-2 before xs-10."""
    draft = Draft(before)
    member = draft.host("xs-2")
    draft.records["host"]["OpaqueRef:ten"] = {
        **draft.records["host"][member],
        "uuid": "ten",
        "name_label": "xs-10",
    }
    snapshot = draft.read()
    assert [snapshot.labels[ref] for ref in by_name(snapshot)] == ["xs-1", "xs-2", "xs-10"]


def test_command_of_a_network_with_a_blank_is_quoted(before: Snapshot) -> None:
    """A name that needs quoting is quoted in the command to type."""
    plan = plan_for((replace(TUTORIAL[0], network="VM net"),), before)
    assert plan.steps[0].command == "xe network-create name-label='VM net'"


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        (BondMode.ACTIVE_BACKUP, "create an active-backup bond"),
        (BondMode.BALANCE_SLB, "create a balance-slb bond"),
    ],
)
def test_step_names_a_mode_with_its_article(before: Snapshot, mode: BondMode, says: str) -> None:
    """An active-backup bond, and a balance-slb bond."""
    plan = plan_for([replace(bond, mode=mode) for bond in TUTORIAL], before)
    assert [step.does.startswith(says) for step in plan.steps if isinstance(step, CreateBond)] == [
        True
    ]
