"""The lab that each bond file of docs/bond-file.md is for: what an administrator has before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.support.bond_files import DESCRIBED
from tests.support.labs import connected, db, journal_of, pif_ref, quiet
from xsbond.apply.provisioning import Provisioning
from xsbond.bondfile import parse_bond_file
from xsbond.collect.observe import observe
from xsbond.lab.anylab import AnyLab
from xsbond.lab.blueprint import Blueprint, tutorial
from xsbond.lab.contracts import Nic
from xsbond.model import Inherit
from xsbond.plan.plan import plan_for

Prepare = Callable[[AnyLab[Any]], None]

MANAGEMENT_VLAN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is there before a bond file is provisioned."""

    blueprint: Blueprint
    prepare: Prepare = lambda _: None


def bare(hosts: int = 2) -> Blueprint:
    """Return the tutorial's pool without any bond."""
    return replace(tutorial(hosts), bonds=())


def call(lab: AnyLab[Any], method: str, *params: Any) -> Any:
    """Call the pool master's xapi as root."""
    return lab.hosts[0].toolstack.call(method, *params)


def new_network(lab: AnyLab[Any], label: str) -> str:
    """Create a network; return its ref."""
    return str(call(lab, "network.create", {"name_label": label, "other_config": {}}))


def _name_servers(lab: AnyLab[Any]) -> None:
    """Give every management interface a name server."""
    for host in lab.hosts:
        ref = pif_ref(lab, host.name, "eth0")
        pif = call(lab, "PIF.get_record", ref)
        words = (pif["IP"], pif["netmask"], pif["gateway"], "172.16.0.1")
        call(lab, "PIF.reconfigure_ip", ref, "Static", *words)


def _dhcp(lab: AnyLab[Any]) -> None:
    """Let every management interface get its address by DHCP."""
    for host in lab.hosts:
        pif = pif_ref(lab, host.name, "eth0")
        call(lab, "PIF.reconfigure_ip", pif, "DHCP", "", "", "", "")


def _management_vlan(lab: AnyLab[Any]) -> None:
    """Manage every host through a VLAN of eth0."""
    network = new_network(lab, "MGMT-100")
    for number, host in enumerate(lab.hosts, start=11):
        nic = pif_ref(lab, host.name, "eth0")
        vlan = call(lab, "VLAN.create", nic, str(MANAGEMENT_VLAN), network)
        pif = call(lab, "VLAN.get_untagged_PIF", vlan)
        words = (f"10.100.0.{number}", "255.255.255.0", "10.100.0.1", "10.100.0.1,10.100.0.2")
        call(lab, "PIF.reconfigure_ip", pif, "Static", *words)
        v6 = f"2001:db8:100::{number}/64"
        call(lab, "PIF.reconfigure_ipv6", pif, "Static", v6, "2001:db8:100::1", "")
        call(lab, "host.management_reconfigure", pif)
        call(lab, "PIF.reconfigure_ip", nic, "None", "", "", "", "")


def _dotted_names(lab: AnyLab[Any]) -> None:
    """Give every host its full name."""
    for host in lab.hosts:
        call(lab, "host.set_name_label", host.ref, f"{host.name}.example.com")


def _another_bond(lab: AnyLab[Any]) -> None:
    """Let one host have another bond already, so that the next one is called bond1."""
    legs = [pif_ref(lab, "xs-2", device) for device in ("eth2", "eth4")]
    call(lab, "Bond.create", new_network(lab, "other"), legs, "", "active-backup", {})


def _twin_networks(lab: AnyLab[Any]) -> None:
    """Have the networks that the bond file names by uuid, and others of their names."""
    for label in ("PUB", "guests"):
        new_network(lab, label)
        ref = new_network(lab, label)
        with lab.world.lock:
            db(lab).set("network", ref, uuid=_uuid_of(label))


def _uuid_of(label: str) -> str:
    text = DESCRIBED["Networks that share a name"]
    after = text[text.index(f'network = "{label}"') :]
    return after.split('network_uuid = "')[1][:36]


def _mixed() -> Blueprint:
    """Return a pool of three hosts with different NICs: positions and names of none are alike."""
    made = bare(3)
    hosts = list(made.hosts)
    extra = [Nic(device=f"eth{n}", mac=f"02:00:00:00:02:{n:02x}", position=n) for n in (6, 7)]
    hosts[1] = replace(hosts[1], nics=_only(hosts[1].nics, "eth0") + tuple(extra))
    odd = (
        Nic(device="eth8", mac="02:00:00:00:03:08", position=8),
        Nic(device="eth9", mac="02:00:00:00:03:09", position=9, pci="0000:04:00.1"),
    )
    hosts[2] = replace(hosts[2], nics=_only(hosts[2].nics, "eth0") + odd)
    return replace(made, hosts=tuple(hosts))


def _only(nics: tuple[Nic, ...], *devices: str) -> tuple[Nic, ...]:
    return tuple(nic for nic in nics if nic.device in devices)


GROUNDS: Mapping[str, Ground] = {
    "Management on a bond": Ground(blueprint=bare(), prepare=_name_servers),
    "Management by DHCP": Ground(blueprint=bare(), prepare=_dhcp),
    "Management on a VLAN of the bond": Ground(blueprint=bare(), prepare=_management_vlan),
    "NICs that differ between hosts": Ground(blueprint=_mixed()),
    "Names that differ between hosts": Ground(blueprint=bare(), prepare=_another_bond),
    "Networks that share a name": Ground(blueprint=bare(), prepare=_twin_networks),
    "Host names with dots": Ground(blueprint=bare(), prepare=_dotted_names),
}
"""Heading -> ground; a pool without bonds for all others."""


def ground_of(heading: str) -> Ground:
    """Return the ground of a bond file."""
    return GROUNDS.get(heading, Ground(blueprint=bare()))


def provision_described(
    lab: AnyLab[Any],
    heading: str,
    inherit: Inherit = Inherit.CREATE,
    say: Callable[[str], None] = quiet,
) -> None:
    """Give a lab all of a bond file of the docs, without pytest."""
    desired = parse_bond_file(DESCRIBED[heading])
    with connected(lab) as connections, journal_of(lab) as journal:
        before = observe(connections)
        plan = plan_for(desired, before, inherit)
        assert plan.refusals == ()
        Provisioning(
            plan=plan,
            desired=desired,
            snapshot=before,
            connections=connections,
            progress=say,
            deadline=120,
            journal=journal,
        ).run(lambda: None)
