"""What a member's xapi would bond by itself when it starts: the NICs that stand for the master's.

Up to xapi 25.34 a NIC stands for the one of the same device, from 25.35 on for the one of the same
position, the N of its network's bridge `xenbrN` (sync_networking.ml, copy_bonds_from_master). It is
not only what an apply rests on: each later start of xapi destroys a bond of other NICs.
"""

import re
from collections.abc import Callable, Mapping

from xsbond.model import DesiredBond, Pif
from xsbond.snapshot.lookup import nic_pifs, nics_of, wanted_on
from xsbond.snapshot.snapshot import Snapshot

_BY_POSITION_SINCE = (25, 35)
_POSITION = re.compile(r"xenbr(\d+)")
_BUILD = re.compile(r"(\d+)\.(\d+)")

_Key = Callable[[Snapshot, Pif], str]


def inherited_nics(snapshot: Snapshot, host: str, bond: DesiredBond) -> tuple[str, ...]:
    """Return the devices a host ref's xapi would bond as its master does, the primary one first."""
    key = _key_of(snapshot, host)
    master = snapshot.pool.master
    theirs = [
        key(snapshot, pif)
        for nic in wanted_on(snapshot, master, bond).nics
        for _, pif in nic_pifs(snapshot, master, nic)
    ]
    mine: Mapping[str, str] = {key(snapshot, pif): pif.device for _, pif in nics_of(snapshot, host)}
    return tuple(mine[mark] for mark in theirs if mark and mark in mine)


def _key_of(snapshot: Snapshot, host: str) -> _Key:
    build = _BUILD.match(snapshot.hosts[host].software_version.get("xapi_build", ""))
    version = (int(build[1]), int(build[2])) if build else _BY_POSITION_SINCE
    return _position if version >= _BY_POSITION_SINCE else _device


def _device(_: Snapshot, pif: Pif) -> str:
    return pif.device


def _position(snapshot: Snapshot, pif: Pif) -> str:
    network = snapshot.networks.get(pif.network)
    found = _POSITION.fullmatch(network.bridge) if network else None
    return found[1] if found else ""
