"""Break a lab's world, and exactly the outcomes that should fail do.

The lab is provisioned once, looked at over the wire and judged in this process; each fault is
undone when its test is over.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.support.judging import Judgement
from tests.support.kept_labs import KeptLab
from tests.support.labs import db, pif_ref
from xsbond.lab import Lab
from xsbond.lab.contracts import Address

Fault = Callable[[Lab], Iterator[None]]

FAIL, ERROR = "FAIL", "ERROR"


@pytest.fixture(scope="module")
def kept() -> Iterator[KeptLab]:
    """A lab of two hosts with the guest bond."""
    with KeptLab(2) as kept:
        yield kept


@contextmanager
def record(lab: Lab, name: str, ref: str, **fields: object) -> Iterator[None]:
    """Change a record of XAPI's database for a while."""
    with lab.world.lock:
        before = {key: db(lab).get(name, ref)[key] for key in fields}
        db(lab).set(name, ref, **fields)
    yield
    with lab.world.lock:
        db(lab).set(name, ref, **before)


def bond_ref(lab: Lab, host: str) -> str:
    """Return the ref of a host's guest bond."""
    ref: str = db(lab).get("PIF", pif_ref(lab, host, "bond1"))["bond_master_of"][0]
    return ref


def xapi_mode(lab: Lab) -> Iterator[None]:
    """XAPI's record of one host names another mode."""
    with record(lab, "Bond", bond_ref(lab, "xs-2"), mode="active-backup"):
        yield


def xapi_leg_lost(lab: Lab) -> Iterator[None]:
    """One PIF is no slave of the bond any more."""
    with record(lab, "PIF", pif_ref(lab, "xs-2", "eth5"), bond_slave_of="OpaqueRef:NULL"):
        yield


def xapi_unplugged(lab: Lab) -> Iterator[None]:
    """The bond's PIF is not attached."""
    with record(lab, "PIF", pif_ref(lab, "xs-1", "bond1"), currently_attached=False):
        yield


def xapi_address(lab: Lab) -> Iterator[None]:
    """The bond's PIF has an IP configuration."""
    pif = pif_ref(lab, "xs-2", "bond1")
    address = {"ip_configuration_mode": "Static", "IP": "10.9.9.9", "netmask": "255.0.0.0"}
    with record(lab, "PIF", pif, **address):
        yield


def xapi_other_primary(lab: Lab) -> Iterator[None]:
    """The second NIC is the primary leg."""
    eth5 = pif_ref(lab, "xs-2", "eth5")
    with record(lab, "Bond", bond_ref(lab, "xs-2"), primary_slave=eth5):
        yield


def xapi_two_networks(lab: Lab) -> Iterator[None]:
    """A second network has the wanted name."""
    with lab.world.lock:
        ref = db(lab).create("network", name_label="PUB", bridge="xapi9")
    yield
    with lab.world.lock:
        db(lab).destroy("network", ref)


def xapi_nic_renamed(lab: Lab) -> Iterator[None]:
    """XAPI knows one wanted NIC by another name."""
    with record(lab, "PIF", pif_ref(lab, "xs-2", "eth5"), device="eth9"):
        yield


def ovs_mode(lab: Lab) -> Iterator[None]:
    """Open vSwitch of one host runs another mode than XAPI says."""
    ports = lab.host("xs-2").dom0.ports_by_name
    before = ports["bond1"]
    assert before.bond
    ports["bond1"] = replace(before, bond=replace(before.bond, bond_mode="active-backup"))
    yield
    ports["bond1"] = before


def ovs_one_leg(lab: Lab) -> Iterator[None]:
    """Open vSwitch has one leg in the bond's port: an ordinary port, which bond/list leaves out."""
    dom0 = lab.host("xs-2").dom0
    before = dom0.ports_by_name["bond1"]
    dom0.ports_by_name["bond1"] = replace(before, devices=("eth1",))
    dom0.settle()
    yield
    dom0.ports_by_name["bond1"] = before
    dom0.settle()


def leftover_bridge(lab: Lab) -> Iterator[None]:
    """The bridge of a leg is still there."""
    dom0 = lab.host("xs-2").dom0
    dom0.add_bridge("xenbr1", dom0.bridges_by_name["xapi1"].settings)
    yield
    dom0.delete_bridge("xenbr1")


def bridge_mac(lab: Lab) -> Iterator[None]:
    """The bridge has the MAC of the second NIC."""
    dom0 = lab.host("xs-1").dom0
    before = dom0.bridges_by_name["xapi1"]
    mac = dom0.nics_by_device["eth5"].mac
    dom0.bridges_by_name["xapi1"] = replace(before, settings=replace(before.settings, mac=mac))
    yield
    dom0.bridges_by_name["xapi1"] = before


def bridge_down(lab: Lab) -> Iterator[None]:
    """Somebody has set the bridge down."""
    dom0 = lab.host("xs-2").dom0
    dom0.downed["xapi1"] = "ifconfig xapi1 down"
    yield
    del dom0.downed["xapi1"]


def bridge_address(lab: Lab) -> Iterator[None]:
    """Somebody has given the bridge an address."""
    dom0 = lab.host("xs-2").dom0
    dom0.set_address("xapi1", Address(ip="10.9.9.9", netmask="255.255.255.0"))
    yield
    dom0.set_address("xapi1", None)


def agent_of_dom0_is_gone(lab: Lab) -> Iterator[None]:
    """The member's SSH server does not answer."""
    with lab.host("xs-2").without_ssh():
        yield


FAULTS: dict[Fault, tuple[str, dict[str, str]]] = {
    xapi_mode: ("xs-2", {"M-3.3.2": FAIL, "H-both-views": FAIL}),
    xapi_leg_lost: ("xs-2", {"PM-3": FAIL, "H-both-views": FAIL, "H-same-nics": FAIL}),
    xapi_unplugged: ("xs-1", {"PM-4.2.3": FAIL}),
    xapi_address: ("xs-2", {"M-3.2": FAIL}),
    xapi_other_primary: ("xs-2", {"M-3.4": FAIL}),
    xapi_nic_renamed: (
        "xs-2",
        {
            "PM-2": FAIL,
            "PM-3": FAIL,
            "H-both-views": FAIL,
            "H-legs-up": FAIL,
            "H-same-nics": FAIL,
            "H-mac": FAIL,
            "H-mtu": FAIL,
            "H-leg-clean": FAIL,
        },
    ),
    ovs_mode: ("xs-2", {"M-3.5.2": FAIL, "H-both-views": FAIL}),
    ovs_one_leg: (
        "xs-2",
        {"M-3.5.2": FAIL, "H-both-views": FAIL, "H-legs-up": FAIL, "H-slb-not-lacp": FAIL},
    ),
    leftover_bridge: ("xs-2", {"M-3.5.1": FAIL}),
    bridge_mac: ("xs-1", {"PM-4.4.3": FAIL}),
    bridge_down: ("xs-2", {"PM-4.4.2": FAIL}),
    bridge_address: ("xs-2", {"PM-4.4.1": FAIL, "PM-4.4.2": FAIL}),
    agent_of_dom0_is_gone: (
        "xs-2",
        {
            "PM-4.4.1": ERROR,
            "PM-4.4.2": ERROR,
            "M-3.4": ERROR,
            "M-3.5.1": ERROR,
            "M-3.5.2": ERROR,
            "H-nics": ERROR,
            "H-both-views": ERROR,
            "H-legs-up": ERROR,
            "H-vlans-run": ERROR,
            "H-mac": ERROR,
            "H-mtu": ERROR,
            "H-leg-clean": ERROR,
            "H-backend": ERROR,
            "H-slb-not-lacp": ERROR,
            "H-hosts": ERROR,
            "H-bridge": ERROR,
            "H-flows": ERROR,
            "H-addresses": ERROR,
            "H-modes": ERROR,
        },
    ),
}
"""Fault -> (host, outcome -> verdict): what must not pass while it lasts, and nothing else."""


def judged(kept: KeptLab, fault: Fault) -> Judgement:
    """Judge the lab while a fault lasts."""
    with contextmanager(fault)(kept.lab):
        return kept.judged()


def test_healthy_lab_passes(kept: KeptLab) -> None:
    """Without a fault everything holds."""
    assert kept.judged().not_passed() == {}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_fault_fails_its_outcomes_and_no_others(kept: KeptLab, fault: Fault) -> None:
    """Exactly the listed outcomes do not pass, on exactly the host that has the fault."""
    host, verdicts = FAULTS[fault]
    found = judged(kept, fault).not_passed()
    assert found == {(host, id_): verdict for id_, verdict in verdicts.items()}


def test_name_shared_by_two_networks_fails_on_every_host(kept: KeptLab) -> None:
    """A duplicate name is the whole pool's fault."""
    found = judged(kept, xapi_two_networks).not_passed()
    assert found == {("xs-1", "PM-1"): FAIL, ("xs-2", "PM-1"): FAIL}
