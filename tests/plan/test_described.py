"""What a plan makes of a bond file that says more than NICs and mode, and what it refuses."""

from collections.abc import Callable, Mapping

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from xsbond.bondfile import parse_bond_file
from xsbond.model import Inherit
from xsbond.plan.plan import Plan, missing_everywhere, plan_for
from xsbond.plan.steps import CreateBond, RestartAgent
from xsbond.snapshot.lookup import wanted_on
from xsbond.snapshot.snapshot import Snapshot

BOND = '[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\n'
VLAN = BOND + '[[bond.vlans]]\nnetwork = "guests"\ntag = 20\n'
MIXED = '[[bond]]\nnetwork = "PUB"\nnics.default = ["eth1", "eth5"]\n'


@pytest.fixture
def before(recorded: Stages) -> Snapshot:
    """The pool of the tutorial before the guest bond."""
    assert recorded.before is not None
    return recorded.before


def plan(snapshot: Snapshot, text: str, inherit: Inherit = Inherit.RESTART) -> Plan:
    """Return the plan for a bond file."""
    return plan_for(parse_bond_file(text), snapshot, inherit)


# --- steps ---


def test_vlans_come_after_every_host_has_its_bond(before: Snapshot) -> None:
    """A member that starts would copy a VLAN of the master without plugging it."""
    steps = plan(before, VLAN).steps
    assert [f"{step.kind} {step.host}" for step in steps] == [
        "create-network xs-1",
        "create-network xs-1",
        "create-bond xs-1",
        "restart-agent xs-2",
        "create-vlan xs-1",
        "create-vlan xs-2",
    ]


def test_overrides_and_addresses_follow_each_bond(before: Snapshot) -> None:
    """A member inherits neither, so they are set on each host."""
    text = BOND + "other_config = { bond-updelay = 0 }\n"
    text += 'addresses.default = "dhcp"\nipv6.xs-2 = "autoconf"\n'
    assert [f"{step.kind} {step.host}" for step in plan(before, text).steps] == [
        "create-network xs-1",
        "create-bond xs-1",
        "set-overrides xs-1",
        "set-address xs-1",
        "restart-agent xs-2",
        "set-overrides xs-2",
        "set-address xs-2",
        "set-ipv6-address xs-2",
    ]


def test_steps_say_what_they_do_in_plain_words(before: Snapshot) -> None:
    """Each step is a sentence that names host, object and network."""
    text = BOND + "other_config = { bond-updelay = 0 }\n"
    text += 'addresses.default = "dhcp"\nipv6.xs-2 = "2001:db8::2/64"\n'
    text += '[[bond.vlans]]\nnetwork = "guests"\ntag = 20\n'
    assert [step.does for step in plan(before, text).member_steps] == [
        "restart xapi on xs-2, to inherit the bond of PUB",
        "set bond-updelay=0 on the bond of xs-2, network PUB",
        "let xs-2 get its address on network PUB by dhcp",
        "give xs-2 the IPv6 address 2001:db8::2/64 on network PUB",
        "create VLAN 20 on the bond of xs-1 on PUB, network guests",
        "create VLAN 20 on the bond of xs-2 on PUB, network guests",
    ]


# --- NICs that differ ---


def test_nic_is_found_by_mac_and_by_pci_position(before: Snapshot) -> None:
    """A selector becomes the device that the host has for it."""
    draft = Draft(before)
    draft.metrics("xs-2", "eth3")["pci_bus_path"] = "0000:04:00.1"
    mac = draft.pif("xs-2", "eth1")["MAC"].upper()
    (bond,) = parse_bond_file(
        f'[[bond]]\nnetwork = "PUB"\nnics = {{ default = ["eth1", "eth5"],'
        f' xs-2 = ["{mac}", "04:00.1"] }}\n'
    )
    snapshot = draft.read()
    assert wanted_on(snapshot, snapshot.host_ref("xs-2"), bond).nics == ("eth1", "eth3")
    assert wanted_on(snapshot, snapshot.host_ref("xs-1"), bond).nics == ("eth1", "eth5")


def test_mac_that_no_host_has_is_missing_everywhere(before: Snapshot) -> None:
    """It is named as it is written."""
    desired = parse_bond_file(MIXED + 'nics.xs-2 = ["02:00:00:00:00:09", "eth5"]\n')
    assert missing_everywhere(desired, before) == ("02:00:00:00:00:09",)


def other_nics(draft: Draft) -> None:
    """Let xs-2 have NICs of other names and positions in the place of eth1 and eth5."""
    for old, new in (("eth1", "eth6"), ("eth5", "eth7")):
        pif = draft.pif("xs-2", old)
        pif["device"] = new
        network = {**draft.network("NAS"), "bridge": f"xenbr{new[3:]}", "uuid": new}
        draft.records["network"][f"OpaqueRef:{new}"] = {**network, "name_label": new, "PIFs": []}
        pif["network"] = f"OpaqueRef:{new}"
        draft.replace("xs-2", "sysfs-net", f"{old} ", f"{new} ")


def test_host_whose_xapi_takes_none_for_the_masters_gets_its_bond_by_call(
    before: Snapshot,
) -> None:
    """A restart would bring it nothing."""
    draft = Draft(before)
    other_nics(draft)
    made = plan(draft.read(), MIXED + 'nics.xs-2 = ["eth6", "eth7"]\n')
    (step,) = made.member_steps
    assert isinstance(step, CreateBond)
    assert made.refusals == ()
    assert step == CreateBond(
        host="xs-2",
        host_uuid=step.host_uuid,
        network="PUB",
        nics=("eth6", "eth7"),
        mode=parse_bond_file(BOND)[0].mode,
    )


def test_same_position_under_another_name_is_inherited(before: Snapshot) -> None:
    """From xapi 25.35 on the position counts, whatever the device is called."""
    draft = Draft(before)
    for old, new in (("eth1", "nic1"), ("eth5", "nic5")):
        draft.pif("xs-2", old)["device"] = new
        draft.replace("xs-2", "sysfs-net", f"{old} ", f"{new} ")
    made = plan(draft.read(), MIXED + 'nics.xs-2 = ["nic1", "nic5"]\n')
    assert ([type(step) for step in made.member_steps], made.refusals) == ([RestartAgent], ())


def older_xapi(draft: Draft) -> None:
    """Let every host run a release that goes by device names."""
    for host in draft.records["host"].values():
        host["software_version"] = {**host["software_version"], "xapi_build": "24.39.0"}


@pytest.mark.parametrize(
    ("text", "change", "words"),
    [
        pytest.param(
            'nics.xs-2 = ["eth1", "eth3"]\n', lambda _: None, "eth1+eth5", id="other-nics"
        ),
        pytest.param('nics.xs-2 = ["eth5", "eth1"]\n', lambda _: None, "eth1+eth5", id="other-mac"),
        pytest.param('nics.xs-2 = ["eth1", "eth3"]\n', older_xapi, "eth1+eth5", id="by-device"),
    ],
)
def test_host_whose_xapi_would_bond_otherwise_is_refused(
    before: Snapshot, text: str, change: Callable[[Draft], None], words: str
) -> None:
    """Its next start would undo what an apply makes, or give the bond another MAC."""
    draft = Draft(before)
    change(draft)
    (refusal,) = plan(draft.read(), MIXED + text, Inherit.CREATE).refusals
    assert (refusal.rule, refusal.where) == ("inherits-otherwise", "xs-2")
    assert f"would bond {words} at its next start" in str(refusal)


# --- refusals ---


def vlan_of_leg(draft: Draft) -> None:
    """Let a leg of xs-2 carry the wanted VLAN: Bond.create moves it."""
    draft.add_vlan("xs-2", "eth5", "guests", 20)


def test_wanted_vlan_on_a_leg_is_no_reason(before: Snapshot) -> None:
    """XAPI moves it to the bond with its network."""
    draft = Draft(before)
    vlan_of_leg(draft)
    made = plan(draft.read(), VLAN)
    assert made.refusals == ()
    assert [step.host for step in made.steps if step.kind == "create-vlan"] == ["xs-1"]


def other_tag(draft: Draft) -> None:
    """Let the network have another tag."""
    draft.add_vlan("xs-2", "eth3", "guests", 21)


def occupied(draft: Draft) -> None:
    """Let the VLAN's network have an untagged PIF."""
    draft.add_vlan("xs-1", "eth3", "guests", 20)
    network = draft.ref("network", draft.network("guests"))
    draft.pif("xs-2", "eth3")["network"] = network


def addressed(draft: Draft) -> None:
    """Let the VLAN have an address nobody wants."""
    draft.add_vlan("xs-2", "eth5", "guests", 20)
    for pif in draft.records["PIF"].values():
        if pif["VLAN"] == "20":
            pif |= {"ip_configuration_mode": "Static", "IP": "10.0.0.9"}
            pif |= {"netmask": "255.255.255.0"}


def nothing(draft: Draft) -> None:
    """Leave the pool as it is."""
    del draft


UUID = "8a5e0c1c-6b39-4d0a-a2f3-0d6f5b1f7c11"
REFUSALS: Mapping[str, tuple[str, Callable[[Draft], None], str]] = {
    "vlan-differs": (VLAN, other_tag, "is VLAN 21 of eth3 on this host, wanted is VLAN 20"),
    "vlan-network-occupied": (VLAN, occupied, "network guests: PIF eth3 already connects"),
    "vlan-address-differs": (VLAN, addressed, "10.0.0.9/24, wanted none"),
    "host-unknown": (BOND + 'device.xs-9 = "bond1"\n', nothing, "names xs-9, not in this pool"),
    "network-unknown": (BOND + f'network_uuid = "{UUID}"\n', nothing, f"has the uuid {UUID}"),
    "host-without-nics": (
        '[[bond]]\nnetwork = "PUB"\nnics.xs-1 = ["eth1", "eth5"]\n',
        nothing,
        "xs-2: network PUB: the bond file names no NICs for this host; add nics.xs-2",
    ),
    "device-not-free": (
        BOND + 'device.xs-2 = "bond7"\n',
        nothing,
        "xs-2: network PUB: XAPI would call the bond bond1, wanted is bond7",
    ),
    "device-open": (
        BOND + 'device.xs-2 = "bond1"\n[[bond]]\nnetwork = "Q"\nnics = ["eth0", "eth3"]\n',
        nothing,
        "xapi copies 2 bonds in an order of its own",
    ),
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_reason_is_told(before: Snapshot, rule: str) -> None:
    """Each rule refuses the plan, in its words."""
    text, change, words = REFUSALS[rule]
    draft = Draft(before)
    change(draft)
    refusals = [each for each in plan(draft.read(), text).refusals if each.rule == rule]
    assert any(words in str(each) for each in refusals)


def test_tag_that_another_network_has_on_the_bond_is_refused(recorded: Stages) -> None:
    """One bond carries a tag once."""
    draft = Draft(recorded.now)
    draft.add_vlan("xs-2", "bond1", "others", 20)
    refusals = plan(draft.read(), VLAN).refusals
    assert [f"{each.where}: {each.rule}: {each.why}" for each in refusals] == [
        "xs-2: vlan-tag-taken: VLAN 20 of the bond is on network others already"
    ]
