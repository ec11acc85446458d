"""Where the guests of a host could go, and what keeps them from it (xapi_host.ml).

The rules are those of compute_evacuation_plan_no_wlb; memory is never short in a lab.
"""

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.placement import networks_of, refuse_networks
from xsbond.lab.networking.vifs import attach_network, connect, disconnect
from xsbond.lab.pool import hosts
from xsbond.lab.pool.state import Host, Pool


def guests_of(pool: Pool, host: Host) -> list[str]:
    """Return the guests that run on a host, its control domain left out."""
    resident = pool.database.get("host", host.ref)["resident_VMs"]
    return [vm for vm in resident if not pool.database.get("VM", vm)["is_control_domain"]]


def obstacles(pool: Pool, host: Host) -> dict[str, Failure]:
    """Return the guests that cannot leave a host, and why."""
    targets = _targets(pool, host)
    found = {vm: _obstacle(pool, vm, targets) for vm in guests_of(pool, host)}
    return {vm: failure for vm, failure in found.items() if failure}


def _targets(pool: Pool, host: Host) -> list[Host]:
    others = (other for other in pool.hosts.values() if other is not host)
    return [other for other in others if _takes_guests(pool, other)]


def _takes_guests(pool: Pool, host: Host) -> bool:
    return bool(pool.database.get("host", host.ref)["enabled"]) and hosts.is_live(pool, host)


def _obstacle(pool: Pool, vm: str, targets: list[Host]) -> Failure | None:
    """Return why a guest cannot run on some host that would take it."""
    if not targets:
        return Failure("NO_HOSTS_AVAILABLE", vm)
    for target in targets:
        try:
            refuse_networks(pool, vm, target, networks_of(pool, vm))
        except Failure as failure:
            return failure
    return None


def evacuate(pool: Pool, host: Host) -> None:
    """Move all guests to other hosts; the Failure of the first that cannot, and none moves."""
    for failure in obstacles(pool, host).values():
        raise failure
    for vm in guests_of(pool, host):
        _migrate(pool, vm, _targets(pool, host)[0])


def _migrate(pool: Pool, vm: str, target: Host) -> None:
    """Let a running guest go on elsewhere: its interfaces vanish here and come up there."""
    vifs = pool.database.get("VM", vm)["VIFs"]
    for vif in vifs:
        attach_network(pool, target, pool.database.get("VIF", vif)["network"])
        disconnect(pool, vif)
    pool.domids[target.ref] = domid = pool.domids.get(target.ref, 0) + 1
    pool.database.set("VM", vm, resident_on=target.ref, domid=domid)
    for vif in vifs:
        connect(pool, vif)
        pool.database.set("VIF", vif, currently_attached=True)
