"""Records that lost what they belong to, and what goes with them (ocaml/xapi/db_gc_util.ml)."""

from collections.abc import Callable, Iterator, Mapping

from xsbond.lab.pool.database import Database, Record
from xsbond.lab.pool.values import is_null


def collect_orphans(database: Database) -> None:
    """Destroy every record of the classes in ORPHANS that lost what it belongs to."""
    for name, (is_orphan, what_goes_too) in ORPHANS.items():
        for ref in database.refs(name):
            record = database.get(name, ref)
            if not is_orphan(database, ref, record):
                continue
            for other, each in list(what_goes_too(record)):
                if database.has(other, each):
                    database.destroy(other, each)
            database.destroy(name, ref)


def _lost(**fields: str) -> Callable[[Database, str, Record], bool]:
    """Return what tells whether a field refers to nothing; field -> the class it refers to."""

    def is_orphan(database: Database, _: str, record: Record) -> bool:
        return not all(database.has(target, record[field]) for field, target in fields.items())

    return is_orphan


def _unowned(owner: str, field: str) -> Callable[[Database, str, Record], bool]:
    """Return what tells whether no object of a class refers to a record."""

    def is_orphan(database: Database, ref: str, _: Record) -> bool:
        return not database.where(owner, **{field: ref})

    return is_orphan


def _with_a_pif(pif: Record) -> Iterator[tuple[str, str]]:
    """Its bond, VLAN, tunnel or SR-IOV, and its metrics unless they are those of a PIF below it."""
    shares = pif["tunnel_access_PIF_of"] or pif["sriov_logical_PIF_of"]
    if is_null(pif["VLAN_master_of"]) and not shares:
        yield "PIF_metrics", pif["metrics"]
    yield "VLAN", pif["VLAN_master_of"]
    yield from (("tunnel", each) for each in pif["tunnel_access_PIF_of"])
    yield from (("network_sriov", each) for each in pif["sriov_logical_PIF_of"])
    yield from (("Bond", each) for each in pif["bond_master_of"])


def _with_a_vif(vif: Record) -> Iterator[tuple[str, str]]:
    yield "VIF_metrics", vif["metrics"]


def _alone(_: Record) -> Iterator[tuple[str, str]]:
    return iter(())


Orphan = Callable[[Database, str, Record], bool]
GoesToo = Callable[[Record], Iterator[tuple[str, str]]]
ORPHANS: Mapping[str, tuple[Orphan, GoesToo]] = {
    "PIF": (_lost(host="host", network="network"), _with_a_pif),
    "VIF": (_lost(VM="VM", network="network"), _with_a_vif),
    "host_metrics": (_unowned("host", "metrics"), _alone),
    "Certificate": (_lost(host="host"), _alone),
}
"""Class -> when one of its records is of no use any more, and what is destroyed with it."""
