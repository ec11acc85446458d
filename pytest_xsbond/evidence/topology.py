"""What a picture of a pool shows: hosts, their networks, bridges, bonds and legs. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from xsbond.errors import XsbondError
from xsbond.model import DesiredBond, OvsBondStatus, Pif
from xsbond.plan.plan import by_name
from xsbond.snapshot import switch
from xsbond.snapshot.lacp import legs, partner_of, reason
from xsbond.snapshot.lookup import leg_pifs, nic_pifs, wanted_on
from xsbond.snapshot.snapshot import Snapshot

NULL = "OpaqueRef:NULL"
State = Literal["same", "new", "changed", "gone", "missing"]
"""Of a connection, compared with the stage before; `missing` is wanted, and not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A NIC that carries a network, alone or with others."""

    device: str
    link: bool | None
    """Whether the kernel sees a carrier, or XAPI where nobody asked the kernel; None: unknown."""
    in_bond: bool = True
    """False for a NIC that is wanted as a leg, and is none."""
    in_switch: bool | None = None
    """Whether the switch has it in the bond; None where nobody saw, or where there is no bond."""
    enabled: bool = True
    """False where the switch does not use it."""
    why: str = ""
    """Why LACP lets it carry nothing; empty where it does, or where nobody asked."""
    partner: str = ""
    """Who is at the other end, by LACP; empty where nobody was heard."""
    active: tuple[str, ...] = ()
    """Hosts on which the switch calls it the active one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What connects a host to a network: its PIF there, the bridge, and the NICs below."""

    network: str
    bridge: str
    device: str
    attached: bool
    mode: str = ""
    """Of the bond; empty if it is none."""
    lacp: str = ""
    """What the switch says of LACP: off, configured, negotiated; empty where nobody saw."""
    tag: int = -1
    """Of the VLAN; -1 if it is none."""
    address: str = ""
    management: bool = False
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A connection at one stage of a run."""

    connection: Connection
    state: State = "same"
    failed: bool = False
    """Whether a claim about this host's bond on this network does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPicture:
    """One host, or several that look alike, stage by stage."""

    hosts: tuple[str, ...]
    master: str
    """The pool master, if it is among them; else empty."""
    differs: bool
    """Whether a claim about the host itself does not hold, for example that nothing has drifted."""
    stages: Mapping[str, tuple[Row, ...]]
    """Stage -> rows, in the order of networks."""

    @property
    def is_odd(self) -> bool:
        """Return whether something in it is not as wanted."""
        return self.differs or any(row.failed for rows in self.stages.values() for row in rows)


def pictures(
    stages: Mapping[str, Snapshot],
    desired: Sequence[DesiredBond],
    failed: Collection[tuple[str, str]],
) -> tuple[HostPicture, ...]:
    """Return the hosts of the last stage, those that look alike as one; the odd ones first.

    `failed` holds (host, network) that claims fail for.
    """
    last = list(stages.values())[-1]
    alike: dict[object, HostPicture] = {}
    for ref in by_name(last):
        one = _host(stages, desired, ref, failed)
        key = one.differs, tuple((stage, _looks(rows)) for stage, rows in one.stages.items())
        alike[key] = _joined(alike[key], one) if key in alike else one
    return tuple(sorted(alike.values(), key=lambda each: (not each.is_odd, len(each.hosts))))


def _looks(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows without what may differ between hosts that are alike."""
    return tuple(
        replace(row, connection=replace(_lasting(row.connection), address="")) for row in rows
    )


def _joined(first: HostPicture, other: HostPicture) -> HostPicture:
    """Return two pictures that look alike as one, which says on which hosts a leg is active."""
    return replace(
        first,
        hosts=(*first.hosts, *other.hosts),
        master=first.master or other.master,
        stages={
            stage: tuple(map(_joined_row, rows, other.stages[stage]))
            for stage, rows in first.stages.items()
        },
    )


def _joined_row(first: Row, other: Row) -> Row:
    mine, theirs = first.connection.legs, other.connection.legs
    legs = tuple(
        replace(
            leg,
            active=(*leg.active, *twin.active),
            partner=leg.partner if leg.partner == twin.partner else "",
        )
        for leg, twin in zip(mine, theirs, strict=True)
    )
    return replace(first, connection=replace(first.connection, address="", legs=legs))


def _host(
    stages: Mapping[str, Snapshot],
    desired: Sequence[DesiredBond],
    ref: str,
    failed: Collection[tuple[str, str]],
) -> HostPicture:
    stage, last = list(stages.items())[-1]
    name = last.labels[ref]
    marked = {network for host, network in failed if host == name}
    rows: dict[str, tuple[Row, ...]] = {}
    earlier: Mapping[str, Connection] | None = None
    for each, look in stages.items():
        connections = _connections(look, last.hosts[ref].uuid)
        rows[each] = tuple(_rows(connections, earlier, marked if each == stage else set()))
        earlier = connections
    wanted = [wanted_on(last, ref, bond) for bond in desired]
    rows[stage] = tuple(_with_missing(last, ref, wanted, rows[stage], marked))
    return HostPicture(
        hosts=(name,),
        master=name if ref == last.pool.master else "",
        differs=(name, "") in failed,
        stages=rows,
    )


def _rows(
    now: Mapping[str, Connection], earlier: Mapping[str, Connection] | None, failed: set[str]
) -> Iterator[Row]:
    """Yield the rows of a stage; what was there at the stage before and is not comes last."""
    for key, connection in now.items():
        state: State = "same"
        if earlier is not None and key not in earlier:
            state = "new"
        elif earlier is not None and _lasting(earlier[key]) != _lasting(connection):
            state = "changed"
        yield Row(connection=connection, state=state, failed=connection.network in failed)
    for key, connection in (earlier or {}).items():
        if key not in now:
            yield Row(connection=connection, state="gone")


def _lasting(connection: Connection) -> Connection:
    """Return a connection without what the switches decide anew at any time."""
    lasting = (replace(leg, active=(), partner="") for leg in connection.legs)
    return replace(connection, legs=tuple(lasting))


def _with_missing(
    look: Snapshot, host: str, wanted: Sequence[DesiredBond], rows: Sequence[Row], failed: set[str]
) -> Iterator[Row]:
    """Yield rows with the legs that are wanted and are none, then bonds that are not there."""
    by_network = {bond.network: bond for bond in wanted}
    for row in rows:
        connection, bond = row.connection, by_network.get(row.connection.network)
        if bond is None or not connection.mode or row.state == "gone":
            yield row
            continue
        del by_network[connection.network]
        legs = {leg.device for leg in connection.legs}
        lost = [_lost(look, host, nic) for nic in bond.nics if nic not in legs]
        yield replace(row, connection=replace(connection, legs=(*connection.legs, *lost)))
    for bond in by_network.values():
        if bond.nics:
            yield Row(
                connection=Connection(
                    network=bond.network,
                    bridge="",
                    device="",
                    attached=False,
                    mode=bond.mode.value,
                    legs=tuple(_lost(look, host, nic) for nic in bond.nics),
                ),
                state="missing",
                failed=bond.network in failed,
            )


def _lost(look: Snapshot, host: str, nic: str) -> Leg:
    found = nic_pifs(look, host, nic)
    link = _link(look, host, found[0][1]) if found else None
    return Leg(device=nic, link=link, in_bond=False)


def _connections(snapshot: Snapshot, uuid: str) -> Mapping[str, Connection]:
    """Return what connects a host, by the PIF's device and tag; legs are part of their bond."""
    host = next((ref for ref, each in snapshot.hosts.items() if each.uuid == uuid), "")
    pifs = [pif for _, pif in snapshot.pifs_by_host.get(host, ()) if not _is_leg(pif)]
    ordered = sorted(pifs, key=lambda pif: (pif.physical, pif.device, pif.VLAN))
    return {f"{pif.device}.{pif.VLAN}": _connection(snapshot, host, pif) for pif in ordered}


def _is_leg(pif: Pif) -> bool:
    return pif.bond_slave_of not in {"", NULL}


def _connection(snapshot: Snapshot, host: str, pif: Pif) -> Connection:
    network = snapshot.networks.get(pif.network)
    bond = snapshot.bonds.get(pif.bond_master_of[0]) if pif.bond_master_of else None
    pifs = list(leg_pifs(snapshot, bond).values()) if bond else [pif]
    statuses = _statuses(snapshot, host, [each.device for each in pifs]) if bond else None
    return Connection(
        network=network.name_label if network else "?",
        bridge=network.bridge if network else "?",
        device=pif.device,
        attached=pif.currently_attached,
        mode=bond.mode if bond else "",
        lacp=statuses[0].lacp_status if statuses else "",
        tag=pif.VLAN,
        address=pif.IP,
        management=pif.management,
        legs=tuple(_leg(snapshot, host, each, statuses) for each in _ordered(pifs)),
    )


def _ordered(pifs: Sequence[Pif]) -> Sequence[Pif]:
    return sorted(pifs, key=lambda pif: pif.device)


def _statuses(
    snapshot: Snapshot, host: str, nics: Collection[str]
) -> tuple[OvsBondStatus, ...] | None:
    """Return the switch's bond with any of these NICs, if it has one; None if nobody saw."""
    try:
        found = switch.status_touching(snapshot, host, nics)
    except XsbondError:
        return None
    return (found,) if found else ()


def _leg(
    snapshot: Snapshot, host: str, pif: Pif, statuses: tuple[OvsBondStatus, ...] | None
) -> Leg:
    members = {member.name: member for status in statuses or () for member in status.members}
    member, spoken = members.get(pif.device), legs(snapshot, host).get(pif.device)
    return Leg(
        device=pif.device,
        link=_link(snapshot, host, pif),
        in_switch=None if statuses is None else member is not None,
        enabled=member is None or member.enabled,
        active=(snapshot.labels[host],) if member and member.active else (),
        why=reason(spoken) if spoken else "",
        partner=partner_of(spoken) if spoken and spoken.status != "defaulted" else "",
    )


def _link(snapshot: Snapshot, host: str, pif: Pif) -> bool | None:
    try:
        nic = snapshot.nics(host).get(pif.device)
    except XsbondError:
        nic = None
    if nic and nic.carrier is not None:
        return nic.carrier
    metrics = snapshot.pif_metrics.get(pif.metrics)
    return metrics.carrier if metrics else None
