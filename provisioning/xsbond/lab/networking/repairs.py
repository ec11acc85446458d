"""What a starting host puts right about its bonds: nothing but the bond may use a leg.

Source: ocaml/xapi/sync_networking.ml (fix_bonds), xapi_bond.ml (fix_bond). It was made for the
upgrade from releases in which legs carried VLANs and guests, and runs at every start since.
"""

from collections.abc import Callable, Sequence
from functools import partial

from xsbond.lab.contracts import Failure
from xsbond.lab.networking import networkd
from xsbond.lab.networking.pifs import has_address, is_slave, manage_through, move_address
from xsbond.lab.networking.tunnels import move_tunnels
from xsbond.lab.networking.vifs import local_vifs, move_vif
from xsbond.lab.networking.vlans import move_vlans
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import NULL, is_null


def repair_bonds(pool: Pool, host: Host) -> None:
    """Untie legs from bonds that are gone, then move what is on legs to their bonds.

    What cannot be moved is logged in dom0, and the rest goes on.
    """
    _untie(pool, host)
    for bond in _bonds_of(pool, host):
        for repair in (_move_up, _move_management, _move_address):
            _try(pool, host, partial(repair, pool, host, bond))


def _untie(pool: Pool, host: Host) -> None:
    for ref in pool.database.where("PIF", host=host.ref):
        pif = pool.database.get("PIF", ref)
        if is_slave(pif) and not pool.database.has("Bond", pif["bond_slave_of"]):
            pool.database.set("PIF", ref, bond_slave_of=NULL)


def _bonds_of(pool: Pool, host: Host) -> list[str]:
    pifs = (pool.database.get("PIF", ref) for ref in pool.database.where("PIF", host=host.ref))
    return [bond for pif in pifs for bond in pif["bond_master_of"][:1]]


def _try(pool: Pool, host: Host, work: Callable[[], None]) -> None:
    try:
        work()
    except Failure as failure:
        reason = " ".join([failure.code, *failure.arguments])
        pool.log(host, f"a bond could not be put right: {reason}")


def _legs(pool: Pool, bond: str) -> dict[str, Record]:
    slaves: Sequence[str] = pool.database.get("Bond", bond)["slaves"]
    return {leg: pool.database.get("PIF", leg) for leg in slaves}


def _move_up(pool: Pool, host: Host, bond: str) -> None:
    """Move VLANs, tunnels and guests."""
    master, legs = pool.database.get("Bond", bond)["master"], _legs(pool, bond)
    network = pool.database.get("PIF", master)["network"]
    guests = local_vifs(pool, host, [leg["network"] for leg in legs.values()])
    for leg in legs:
        move_vlans(pool, leg, master)
    for leg in legs:
        move_tunnels(pool, leg, master)
    for guest in guests:
        move_vif(pool, guest, network)


def _move_management(pool: Pool, host: Host, bond: str) -> None:
    """Let the host be managed through the bond, whose primary slave is then the leg it was."""
    legs = _legs(pool, bond)
    managing = [leg for leg, pif in legs.items() if pif["management"]]
    record = pool.database.get("Bond", bond)
    if managing:
        _take_address(pool, managing[0], record["master"])
        pool.database.set("Bond", bond, primary_slave=managing[0])
        networkd.plug(pool, record["master"])
        manage_through(pool, record["master"])
        host.process.listen()
    elif is_null(record["primary_slave"]) and legs:
        pool.database.set("Bond", bond, primary_slave=next(iter(legs)))


def _move_address(pool: Pool, _: Host, bond: str) -> None:
    """Give a bond without an address the one that was left on a leg, the primary one's first."""
    record, legs = pool.database.get("Bond", bond), _legs(pool, bond)
    addressed = [leg for leg, pif in legs.items() if has_address(pif)]
    for leg in sorted(addressed, key=lambda leg: leg != record["primary_slave"])[:1]:
        if _take_address(pool, leg, record["master"]):
            networkd.plug(pool, record["master"])


def _take_address(pool: Pool, leg: str, master: str) -> bool:
    """Move a leg's address to its bond; tell whether it was moved. A bond keeps its own."""
    if has_address(pool.database.get("PIF", master)):
        return False
    move_address(pool, leg, master)
    return True
