"""On which hosts a guest can run, as far as its networks decide.

Sources: ocaml/xapi/xapi_vm_helpers.ml (assert_can_boot_here, get_possible_hosts_for_vm),
xapi_network_attach_helpers.ml (assert_can_see_named_networks).
"""

from collections.abc import Sequence

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.pifs import is_slave
from xsbond.lab.pool.hosts import is_live
from xsbond.lab.pool.state import Host, Pool

_SHARED = "assume_network_is_shared"


def local_pifs(pool: Pool, host: Host, network: str) -> list[str]:
    """Return the PIFs of a host on a network: at most one."""
    return pool.database.where("PIF", host=host.ref, network=network)


def networks_of(pool: Pool, vm: str) -> list[str]:
    """Return the networks a guest is connected to."""
    vifs = pool.database.get("VM", vm)["VIFs"]
    return list(dict.fromkeys(pool.database.get("VIF", vif)["network"] for vif in vifs))


def refuse_host(pool: Pool, vm: str, host: Host) -> None:
    """Raise the Failure that says why a guest cannot start on a host, if it cannot."""
    if not is_live(pool, host):
        raise Failure("HOST_NOT_LIVE")
    if not pool.database.get("host", host.ref)["enabled"]:
        raise Failure("HOST_DISABLED", host.ref)
    refuse_networks(pool, vm, host, networks_of(pool, vm))


def refuse_networks(pool: Pool, vm: str, host: Host, networks: Sequence[str]) -> None:
    """Raise Failure if a host lacks one of these networks, or has it on a bond's leg."""
    for network in networks:
        if not _is_available(pool, host, network):
            raise Failure("VM_REQUIRES_NETWORK", vm, network)
    for network in networks:
        refuse_slaves_network(pool, host, network)


def refuse_slaves_network(pool: Pool, host: Host, network: str) -> None:
    """Raise Failure HOST_CANNOT_ATTACH_NETWORK if a network is that of a bond's leg there."""
    pifs = (pool.database.get("PIF", pif) for pif in local_pifs(pool, host, network))
    if any(is_slave(pif) for pif in pifs):
        raise Failure("HOST_CANNOT_ATTACH_NETWORK", host.ref, network)


def possible_hosts(pool: Pool, vm: str) -> list[str]:
    """Return the hosts a guest can start on."""
    return [ref for ref in pool.database.refs("host") if _is_possible(pool, vm, pool.hosts[ref])]


def _is_possible(pool: Pool, vm: str, host: Host) -> bool:
    try:
        refuse_host(pool, vm, host)
    except Failure:
        return False
    return True


def _is_available(pool: Pool, host: Host, network: str) -> bool:
    """Tell whether a host has a network; one without PIFs is where its running guests are."""
    record = pool.database.get("network", network)
    pifs = [pool.database.get("PIF", pif) for pif in record["PIFs"]]
    if pifs:
        return any(pif["host"] == host.ref for pif in pifs)
    if record["other_config"].get(_SHARED) == "true" or not record["managed"]:
        return True
    vifs = (pool.database.get("VIF", vif) for vif in record["VIFs"])
    guests = [pool.database.get("VM", vif["VM"]) for vif in vifs]
    homes = {vm["resident_on"] for vm in guests if vm["power_state"] == "Running"}
    return not homes or host.ref in homes
