"""What the pool says about a host: enabled, live, and what may be done with it."""

from xsbond.lab.state import Host, Pool

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


def refresh(pool: Pool, host: Host) -> None:
    """Write the start time of the host's agent anew (dbsync_slave.ml, refresh_localhost_info)."""
    other_config = pool.database.get("host", host.ref)["other_config"]
    started = f"{pool.clock.time():.0f}."
    pool.database.set("host", host.ref, other_config=other_config | {"agent_start_time": started})
