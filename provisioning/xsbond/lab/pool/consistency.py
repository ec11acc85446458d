"""What must hold in every pool, whatever was done to it: tables of named rules. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from xsbond.lab.pool.database import Database, Record
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import is_null

REFERENCES: Mapping[tuple[str, str], str] = {
    ("pool", "master"): "host",
    ("host", "metrics"): "host_metrics",
    ("host", "control_domain"): "VM",
    ("PIF", "network"): "network",
    ("PIF", "host"): "host",
    ("PIF", "metrics"): "PIF_metrics",
    ("PIF", "bond_slave_of"): "Bond",
    ("PIF", "VLAN_master_of"): "VLAN",
    ("Bond", "master"): "PIF",
    ("Bond", "primary_slave"): "PIF",
    ("VLAN", "tagged_PIF"): "PIF",
    ("VLAN", "untagged_PIF"): "PIF",
    ("network_sriov", "physical_PIF"): "PIF",
    ("network_sriov", "logical_PIF"): "PIF",
    ("tunnel", "access_PIF"): "PIF",
    ("tunnel", "transport_PIF"): "PIF",
    ("VIF", "network"): "network",
    ("VIF", "VM"): "VM",
    ("VIF", "metrics"): "VIF_metrics",
    ("VM", "metrics"): "VM_metrics",
    ("VM", "resident_on"): "host",
    ("console", "VM"): "VM",
    ("Certificate", "host"): "host",
}
"""(class, field) -> the class it refers to."""
_MAY_BE_NULL = {("PIF", "bond_slave_of"), ("PIF", "VLAN_master_of"), ("VM", "resident_on")}


def complaints(database: Database) -> list[str]:
    """Return one sentence for each thing that cannot be; none for a sound database."""
    return sorted(complaint for rule in RULES.values() for complaint in rule(database))


def dom0_complaints(pool: Pool) -> list[str]:
    """Return one sentence for each PIF about which database and dom0 disagree.

    A pool may come to that by what is done in a dom0 by hand, or by a failure halfway.
    """
    return sorted(complaint for rule in DOM0_RULES.values() for complaint in rule(pool))


def _all(database: Database, name: str) -> dict[str, Record]:
    return {ref: database.get(name, ref) for ref in database.refs(name)}


def _references_lead_somewhere(database: Database) -> Iterator[str]:
    for (name, field), target in REFERENCES.items():
        for ref, record in _all(database, name).items():
            allowed = is_null(record[field]) and (name, field) in _MAY_BE_NULL
            if not allowed and not database.has(target, record[field]):
                yield f"{name} {ref}: {field} refers to no {target}: {record[field]}"


def _one_management_pif_per_host(database: Database) -> Iterator[str]:
    """Or none, after host.management_disable."""
    for ref, host in _all(database, "host").items():
        found = database.where("PIF", host=ref, management=True)
        if len(found) > 1:
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


def _legs_do_not_manage(database: Database) -> Iterator[str]:
    for ref, pif in _all(database, "PIF").items():
        if not is_null(pif["bond_slave_of"]) and pif["management"]:
            yield f"PIF {ref} is the leg of a bond and management"


def _legs_carry_nothing(database: Database) -> Iterator[str]:
    for ref, pif in _all(database, "PIF").items():
        upon = [*pif["VLAN_slave_of"], *pif["tunnel_transport_PIF_of"]]
        if not is_null(pif["bond_slave_of"]) and upon:
            yield f"PIF {ref} is the leg of a bond and carries {upon[0]}"


def _physical_pifs_are_nothing_else(database: Database) -> Iterator[str]:
    for ref, pif in _all(database, "PIF").items():
        roles = (
            pif["physical"],
            bool(pif["bond_master_of"]),
            not is_null(pif["VLAN_master_of"]),
            bool(pif["tunnel_access_PIF_of"]),
            bool(pif["sriov_logical_PIF_of"]),
        )
        if sum(roles) > 1:
            yield f"PIF {ref} is of {sum(roles)} kinds"


def _metrics_are_shared_by_what_is_above_only(database: Database) -> Iterator[str]:
    own = Counter(
        pif["metrics"]
        for pif in _all(database, "PIF").values()
        if is_null(pif["VLAN_master_of"])
        and not pif["tunnel_access_PIF_of"]
        and not pif["sriov_logical_PIF_of"]
    )
    for metrics, times in own.items():
        if times > 1:
            yield f"{times} PIFs have the PIF_metrics {metrics}"


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


def _is_on_sriov(database: Database, pif: Record) -> bool:
    vlan = pif["VLAN_master_of"]
    if is_null(vlan) or not database.has("VLAN", vlan):
        return bool(pif["sriov_logical_PIF_of"])
    tagged = database.get("VLAN", vlan)["tagged_PIF"]
    return database.has("PIF", tagged) and bool(database.get("PIF", tagged)["sriov_logical_PIF_of"])


def _devices_are_unique(database: Database) -> Iterator[str]:
    """What SR-IOV made of a NIC has the NIC's name, and so have the VLANs on it."""
    triples = Counter(
        (pif["host"], pif["device"], pif["VLAN"])
        for pif in _all(database, "PIF").values()
        if not _is_on_sriov(database, pif)
    )
    for (host, device, vlan), times in triples.items():
        if times > 1:
            yield f"host {host} has {times} PIFs named {device} with VLAN {vlan}"


def _uuids_are_unique(database: Database) -> Iterator[str]:
    for name in database.classes:
        if "uuid" not in database.classes[name].by_name:
            continue
        uuids = Counter(record["uuid"] for record in _all(database, name).values())
        for uuid, times in uuids.items():
            if times > 1:
                yield f"{times} objects of class {name} have the uuid {uuid}"


def _vlans_and_their_pifs_agree(database: Database) -> Iterator[str]:
    for ref, vlan in _all(database, "VLAN").items():
        if not all(database.has("PIF", vlan[end]) for end in ("tagged_PIF", "untagged_PIF")):
            continue
        pif, below = (database.get("PIF", vlan[f"{end}_PIF"]) for end in ("untagged", "tagged"))
        if pif["VLAN_master_of"] != ref or pif["VLAN"] != vlan["tag"]:
            yield f"VLAN {ref} and its PIF disagree"
        if (pif["host"], pif["device"]) != (below["host"], below["device"]):
            yield f"VLAN {ref}: its PIF is not where its tagged PIF is"


def _guests_run_somewhere(database: Database) -> Iterator[str]:
    for vm in _all(database, "VM").values():
        runs = vm["power_state"] in {"Running", "Paused"}
        if runs == is_null(vm["resident_on"]):
            yield f"VM {vm['name_label']} is {vm['power_state']} on {vm['resident_on']}"


def _attached_vifs_have_a_running_guest(database: Database) -> Iterator[str]:
    for ref, vif in _all(database, "VIF").items():
        if vif["currently_attached"] and database.has("VM", vif["VM"]):
            state = database.get("VM", vif["VM"])["power_state"]
            if state == "Halted":
                yield f"VIF {ref} is attached to a guest that is {state}"


def _vif_devices_are_unique(database: Database) -> Iterator[str]:
    pairs = Counter((vif["VM"], vif["device"]) for vif in _all(database, "VIF").values())
    for (vm, device), times in pairs.items():
        if times > 1:
            yield f"VM {vm} has {times} VIFs {device}"


def _one_control_domain_per_host(database: Database) -> Iterator[str]:
    for ref, host in _all(database, "host").items():
        found = database.where("VM", resident_on=ref, is_control_domain=True)
        if found != [host["control_domain"]]:
            yield f"{host['name_label']} has {len(found)} control domains"


RULES: Mapping[str, Callable[[Database], Iterator[str]]] = {
    "references lead somewhere": _references_lead_somewhere,
    "a host has one management PIF": _one_management_pif_per_host,
    "a bond stays on one host": _bonds_stay_on_one_host,
    "a bond's primary slave is one of its slaves": _bonds_have_their_primary_slave,
    "a PIF is the master of one bond": _one_bond_per_master,
    "a leg does not manage": _legs_do_not_manage,
    "a leg carries no VLAN and no tunnel": _legs_carry_nothing,
    "a PIF is of one kind": _physical_pifs_are_nothing_else,
    "only VLANs, tunnels and SR-IOV share metrics": _metrics_are_shared_by_what_is_above_only,
    "a bridge is one network's": _bridges_are_unique,
    "a host has one PIF on a network": _one_pif_per_host_and_network,
    "a device is one PIF's": _devices_are_unique,
    "uuids are unique": _uuids_are_unique,
    "a VLAN and its PIFs agree": _vlans_and_their_pifs_agree,
    "what runs, runs somewhere": _guests_run_somewhere,
    "an attached VIF has a running guest": _attached_vifs_have_a_running_guest,
    "a guest's devices are unique": _vif_devices_are_unique,
    "a host has one control domain": _one_control_domain_per_host,
}
"""What holds -> who finds where it does not."""


def _pifs_by_bridge(pool: Pool) -> Iterator[tuple[Record, str, bool]]:
    """Yield managed PIFs with their bridge, and whether dom0 has it."""
    for ref in pool.database.refs("PIF"):
        pif = pool.database.get("PIF", ref)
        bridge = pool.database.get("network", pif["network"])["bridge"]
        if pif["managed"] and not _is_on_sriov(pool.database, pif):
            yield pif, bridge, bridge in pool.host_of(pif).backend.bridges()


def _attached_pifs_have_their_bridge(pool: Pool) -> Iterator[str]:
    for pif, bridge, exists in _pifs_by_bridge(pool):
        if pif["currently_attached"] and not exists:
            yield f"{pool.host_of(pif).name}: {pif['device']} is attached without {bridge}"


def _legs_have_no_bridge(pool: Pool) -> Iterator[str]:
    for pif, bridge, exists in _pifs_by_bridge(pool):
        if not is_null(pif["bond_slave_of"]) and exists:
            yield f"{pool.host_of(pif).name}: {pif['device']} is a leg and has {bridge}"


def _management_interface_is_in_the_inventory(pool: Pool) -> Iterator[str]:
    for pif, bridge, _ in _pifs_by_bridge(pool):
        host = pool.host_of(pif)
        told = f"MANAGEMENT_INTERFACE='{bridge}'"
        if pif["management"] and told not in host.backend.read_file("/etc/xensource-inventory"):
            yield f"{host.name}: the inventory does not name {bridge}"


DOM0_RULES: Mapping[str, Callable[[Pool], Iterator[str]]] = {
    "an attached PIF has its bridge": _attached_pifs_have_their_bridge,
    "a leg has no bridge of its own": _legs_have_no_bridge,
    "the inventory names the management bridge": _management_interface_is_in_the_inventory,
}
"""What holds -> who finds where it does not."""
