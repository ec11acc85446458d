"""What is there, and is not as the bond file wants it: reported by a plan, never repaired."""

from collections.abc import Iterator, Sequence

from xsbond.model import NO_ADDRESS, DesiredBond, DesiredNetwork, Inherit, Pif
from xsbond.plan.address_steps import readdressing
from xsbond.plan.differing.repair import Settled
from xsbond.plan.inheritance import inherited_nics
from xsbond.plan.refusals import Refusal, refuse
from xsbond.plan.wanted_steps import is_inherited
from xsbond.snapshot.addressing import ipv4_of, ipv6_of, settings_of, written
from xsbond.snapshot.lookup import (
    bond_on,
    bonds_of,
    legs_of,
    networks_of,
    own_pif,
    pifs_on,
    wanted_on,
)
from xsbond.snapshot.properties import other_properties, wanted_property
from xsbond.snapshot.snapshot import Snapshot

NOTHING_SETTLED: Settled = frozenset()


def unsettled_names(bond: DesiredBond, snapshot: Snapshot) -> Iterator[Refusal]:
    """Yield what the bond file names and the pool does not have, or has twice."""
    for network in bond.networks:
        found, name = networks_of(snapshot, network), network.network
        if len(found) > 1:
            uuids = ", ".join(each.uuid for _, each in found)
            yield refuse("network-twice", "pool", network=name, count=len(found), uuids=uuids)
        if network.network_uuid and not found:
            yield refuse("network-unknown", "pool", network=name, uuid=network.network_uuid)
    if unknown := sorted(bond.hosts - set(snapshot.labels.values())):
        hosts = ", ".join(unknown)
        yield refuse("host-unknown", "pool", network=bond.network, hosts=hosts)


def other_mtus(
    bond: DesiredBond, snapshot: Snapshot, settled: Settled = NOTHING_SETTLED
) -> Iterator[Refusal]:
    """Yield the networks of a bond that are there and have another MTU than wanted."""
    for wanted in bond.networks:
        for _, network in networks_of(snapshot, wanted):
            is_settled = ("pool", wanted.network, "MTU") in settled
            if wanted.mtu not in {None, network.MTU} and not is_settled:
                pifs = [snapshot.pifs[ref].uuid for ref in network.PIFs if ref in snapshot.pifs]
                yield refuse(
                    "mtu-differs",
                    "pool",
                    network=network.name_label,
                    seen=network.MTU,
                    wanted=wanted.mtu,
                    uuid=network.uuid,
                    pifs=", ".join(pifs) or "there is none yet",
                )


def bond_differences(
    bond: DesiredBond, snapshot: Snapshot, host: str, settled: Settled = NOTHING_SETTLED
) -> Iterator[Refusal]:
    """Yield what a host's bond has and should not have; `bond` is as this host is to have it."""
    found, label = bond_on(snapshot, host, bond), snapshot.labels[host]
    if found is None:
        return
    pif = snapshot.pifs[found[1].master]

    def remains(name: str) -> bool:
        return (label, bond.network, name) not in settled

    for name, (seen, wanted) in other_properties(found[1], bond).items():
        if not remains(name):
            continue
        words = {"device": pif.device, "network": bond.network, "uuid": found[1].uuid}
        words |= {"name": name, "seen": seen, "wanted": wanted}
        yield refuse("property-differs", label, value=wanted_property(bond, name), **words)
    pairs = {
        "legs": ("+".join(sorted(legs_of(snapshot, found[1]))), "+".join(sorted(bond.nics))),
        **{name: pair for name, pair in _addresses(bond, label, pif).items() if name != "address"},
        "device": (pif.device, bond.device_on(label) or pif.device),
        "MAC": (pif.MAC.lower(), bond.mac_on(label) or pif.MAC.lower()),
    }
    if remains("address"):
        yield from _other_address(bond, label, pif)
    pairs |= {
        f"other_config:{key}": (pif.other_config[key], value)
        for key, value in bond.other_config.items()
        if key in pif.other_config
    }
    if found[1].mode != bond.mode.value and remains("mode"):
        words = {"device": pif.device, "network": bond.network, "uuid": found[1].uuid}
        yield refuse("mode-differs", label, **words, seen=found[1].mode, wanted=bond.mode.value)
    for name, (seen, wanted) in pairs.items():
        if seen != wanted and remains(name):
            yield refuse(
                "bond-differs",
                label,
                device=pif.device,
                network=bond.network,
                name=name,
                seen=seen or "none",
                wanted=wanted or "none",
                uuid=found[1].uuid,
            )


def _other_address(bond: DesiredBond, label: str, pif: Pif) -> Iterator[Refusal]:
    seen, wanted = _addresses(bond, label, pif).get("address", ("", ""))
    words = {"device": pif.device, "network": bond.network, "seen": seen}
    if seen == wanted:
        return
    if pif.management and not bond.managing_network:
        yield refuse("management-undeclared", label, host=label, **words)
    else:
        command = readdressing(pif, bond.ipv4_on(label))
        yield refuse("address-differs", label, **words, wanted=wanted, command=command)


def _addresses(bond: DesiredNetwork, label: str, pif: Pif) -> dict[str, tuple[str, str]]:
    """Return name -> (seen, wanted); what is missing is for the plan to bring."""
    pairs = {
        "address": (ipv4_of(pif), written(bond.ipv4_on(label))),
        "IPv6 address": (ipv6_of(pif), written(bond.ipv6_on(label))),
    }
    if bond.ipv6_gateway:
        has_none = ipv6_of(pif) == NO_ADDRESS
        pairs["IPv6 gateway"] = (NO_ADDRESS if has_none else pif.ipv6_gateway, bond.ipv6_gateway)
    there = {name: pair for name, pair in pairs.items() if pair[0] != NO_ADDRESS}
    return there | (settings_of(pif, bond) if bond.management else {})


def vlan_addresses(bond: DesiredBond, snapshot: Snapshot, host: str) -> Iterator[Refusal]:
    """Yield the addresses that a host has on a VLAN of the bond and should not have."""
    label = snapshot.labels[host]
    for vlan in bond.vlans:
        pif = own_pif(snapshot, host, vlan)
        pairs = _addresses(vlan, label, pif) if pif else {}
        for name, (seen, wanted) in pairs.items():
            if seen != wanted and pif:
                words = {"network": vlan.network, "device": pif.device, "uuid": pif.uuid}
                values = {"name": name, "seen": seen or "none", "wanted": wanted}
                yield refuse("vlan-address-differs", label, **words, **values)


def occupied_network(bond: DesiredBond, snapshot: Snapshot, host: str) -> Iterator[Refusal]:
    """Yield the PIF that already connects the host to the network (NETWORK_ALREADY_CONNECTED)."""
    for network, _ in networks_of(snapshot, bond):
        for _, pif in pifs_on(snapshot, host, network):
            label = snapshot.labels[host]
            yield refuse("network-occupied", label, network=bond.network, device=pif.device)


def inherited_otherwise(bond: DesiredBond, snapshot: Snapshot, host: str) -> Iterator[Refusal]:
    """Yield a bond of other NICs that the host's own xapi would make when it starts."""
    if host == snapshot.pool.master or bond.is_the_same_everywhere:
        return
    theirs, wanted = inherited_nics(snapshot, host, bond), wanted_on(snapshot, host, bond).nics
    if theirs and (set(theirs) != set(wanted) or theirs[0] != wanted[0]):
        words = {"inherited": "+".join(theirs), "wanted": "+".join(wanted)}
        yield refuse("inherits-otherwise", snapshot.labels[host], network=bond.network, **words)


def other_devices(
    desired: Sequence[DesiredBond], snapshot: Snapshot, host: str, inherit: Inherit
) -> Iterator[Refusal]:
    """Yield the bonds that XAPI would call otherwise than the bond file does."""
    label = snapshot.labels[host]
    missing = [bond for bond in desired if bond_on(snapshot, host, bond) is None]
    copied = [
        bond
        for bond in missing
        if inherit is not Inherit.CREATE
        and host != snapshot.pool.master
        and is_inherited(snapshot, host, bond)
    ]
    order = [*copied, *(bond for bond in missing if bond not in copied)]
    for bond, seen in zip(order, _free_devices(snapshot, host), strict=False):
        wanted = bond.device_on(label)
        words = {"network": bond.network, "wanted": wanted}
        if wanted and bond in copied and len(copied) > 1:
            yield refuse("device-open", label, **words, count=len(copied))
        elif wanted and seen != wanted:
            yield refuse("device-not-free", label, **words, seen=seen)


def _free_devices(snapshot: Snapshot, host: str) -> Iterator[str]:
    """Yield the names that XAPI gives to a host's next bonds (choose_bond_device_name)."""
    masters = [bond.master for _, bond in bonds_of(snapshot, host)]
    taken = {snapshot.pifs[ref].device for ref in masters}
    for number in range(len(taken) + len(snapshot.pifs)):
        if (name := f"bond{number}") not in taken:
            yield name
