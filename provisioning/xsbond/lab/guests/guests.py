"""VM records: the control domains, and guests in the small - how they come to run and to rest.

Sources: ocaml/xapi/dbsync_slave.ml (create_domain_zero_record), create_misc.ml,
xapi_vm_lifecycle.ml (allowed_power_states), xapi_vm.ml, xapi_xenops.ml.
"""

from collections.abc import Mapping
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.placement import refuse_host
from xsbond.lab.networking.vifs import MAC_SEED, attach_network, connect, disconnect, refresh_vif
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import NULL, new_uuid

GIB = 1024**3
_CONTROL_MEMORY = 2 * GIB
_CONTROL_OVERHEAD = 20 * 1024**2
_CONTROL_VCPUS = 2
_POWER = ("Halted", "Paused", "Suspended", "Running")

ALLOWED_FROM: Mapping[str, tuple[str, ...]] = {
    "start": ("Halted",),
    "start_on": ("Halted",),
    "pause": ("Running",),
    "unpause": ("Paused",),
    "clean_shutdown": ("Running",),
    "clean_reboot": ("Running",),
    "shutdown": ("Paused", "Suspended", "Running"),
    "hard_shutdown": ("Paused", "Suspended", "Running"),
    "hard_reboot": ("Paused", "Running"),
}
"""Operation -> power states it starts from, in the order the refusal names them."""

_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "Halted": (
        "changing_dynamic_range",
        "changing_shadow_memory",
        "changing_static_range",
        "start",
        "start_on",
        "destroy",
        "export",
        "copy",
        "clone",
        "snapshot",
        "changing_VCPUs",
        "make_into_template",
        "metadata_export",
    ),
    "Running": (
        "changing_dynamic_range",
        "changing_VCPUs_live",
        "pool_migrate",
        "migrate_send",
        "suspend",
        "hard_reboot",
        "hard_shutdown",
        "clean_reboot",
        "clean_shutdown",
        "pause",
        "checkpoint",
        "snapshot",
        "metadata_export",
    ),
    "Paused": ("hard_reboot", "hard_shutdown", "unpause", "snapshot", "metadata_export"),
    "Suspended": ("resume_on", "resume", "hard_shutdown", "destroy", "export", "metadata_export"),
}
"""Power state -> what may be done with a guest of one's own."""
_CONTROL_OPERATIONS = ("metadata_export", "changing_static_range", "changing_dynamic_range")


def record_control_domain(pool: Pool, host: Host) -> str:
    """Store the control domain of a host, with metrics and consoles, and return its reference."""
    master = host is pool.master
    vm = _record_vm(
        pool,
        name_label=f"Control domain on host: {host.name}",
        name_description="The domain which manages physical devices and manages other domains",
        is_control_domain=True,
        power_state="Running",
        allowed_operations=list(_CONTROL_OPERATIONS),
        affinity=host.ref,
        resident_on=host.ref,
        domid=0,
        domarch="x64" if master else "",
        # A member's came into the pool's database by import when it joined.
        version=0 if master else 1,
        other_config={} if master else {MAC_SEED: new_uuid()},
        actions_after_reboot="destroy",
        domain_type="pv",
        VCPUs_max=_CONTROL_VCPUS,
        VCPUs_at_startup=_CONTROL_VCPUS,
        memory_overhead=_CONTROL_OVERHEAD,
        **_memory(_CONTROL_MEMORY),
    )
    pool.database.set("host", host.ref, control_domain=vm)
    for protocol in ("vt100", "rfb"):
        console = pool.database.create("console", protocol=protocol, VM=vm)
        location = f"https://{host.address}/console?ref={console}"
        pool.database.set("console", console, location=location)
    return vm


def record_guest(pool: Pool, name: str, power_state: str = "Halted") -> str:
    """Store a guest that is at rest and return its reference."""
    vm = _record_vm(
        pool,
        name_label=name,
        power_state=power_state,
        allowed_operations=list(_OPERATIONS[power_state]),
        other_config={MAC_SEED: new_uuid()},
        actions_after_reboot="restart",
        domain_type="hvm",
        HVM_boot_policy="BIOS order",
        HVM_boot_params={"order": "cdn"},
        VCPUs_max=1,
        VCPUs_at_startup=1,
        **_memory(GIB),
    )
    metrics = pool.database.get("VM", vm)["metrics"]
    pool.database.set("VM_metrics", metrics, install_time=pool.date())
    return vm


def _record_vm(pool: Pool, *, VCPUs_max: int, domain_type: str, **fields: Any) -> str:  # noqa: N803 - XAPI's name
    metrics = pool.database.create(
        "VM_metrics",
        VCPUs_number=VCPUs_max,
        VCPUs_utilisation={str(number): 0.0 for number in range(1, VCPUs_max + 1)},
        current_domain_type=domain_type,
        hvm=domain_type == "hvm",
    )
    return pool.database.create(
        "VM",
        metrics=metrics,
        user_version=1,
        actions_after_shutdown="destroy",
        actions_after_crash="destroy",
        VCPUs_max=VCPUs_max,
        domain_type=domain_type,
        **fields,
    )


def _memory(size: int) -> dict[str, int]:
    names = ("target", "static_max", "dynamic_max", "dynamic_min", "static_min")
    return {f"memory_{name}": size for name in names}


def refuse_operation(pool: Pool, vm: str, operation: str) -> None:
    """Raise Failure if an operation does not fit a VM's state (check_operation_error)."""
    record = pool.database.get("VM", vm)
    states, state = ALLOWED_FROM[operation], record["power_state"]
    if state not in states:
        expected = ", ".join(states).lower()
        raise Failure("VM_BAD_POWER_STATE", vm, expected, state.lower())
    if record["is_a_template"]:
        raise Failure("VM_IS_TEMPLATE", vm, operation)
    if record["is_control_domain"]:
        raise Failure("OPERATION_NOT_ALLOWED", "Operations on domain 0 are not allowed")


def start(pool: Pool, vm: str, host: Host, *, paused: bool = False) -> None:
    """Let a guest run on a host: its networks come up there first, then its interfaces."""
    refuse_host(pool, vm, host)
    vifs = pool.database.get("VM", vm)["VIFs"]
    for vif in vifs:
        attach_network(pool, host, pool.database.get("VIF", vif)["network"])
    pool.domids[host.ref] = domid = pool.domids.get(host.ref, 0) + 1
    pool.database.set("VM", vm, resident_on=host.ref, domid=domid, domarch="x64")
    for vif in vifs:
        connect(pool, vif)
        pool.database.set("VIF", vif, currently_attached=True)
    _count_memory(pool, vm)
    set_power_state(pool, vm, "Paused" if paused else "Running")


def _count_memory(pool: Pool, vm: str) -> None:
    record = pool.database.get("VM", vm)
    pool.database.set(
        "VM_metrics",
        record["metrics"],
        memory_actual=record["memory_target"],
        start_time=pool.date(),
        last_updated=pool.date(),
    )


def stop(pool: Pool, vm: str) -> None:
    """Let a guest rest: its interfaces go, and the bridges only it needed."""
    for vif in pool.database.get("VM", vm)["VIFs"]:
        if pool.database.get("VIF", vif)["currently_attached"]:
            disconnect(pool, vif)
    pool.database.set("VM", vm, resident_on=NULL, domid=-1)
    set_power_state(pool, vm, "Halted")


def set_power_state(pool: Pool, vm: str, state: str) -> None:
    """Record a power state, and what may be done in it with the VM and its VIFs."""
    pool.database.set("VM", vm, power_state=state, allowed_operations=list(_OPERATIONS[state]))
    for vif in pool.database.get("VM", vm)["VIFs"]:
        refresh_vif(pool, vif)
