"""What must hold in every pool's database, whatever was done to it. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from xsbond.lab.database import Database, Record
from xsbond.lab.values import is_null

REFERENCES: Mapping[tuple[str, str], str] = {
    ("pool", "master"): "host",
    ("host", "metrics"): "host_metrics",
    ("PIF", "network"): "network",
    ("PIF", "host"): "host",
    ("PIF", "metrics"): "PIF_metrics",
    ("PIF", "bond_slave_of"): "Bond",
    ("PIF", "VLAN_master_of"): "VLAN",
    ("Bond", "master"): "PIF",
    ("Bond", "primary_slave"): "PIF",
    ("VLAN", "tagged_PIF"): "PIF",
    ("VLAN", "untagged_PIF"): "PIF",
    ("Certificate", "host"): "host",
}
"""(class, field) -> the class it refers to."""
_MAY_BE_NULL = {("PIF", "bond_slave_of"), ("PIF", "VLAN_master_of")}


def complaints(database: Database) -> list[str]:
    """Return one sentence for each thing that cannot be; none for a sound database."""
    return sorted(complaint for rule in _RULES for complaint in rule(database))


def _all(database: Database, name: str) -> dict[str, Record]:
    return {ref: database.get(name, ref) for ref in database.refs(name)}


def _references_lead_somewhere(database: Database) -> Iterator[str]:
    for (name, field), target in REFERENCES.items():
        for ref, record in _all(database, name).items():
            allowed = is_null(record[field]) and (name, field) in _MAY_BE_NULL
            if not allowed and not database.has(target, record[field]):
                yield f"{name} {ref}: {field} refers to no {target}: {record[field]}"


def _one_management_pif_per_host(database: Database) -> Iterator[str]:
    for ref, host in _all(database, "host").items():
        found = database.where("PIF", host=ref, management=True)
        if len(found) != 1:
            yield f"{host['name_label']} has {len(found)} management PIFs"


def _bonds_stay_on_one_host(database: Database) -> Iterator[str]:
    for ref, bond in _all(database, "Bond").items():
        pifs = [bond["master"], *bond["slaves"]]
        hosts = {database.get("PIF", pif)["host"] for pif in pifs if database.has("PIF", pif)}
        if len(hosts) > 1:
            yield f"Bond {ref} spans {len(hosts)} hosts"


def _bonds_have_their_primary_slave(database: Database) -> Iterator[str]:
    for ref, bond in _all(database, "Bond").items():
        if bond["primary_slave"] not in bond["slaves"]:
            yield f"Bond {ref}: the primary slave is none of its slaves"


def _one_bond_per_master(database: Database) -> Iterator[str]:
    for ref, pif in _all(database, "PIF").items():
        if len(pif["bond_master_of"]) > 1:
            yield f"PIF {ref} is the master of {len(pif['bond_master_of'])} bonds"


def _slaves_are_detached(database: Database) -> Iterator[str]:
    for ref, pif in _all(database, "PIF").items():
        if not is_null(pif["bond_slave_of"]) and pif["management"]:
            yield f"PIF {ref} is the leg of a bond and management"


def _bridges_are_unique(database: Database) -> Iterator[str]:
    names = Counter(network["bridge"] for network in _all(database, "network").values())
    for name, times in names.items():
        if name and times > 1:
            yield f"{times} networks have the bridge {name}"


def _one_pif_per_host_and_network(database: Database) -> Iterator[str]:
    pairs = Counter((pif["host"], pif["network"]) for pif in _all(database, "PIF").values())
    for (host, network), times in pairs.items():
        if times > 1:
            yield f"host {host} has {times} PIFs on network {network}"


def _devices_are_unique(database: Database) -> Iterator[str]:
    triples = Counter(
        (pif["host"], pif["device"], pif["VLAN"]) for pif in _all(database, "PIF").values()
    )
    for (host, device, vlan), times in triples.items():
        if times > 1:
            yield f"host {host} has {times} PIFs named {device} with VLAN {vlan}"


def _uuids_are_unique(database: Database) -> Iterator[str]:
    for name in database.classes:
        uuids = Counter(record["uuid"] for record in _all(database, name).values())
        for uuid, times in uuids.items():
            if times > 1:
                yield f"{times} objects of class {name} have the uuid {uuid}"


def _vlans_and_their_pifs_agree(database: Database) -> Iterator[str]:
    for ref, vlan in _all(database, "VLAN").items():
        if not database.has("PIF", vlan["untagged_PIF"]):
            continue
        pif = database.get("PIF", vlan["untagged_PIF"])
        if pif["VLAN_master_of"] != ref or pif["VLAN"] != vlan["tag"]:
            yield f"VLAN {ref} and its PIF disagree"


_RULES: tuple[Callable[[Database], Iterator[str]], ...] = (
    _references_lead_somewhere,
    _one_management_pif_per_host,
    _bonds_stay_on_one_host,
    _bonds_have_their_primary_slave,
    _one_bond_per_master,
    _slaves_are_detached,
    _bridges_are_unique,
    _one_pif_per_host_and_network,
    _devices_are_unique,
    _uuids_are_unique,
    _vlans_and_their_pifs_agree,
)
