"""What is there and differs: what would change it in place, and what has to be made anew. Pure.

An apply takes none of these steps, a repair those in place; a plan shows them, so that the
difference and what ends it are told by one hand. What a difference in dom0 is, is asked of
the switch; where nobody could look, nothing is said of it.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from xsbond.errors import XsbondError
from xsbond.model import NO_ADDRESS, Bond, DesiredBond, Pif
from xsbond.plan.differing.settings import ChangeAddress, ChangeOverride
from xsbond.plan.differing.steps import (
    Change,
    Plug,
    RemoveOverride,
    Replug,
    ScanNics,
    SetMode,
    SetMtu,
    SetProperty,
)
from xsbond.plan.steps import DestroyBond, RestartAgent, Step
from xsbond.plan.wanted_steps import creation, is_inherited
from xsbond.snapshot import switch
from xsbond.snapshot.addressing import ipv4_of, written
from xsbond.snapshot.lookup import (
    bond_on,
    legs_of,
    master_name,
    networks_of,
    nic_pifs,
    ovs_bonds_touching,
    ovs_mode,
    wanted_on,
)
from xsbond.snapshot.properties import DEFAULTS, other_properties, wanted_property
from xsbond.snapshot.snapshot import Snapshot


def changes_of_networks(desired: Sequence[DesiredBond], snapshot: Snapshot) -> Iterator[Change]:
    """Yield the networks whose MTU is another one than the bond file says."""
    master = master_name(snapshot)
    for wanted in desired:
        for _, network in networks_of(snapshot, wanted):
            if wanted.mtu is not None and wanted.mtu != network.MTU:
                words = {"host": master, "network": wanted.network, "uuid": network.uuid}
                yield SetMtu(**words, seen=network.MTU, mtu=wanted.mtu)


def changes_of_bond(bond: DesiredBond, snapshot: Snapshot, host: str) -> Iterator[Change | Step]:
    """Yield what makes one host's bond as it is wanted, without making it anew.

    `bond` is as this host is to have it.
    """
    found = bond_on(snapshot, host, bond)
    if found is None:
        return
    record, pif = found[1], snapshot.pifs[found[1].master]
    label = snapshot.labels[host]
    yield from _lost_legs(bond, record, snapshot, host)
    words = {"host": label, "host_uuid": snapshot.hosts[host].uuid, "network": bond.network}
    words |= {"uuid": record.uuid}
    other_mode = record.mode != bond.mode.value
    if other_mode:
        yield SetMode(**words, seen=record.mode, mode=bond.mode)
        # Bond.set_mode gives the properties their defaults (xapi_bond.ml, set_mode).
        record = replace(record, mode=bond.mode.value, properties={**DEFAULTS})
    for name in other_properties(record, bond):
        seen, value = record.properties.get(name, ""), wanted_property(bond, name)
        yield SetProperty(**words, name=name, seen=seen, value=value)
    yield from _other_address(bond, pif, snapshot, host)
    overrides = tuple(_other_overrides(bond, pif, snapshot, host))
    yield from overrides
    # Each of them plugs the bond; what dom0 has then is for the next look.
    if not (overrides or other_mode):
        yield from _plugging(bond, record, pif, snapshot, host)


def _lost_legs(
    bond: DesiredBond, record: Bond, snapshot: Snapshot, host: str
) -> Iterator[Change | Step]:
    """Yield what lets a member copy the leg that its bond lacks (sync_networking.ml)."""
    if not legs_of(snapshot, record) < set(bond.nics) or host == snapshot.pool.master:
        return
    label, uuid = snapshot.labels[host], snapshot.hosts[host].uuid
    lost = tuple(nic for nic in bond.nics if not nic_pifs(snapshot, host, nic))
    if lost:
        yield ScanNics(host=label, host_uuid=uuid, network=bond.network, nics=lost)
    yield RestartAgent(host=label, host_uuid=uuid, networks=(bond.network,))


def _other_address(
    bond: DesiredBond, pif: Pif, snapshot: Snapshot, host: str
) -> Iterator[ChangeAddress]:
    """Yield the address of a storage bond that has another one; none is taken away."""
    label = snapshot.labels[host]
    wanted = bond.ipv4_on(label)
    if wanted is None or pif.management or ipv4_of(pif) in {NO_ADDRESS, written(wanted)}:
        return
    yield ChangeAddress(
        host=label,
        host_uuid=snapshot.hosts[host].uuid,
        network=bond.network,
        pif=pif.uuid,
        seen=ipv4_of(pif),
        address=wanted,
        gateway=pif.gateway,
    )


def _other_overrides(
    bond: DesiredBond, pif: Pif, snapshot: Snapshot, host: str
) -> Iterator[ChangeOverride | RemoveOverride]:
    """Yield the keys bond-… that have another value than wanted, and those that are not wanted."""
    words = {"host": snapshot.labels[host], "host_uuid": snapshot.hosts[host].uuid}
    words |= {"network": bond.network, "pif": pif.uuid}
    there = {key: value for key, value in pif.other_config.items() if key.startswith("bond-")}
    for key, value in there.items():
        if key not in bond.other_config:
            yield RemoveOverride(**words, key=key, value=value)
    for key, value in bond.other_config.items():
        if there.get(key, value) != value:
            yield ChangeOverride(**words, key=key, seen=there[key], value=value)


def _plugging(
    bond: DesiredBond, record: Bond, pif: Pif, snapshot: Snapshot, host: str
) -> Iterator[Plug]:
    """Yield that a bond is to be plugged, and why; XAPI unplugs no management interface."""
    if legs_of(snapshot, record) != set(bond.nics):
        return
    words = {"host": snapshot.labels[host], "network": bond.network, "pif": pif.uuid}
    if not pif.currently_attached:
        yield Plug(**words, why="XAPI has it as not plugged")
        return
    with contextlib.suppress(XsbondError):
        if why := _unlike_xapi(bond, record, pif, snapshot, host):
            anew = Replug if _has_other_legs(record, pif, snapshot, host) else Plug
            yield anew(**words, why=why)


def _unlike_xapi(bond: DesiredBond, record: Bond, pif: Pif, snapshot: Snapshot, host: str) -> str:
    """Return what dom0 has that XAPI's records do not say; nothing if they agree."""
    bridge, legs = snapshot.networks[pif.network].bridge, legs_of(snapshot, record)
    nics = snapshot.nics(host)
    if not legs <= nics.keys():
        # The switch cannot have a NIC that the kernel does not.
        return ""
    if bridge not in switch.bridges(snapshot, host):
        return f"dom0 has no bridge {bridge}"
    running = ovs_bonds_touching(switch.bonds(snapshot, host), tuple(legs))
    if [(each.members, each.type) for each in running] != [(legs, ovs_mode(record))]:
        shown = ", ".join(f"{each.type} of {'+'.join(sorted(each.members))}" for each in running)
        return f"{switch.name(snapshot, host)} runs {shown or 'no bond of its NICs'}"
    wanted = bond.mtu or snapshot.networks[pif.network].MTU
    other = [name for name in (bridge, *sorted(legs)) if nics[name].mtu != wanted]
    return f"the MTU of {', '.join(other)} is not {wanted}" if other else ""


def _has_other_legs(record: Bond, pif: Pif, snapshot: Snapshot, host: str) -> bool:
    """Tell whether a port is there to which networkd would have to add a leg, which it does not."""
    bridge = snapshot.networks[pif.network].bridge
    if pif.management or bridge not in switch.bridges(snapshot, host):
        return False
    legs = legs_of(snapshot, record)
    running = ovs_bonds_touching(switch.bonds(snapshot, host), tuple(legs))
    return legs not in [each.members for each in running]


def replacements(
    bond: DesiredBond, snapshot: Snapshot, host: str
) -> Iterator[tuple[DestroyBond, Step]]:
    """Yield the bond that only a new one can stand for: of another MAC, first NIC, or other NICs.

    One with the management interface or an address is told by the refusals, and is no step.
    """
    found = bond_on(snapshot, host, bond)
    if found is None or not bond.nics:
        return
    record, pif = found[1], snapshot.pifs[found[1].master]
    first = snapshot.pifs.get(record.primary_slave)
    legs = legs_of(snapshot, record)
    copied = legs < set(bond.nics) and host != snapshot.pool.master
    label, uuid = snapshot.labels[host], snapshot.hosts[host].uuid
    is_first = first is not None and first.device == bond.nics[0]
    has_mac = bond.mac_on(label) in {"", pif.MAC.lower()}
    as_wanted = legs == set(bond.nics) and is_first and has_mac
    if as_wanted or copied or pif.management or ipv4_of(pif) != NO_ADDRESS:
        return
    gone = DestroyBond(
        host=label,
        host_uuid=uuid,
        network=bond.network,
        nics=tuple(sorted(legs)),
        uuid=record.uuid,
    )
    yield gone, _made_anew(bond, snapshot, host)


def _made_anew(bond: DesiredBond, snapshot: Snapshot, host: str) -> Step:
    """Return what brings the bond back: on a member a start of xapi, where it is inherited."""
    master = snapshot.pool.master
    theirs = bond_on(snapshot, master, bond)
    if host != master and theirs and is_inherited(snapshot, host, bond):
        own = wanted_on(snapshot, master, bond)
        if legs_of(snapshot, theirs[1]) == set(own.nics):
            label, uuid = snapshot.labels[host], snapshot.hosts[host].uuid
            return RestartAgent(host=label, host_uuid=uuid, networks=(bond.network,))
    return creation(bond, snapshot, host)
