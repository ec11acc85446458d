"""The steps that bring a pool what it lacks: on the master, on the members, on their bonds."""

from collections.abc import Iterator, Sequence

from xsbond.model import (
    DEFAULT_MTU,
    NO_ADDRESS,
    DesiredBond,
    DesiredNetwork,
    Inherit,
    all_networks,
)
from xsbond.plan.inheritance import inherited_nics
from xsbond.plan.management import moves_along
from xsbond.plan.steps import (
    CreateBond,
    CreateNetwork,
    RestartAgent,
    SetAddress,
    SetIpv6Address,
    SetOverrides,
    Step,
)
from xsbond.plan.vlans import vlan_steps
from xsbond.snapshot.addressing import ipv6_of
from xsbond.snapshot.lookup import bond_on, networks_of, own_pif, wanted_on
from xsbond.snapshot.snapshot import Snapshot


def master_steps(desired: Sequence[DesiredBond], snapshot: Snapshot) -> Iterator[Step]:
    """Yield the networks that are missing, and what the pool master's bonds lack."""
    master = snapshot.pool.master
    label = snapshot.labels[master]
    for network in all_networks(tuple(desired)):
        if not networks_of(snapshot, network) and not network.network_uuid:
            yield CreateNetwork(host=label, network=network.network, mtu=network.mtu or DEFAULT_MTU)
    for bond in desired:
        own = wanted_on(snapshot, master, bond)
        if bond_on(snapshot, master, bond) is None:
            yield creation(own, snapshot, master)
        yield from _settings(own, snapshot, master)


def member_steps(
    desired: Sequence[DesiredBond], snapshot: Snapshot, host: str, inherit: Inherit
) -> Iterator[Step]:
    """Yield what brings a member its bonds, and what these lack."""
    missing = [bond for bond in desired if bond_on(snapshot, host, bond) is None]
    inherited = [
        bond
        for bond in missing
        if inherit is not Inherit.CREATE and is_inherited(snapshot, host, bond)
    ]
    if inherited:
        yield RestartAgent(
            host=snapshot.labels[host],
            host_uuid=snapshot.hosts[host].uuid,
            networks=tuple(bond.network for bond in inherited),
            by_xapi=inherit is Inherit.RESTART_AGENT,
            moves_management=any(
                moves_along(snapshot, host, wanted_on(snapshot, host, bond)) for bond in inherited
            ),
        )
    for bond in missing:
        if bond not in inherited:
            yield creation(wanted_on(snapshot, host, bond), snapshot, host)
    for bond in desired:
        yield from _settings(wanted_on(snapshot, host, bond), snapshot, host)


def vlans_of_pool(
    desired: Sequence[DesiredBond], snapshot: Snapshot, hosts: Sequence[str]
) -> Iterator[Step]:
    """Yield the VLANs that are missing, with their addresses, once every host has its bonds.

    A member that starts copies a VLAN of the master without plugging it (copy_vlans_from_master),
    so none is made before.
    """
    for bond in desired:
        for host in hosts:
            own = wanted_on(snapshot, host, bond)
            yield from vlan_steps(snapshot, host, own)
            moves = bond_on(snapshot, host, own) is None
            for vlan in own.vlans:
                yield from _addressing(vlan, snapshot, host, moves=moves)


def is_inherited(snapshot: Snapshot, host: str, bond: DesiredBond) -> bool:
    """Tell whether a start of a member's xapi is expected to bring the bond.

    A pool whose hosts are alike is not asked: what its members lack is for preflight to say. A
    start of xapi gives no bond an explicit MAC, nor does it know the first leg where the master's
    bond has one.
    """
    if bond.macs:
        return False
    return bond.is_the_same_everywhere or bool(inherited_nics(snapshot, host, bond))


def creation(bond: DesiredBond, snapshot: Snapshot, host: str) -> CreateBond:
    """Return the step that makes a bond on one host, its NICs being devices."""
    return CreateBond(
        host=snapshot.labels[host],
        host_uuid=snapshot.hosts[host].uuid,
        network=bond.network,
        network_uuid=bond.network_uuid,
        nics=bond.nics,
        mode=bond.mode,
        properties=bond.properties,
        mac=bond.mac_on(snapshot.labels[host]),
        moves_management=moves_along(snapshot, host, bond),
    )


def _settings(bond: DesiredBond, snapshot: Snapshot, host: str) -> Iterator[Step]:
    """Yield the overrides and the addresses that a bond lacks."""
    pif = own_pif(snapshot, host, bond)
    there = pif.other_config if pif else {}
    lacking = {key: value for key, value in bond.other_config.items() if key not in there}
    if lacking:
        yield SetOverrides(
            host=snapshot.labels[host],
            host_uuid=snapshot.hosts[host].uuid,
            network=bond.network,
            network_uuid=bond.network_uuid,
            other_config=lacking,
        )
    yield from _addressing(bond, snapshot, host)


def _addressing(
    network: DesiredNetwork, snapshot: Snapshot, host: str, *, moves: bool = False
) -> Iterator[SetAddress | SetIpv6Address]:
    """Yield the addresses that are missing; that of the management interface moves by itself.

    A PIF that `moves` to the bond loses its IPv6 configuration (xapi_bond.ml, move_configuration).
    """
    label, uuid = snapshot.labels[host], snapshot.hosts[host].uuid
    pif, ipv4, ipv6 = (
        own_pif(snapshot, host, network),
        network.ipv4_on(label),
        network.ipv6_on(label),
    )
    where = {
        "host": label,
        "host_uuid": uuid,
        "network": network.network,
        "network_uuid": network.network_uuid,
    }
    if ipv4 and not network.management and (pif is None or pif.ip_configuration_mode == "None"):
        yield SetAddress(**where, address=ipv4)
    if ipv6 and (pif is None or moves or ipv6_of(pif) == NO_ADDRESS):
        yield SetIpv6Address(**where, address=ipv6, gateway=network.ipv6_gateway)
