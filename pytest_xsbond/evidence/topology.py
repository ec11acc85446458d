"""What a picture of a pool shows: hosts, their networks, bridges, bonds and legs. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xsbond.lookup import leg_pifs
from xsbond.model import Pif
from xsbond.plan import by_name
from xsbond.snapshot import Snapshot

NULL = "OpaqueRef:NULL"
State = Literal["same", "new", "changed", "gone"]
"""Of a connection, compared with the stage before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A NIC that carries a network, alone or with others."""

    device: str
    link: bool | None
    """Whether XAPI has seen a carrier; None where it has no metrics of the NIC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What connects a host to a network: its PIF there, the bridge, and the NICs below."""

    network: str
    bridge: str
    device: str
    attached: bool
    mode: str = ""
    """Of the bond; empty if it is none."""
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
    """One host, stage by stage."""

    name: str
    master: bool
    differs: bool
    """Whether a claim about the host itself does not hold, for example that nothing has drifted."""
    stages: Mapping[str, tuple[Row, ...]]
    """Stage -> rows, in the order of networks; the same number at every stage."""


def pictures(
    stages: Mapping[str, Snapshot], failed: Collection[tuple[str, str]]
) -> tuple[HostPicture, ...]:
    """Return every host of the last stage; `failed` holds (host, network) that claims fail for."""
    last = list(stages.values())[-1]
    return tuple(_host(stages, last, ref, failed) for ref in by_name(last))


def _host(
    stages: Mapping[str, Snapshot], last: Snapshot, ref: str, failed: Collection[tuple[str, str]]
) -> HostPicture:
    name, uuid = last.labels[ref], last.hosts[ref].uuid
    found = {stage: _connections(look, uuid) for stage, look in stages.items()}
    rows: dict[str, tuple[Row, ...]] = {}
    earlier: Mapping[str, Connection] | None = None
    for stage, connections in found.items():
        is_last = stage == list(found)[-1]
        marked = {network for host, network in failed if host == name} if is_last else set()
        rows[stage] = tuple(_rows(connections, earlier, marked))
        earlier = connections
    return HostPicture(
        name=name,
        master=ref == last.pool.master,
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
        elif earlier is not None and earlier[key] != connection:
            state = "changed"
        yield Row(connection=connection, state=state, failed=connection.network in failed)
    for key, connection in (earlier or {}).items():
        if key not in now:
            yield Row(connection=connection, state="gone")


def _connections(snapshot: Snapshot, uuid: str) -> Mapping[str, Connection]:
    """Return what connects a host, by the PIF's device and tag; legs are part of their bond."""
    host = next((ref for ref, each in snapshot.hosts.items() if each.uuid == uuid), "")
    pifs = [pif for _, pif in snapshot.pifs_by_host.get(host, ()) if not _is_leg(pif)]
    ordered = sorted(pifs, key=lambda pif: (pif.physical, pif.device, pif.VLAN))
    return {f"{pif.device}.{pif.VLAN}": _connection(snapshot, pif) for pif in ordered}


def _is_leg(pif: Pif) -> bool:
    return pif.bond_slave_of not in {"", NULL}


def _connection(snapshot: Snapshot, pif: Pif) -> Connection:
    network = snapshot.networks.get(pif.network)
    bond = snapshot.bonds.get(pif.bond_master_of[0]) if pif.bond_master_of else None
    return Connection(
        network=network.name_label if network else "?",
        bridge=network.bridge if network else "?",
        device=pif.device,
        attached=pif.currently_attached,
        mode=bond.mode if bond else "",
        tag=pif.VLAN,
        address=pif.IP,
        management=pif.management,
        legs=_legs(snapshot, leg_pifs(snapshot, bond).values() if bond else [pif]),
    )


def _legs(snapshot: Snapshot, pifs: Collection[Pif] | Sequence[Pif]) -> tuple[Leg, ...]:
    ordered = sorted(pifs, key=lambda pif: pif.device)
    return tuple(Leg(device=pif.device, link=_link(snapshot, pif)) for pif in ordered)


def _link(snapshot: Snapshot, pif: Pif) -> bool | None:
    metrics = snapshot.pif_metrics.get(pif.metrics)
    return metrics.carrier if metrics else None
