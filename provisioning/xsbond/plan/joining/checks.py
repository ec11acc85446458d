"""What a host must be before it joins a pool, so that it can inherit the pool's bonds. Pure.

xapi itself refuses hosts with bonds, with VLANs besides the one of management, with another
management VLAN, or of another version (xapi_pool.ml, pre_join_checks). The rest it lets in, and
the bonds that the host then inherits join the wrong NICs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from xsbond.model import Pif
from xsbond.plan.plan import natural
from xsbond.snapshot.lookup import UNTAGGED, bonds_of, legs_of, nics_of, pifs_of
from xsbond.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold of a host before it joins, and what is wrong with it."""

    id: str
    says: str
    wrong: tuple[str, ...]


def checks(pool: Snapshot, joiner: Snapshot) -> tuple[Check, ...]:
    """Return every check of a host, by looks at the pool and at the host's own pool."""
    return tuple(
        Check(id=id_, says=says, wrong=tuple(wrong(pool, joiner)))
        for id_, (says, wrong) in _CHECKS.items()
    )


def _alone(pool: Snapshot, joiner: Snapshot) -> Iterator[str]:
    if joiner.pool.uuid == pool.pool.uuid:
        yield "it is a host of this pool already"
    elif len(joiner.hosts) > 1:
        yield f"it is in a pool of {len(joiner.hosts)} hosts, and has to leave that first"


def _no_bonds(_: Snapshot, joiner: Snapshot) -> Iterator[str]:
    for _ref, bond in bonds_of(joiner, joiner.pool.master):
        network = joiner.networks.get(joiner.pifs[bond.master].network)
        name = network.name_label if network else joiner.pifs[bond.master].device
        yield f"it has a bond of {'+'.join(sorted(legs_of(joiner, bond)))} on {name}"


def _no_vlans(_: Snapshot, joiner: Snapshot) -> Iterator[str]:
    for _ref, pif in pifs_of(joiner, joiner.pool.master):
        if pif.VLAN != UNTAGGED and not pif.management:
            yield f"it has VLAN {pif.VLAN} on {pif.device}"


def _management(snapshot: Snapshot) -> Pif | None:
    own = pifs_of(snapshot, snapshot.pool.master)
    return next((pif for _, pif in own if pif.management), None)


def _same_management(pool: Snapshot, joiner: Snapshot) -> Iterator[str]:
    there, here = _management(pool), _management(joiner)
    if not there or not here:
        yield "nobody can tell which interface management is on"
    elif here.VLAN != there.VLAN:
        yield f"its management is {_tagged(here)}, that of the pool master {_tagged(there)}"


def _tagged(pif: Pif) -> str:
    return "untagged" if pif.VLAN == UNTAGGED else f"on VLAN {pif.VLAN}"


def _wanted_nics(pool: Snapshot) -> list[str]:
    """Return the NICs that the bonds of the pool master join."""
    master = pool.pool.master
    legs = {leg for _, bond in bonds_of(pool, master) for leg in legs_of(pool, bond)}
    return sorted(legs, key=natural)


def _nics(snapshot: Snapshot) -> dict[str, Pif]:
    return {pif.device: pif for _, pif in nics_of(snapshot, snapshot.pool.master)}


def _same_nics(pool: Snapshot, joiner: Snapshot) -> Iterator[str]:
    there, here = _nics(pool), _nics(joiner)
    same_model = pool.hosts[pool.pool.master].model == joiner.hosts[joiner.pool.master].model
    for nic in _wanted_nics(pool):
        if nic not in here:
            yield f"it has no NIC {nic}, which is in a bond of the pool"
        elif nic in there and same_model:
            own, master = _slot(joiner, here[nic]), _slot(pool, there[nic])
            if own and master and own != master:
                yield f"its {nic} is at PCI {own}, that of the pool master at {master}"


def _slot(snapshot: Snapshot, pif: Pif) -> str:
    metrics = snapshot.pif_metrics.get(pif.metrics)
    return metrics.pci_bus_path if metrics and metrics.pci_bus_path != "N/A" else ""


def _same_speeds(pool: Snapshot, joiner: Snapshot) -> Iterator[str]:
    there, here = _nics(pool), _nics(joiner)
    for nic in _wanted_nics(pool):
        if nic in there and nic in here:
            own, master = _speed(joiner, here[nic]), _speed(pool, there[nic])
            if 0 < own != master > 0:
                yield f"its {nic} runs at {own} Mbit/s, that of the pool master at {master}"


def _speed(snapshot: Snapshot, pif: Pif) -> int:
    metrics = snapshot.pif_metrics.get(pif.metrics)
    return metrics.speed if metrics else 0


def _same_software(pool: Snapshot, joiner: Snapshot) -> Iterator[str]:
    there = pool.hosts[pool.pool.master].software_version
    here = joiner.hosts[joiner.pool.master].software_version
    for key in (
        "product_brand",
        "product_version",
        "build_number",
        "xapi_build",
        "network_backend",
    ):
        if here.get(key) != there.get(key):
            what = (
                f"{here.get(key, 'not told')}, that of the pool master {there.get(key, 'not told')}"
            )
            yield f"its {key} is {what}"


def _free_names(pool: Snapshot, joiner: Snapshot) -> Iterator[str]:
    own = joiner.hosts[joiner.pool.master]
    for host in pool.hosts.values():
        if host.uuid != own.uuid and host.name_label == own.name_label:
            yield f"the pool has a host {own.name_label}"
        if host.uuid != own.uuid and host.address == own.address:
            yield f"the pool has a host with its address, {own.address}"
    if joiner.pool.uuid == pool.pool.uuid:
        return
    bonds = {pool.pifs[bond.master].network for _, bond in bonds_of(pool, pool.pool.master)}
    taken = {pool.networks[ref].name_label for ref in bonds if ref in pool.networks}
    for network in joiner.networks.values():
        if network.name_label in taken:
            yield f"it has a network {network.name_label}, as a bond of the pool is called"


_Finds = Callable[[Snapshot, Snapshot], Iterator[str]]
_CHECKS: MappingProxyType[str, tuple[str, _Finds]] = MappingProxyType(
    {
        "J-alone": ("The host is in no other pool.", _alone),
        "J-bonds": ("The host has no bonds of its own; it inherits the pool's.", _no_bonds),
        "J-vlans": ("The host has no VLANs but that of its management.", _no_vlans),
        "J-management": ("Management is on the same VLAN as on the pool master.", _same_management),
        "J-nics": ("The host has the NICs of the pool's bonds, at the same position.", _same_nics),
        "J-speed": ("These NICs run at the speed they have on the pool master.", _same_speeds),
        "J-versions": ("The host runs what the pool master runs.", _same_software),
        "J-names": ("Names and address of the host and of its networks are free.", _free_names),
    }
)
"""Id -> what must hold, and what finds the reasons why it does not."""
