"""What the pool says about a host: enabled, live, and what may be done with it."""

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.state import Host, Pool

_ALWAYS = ("vm_migrate", "provision", "vm_resume", "enable", "evacuate", "vm_start")
_WHEN_DISABLED = (
    "vm_migrate",
    "provision",
    "vm_resume",
    "apply_updates",
    "enable",
    "reboot",
    "evacuate",
    "vm_start",
    "shutdown",
)


def set_enabled(pool: Pool, host: Host, *, enabled: bool) -> None:
    """Let a host take new VMs, or not (xapi_host_helpers.ml, update_allowed_operations)."""
    operations = list(_ALWAYS if enabled else _WHEN_DISABLED)
    pool.database.set("host", host.ref, enabled=enabled, allowed_operations=operations)


def set_live(pool: Pool, host: Host, *, live: bool) -> None:
    """Record whether a host sends its heartbeat."""
    metrics = pool.database.get("host", host.ref)["metrics"]
    pool.database.set("host_metrics", metrics, live=live)


def is_live(pool: Pool, host: Host) -> bool:
    """Tell whether the pool takes a host for alive."""
    metrics = pool.database.get("host", host.ref)["metrics"]
    return bool(pool.database.get("host_metrics", metrics)["live"])


def reach(pool: Pool, ref: str) -> Host:
    """Return a host that can carry out a call (message_forwarding.ml, do_op_on).

    Raises Failure HOST_OFFLINE for one that is known to be dead, and CANNOT_CONTACT_HOST, after a
    while if it is switched off or out of reach. The master always reaches itself.
    """
    host = pool.hosts.get(ref)
    if host is pool.master:
        return host
    if host is None or not is_live(pool, host):
        raise Failure("HOST_OFFLINE", ref)
    if not (host.powered and host.linked and pool.master.linked):
        pool.pause(pool.delays.unreachable, unless=lambda: host.is_heard)
    if not (host.is_heard and pool.master.linked):
        raise Failure("CANNOT_CONTACT_HOST", ref)
    if host.emergency:
        raise Failure(host.emergency.code, *host.emergency.arguments)
    return host


def cancel_tasks(pool: Pool, host: Host) -> None:
    """Pending tasks that ran on a host end with it (cancel_tasks.ml)."""
    for task in pool.database.where("task", resident_on=host.ref, status="pending"):
        pool.database.set("task", task, status="cancelled", finished=pool.date(), progress=1.0)
    pool.database.set("host", host.ref, current_operations={})


def refresh(pool: Pool, host: Host) -> None:
    """Write anew when host and agent were started (dbsync_slave.ml, refresh_localhost_info)."""
    other_config = pool.database.get("host", host.ref)["other_config"]
    times = {"agent_start_time": f"{pool.clock.time():.0f}."}
    times |= {"boot_time": host.boot_time} if host.boot_time else {}
    pool.database.set("host", host.ref, other_config=other_config | times)
