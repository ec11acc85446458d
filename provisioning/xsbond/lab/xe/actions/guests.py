"""Virtual machines and their interfaces, as far as networks meet them."""

import secrets
from collections.abc import Callable, Mapping

from xsbond.lab.contracts import Failure
from xsbond.lab.xe.actions.networking import on_one
from xsbond.lab.xe.classes import CLASSES
from xsbond.lab.xe.conversions import GUEST_IP_MODE
from xsbond.lab.xe.errors import CommandError
from xsbond.lab.xe.job import Command, Job
from xsbond.lab.xe.selection import on_each, selected
from xsbond.lab.xe.view import NULL

_LISTED_VIF = ("uuid", "device", "MAC", "network-uuid", "network-name-label", "vm-name-label")
_MIB = 1024 * 1024
_NEW_VM: Mapping[str, object] = {
    "user_version": 0,
    "is_a_template": False,
    "affinity": NULL,
    "memory_target": 256 * _MIB,
    "memory_static_max": 256 * _MIB,
    "memory_dynamic_max": 256 * _MIB,
    "memory_dynamic_min": 128 * _MIB,
    "memory_static_min": 128 * _MIB,
    "VCPUs_params": {},
    "VCPUs_max": 1,
    "VCPUs_at_startup": 1,
    "actions_after_softreboot": "soft_reboot",
    "actions_after_shutdown": "destroy",
    "actions_after_reboot": "restart",
    "actions_after_crash": "destroy",
    "PV_bootloader": "",
    "PV_kernel": "",
    "PV_ramdisk": "",
    "PV_args": "",
    "PV_bootloader_args": "",
    "PV_legacy_args": "",
    "HVM_boot_policy": "",
    "HVM_boot_params": {},
    "HVM_shadow_multiplier": 1.0,
    "platform": {},
    "PCI_bus": "",
    "other_config": {},
    "xenstore_data": {},
    "recommendations": "",
}
"""What vm-create asks for besides the name."""


def _random_mac() -> str:
    """Return a locally administered address of one station (record_util.ml)."""
    first, *rest = secrets.token_bytes(6)
    return ":".join(f"{byte:02x}" for byte in ((first | 2) & 0xFE, *rest))


def _vif_create(job: Job) -> None:
    given = job.parameters
    mac = given.get("mac", "")
    vm, network = job.ref("VM", "vm-uuid"), job.ref("network", "network-uuid")
    record = {
        "device": given["device"],
        "network": network,
        "VM": vm,
        "MAC": _random_mac() if mac == "random" else mac,
        "MTU": job.view.call("network.get_MTU", network),
        "other_config": {},
        "qos_algorithm_type": "",
        "qos_algorithm_params": {},
        "locking_mode": "network_default",
        "ipv4_allowed": [],
        "ipv6_allowed": [],
    }
    job.print_uuid("VIF", job.view.call("VIF.create", record))


def _vif_unplug(job: Job) -> None:
    vif = job.ref("VIF")
    job.view.call("VIF.unplug_force" if job.flag("force") else "VIF.unplug", vif)


def _vif_move(job: Job) -> None:
    vif, network = job.ref("VIF"), job.ref("network", "network-uuid")
    job.view.call("VIF.move", vif, network)


def _vif_configure(method: str) -> Callable[[Job], None]:
    def run(job: Job) -> None:
        given, vif = job.parameters, job.ref("VIF")
        mode = GUEST_IP_MODE(job.view, "mode", given["mode"])
        address = given.get("address", "")
        if mode == "Static" and not address:
            raise CommandError("Required parameter not found: address")
        job.view.call(method, vif, mode, address, given.get("gateway", ""))

    return run


def _on_vms(
    operate: Callable[[Job, str], None],
    help_text: str,
    *,
    optional: tuple[str, ...] = (),
    controls: bool = False,
) -> Command:
    """Return the command that does something to the VMs it selects, dom0s only if `controls`."""

    def run(job: Job) -> None:
        implied = [("is-a-template", "false")]
        if not controls:
            implied.append(("is-control-domain", "false"))
        besides = {*optional, "progress"} - {"force"}
        entries = selected(job, "vm", besides=tuple(besides), implied=implied)
        on_each(job, "vm", lambda ref: operate(job, ref), entries, several=True)

    return Command(run=run, help=help_text, selects="vm", optional=optional, standard=True)


def _vm_start(job: Job, vm: str) -> None:
    _start(job, vm, "VM.start", (job.flag("paused"), job.flag("force")))


def _start(job: Job, vm: str, method: str, options: tuple[bool, bool]) -> None:
    """Start a VM anywhere, or on the host asked for by name or uuid."""
    where = job.parameters.get("on")
    if where is None:
        job.view.call(method, vm, *options)
        return
    hosts = job.view.records("host").items()
    found = [ref for ref, record in hosts if where in {record["uuid"], record["name_label"]}]
    if not found:
        raise CommandError(f"Host {where} not found")
    job.view.call(f"{method}_on", vm, found[0], *options)


def _vm_resume(job: Job, vm: str) -> None:
    _start(job, vm, "VM.resume", (False, job.flag("force")))


def _by_force(forced: str, otherwise: str) -> Callable[[Job, str], None]:
    return lambda job, vm: job.view.call(forced if job.flag("force") else otherwise, vm)


def _calling(method: str) -> Callable[[Job, str], None]:
    return lambda job, vm: job.view.call(method, vm)


def _vm_create(job: Job) -> None:
    given = job.parameters
    names = {
        "name_label": given["name-label"],
        "name_description": given.get("name-description", ""),
    }
    job.print_uuid("VM", job.view.call("VM.create", {**names, **_NEW_VM}))


def _vm_destroy(job: Job) -> None:
    vm = job.ref("VM")
    if job.view.call("VM.get_is_control_domain", vm):
        text = "You cannot destroy a control domain via the CLI"
        raise Failure("OPERATION_NOT_ALLOWED", text)
    job.view.call("VM.destroy", vm)


def _vm_vif_list(job: Job) -> None:
    """Several VMs are fine here without --multiple."""
    implied = [("is-a-template", "false"), ("is-control-domain", "false")]
    entries = selected(job, "vm", besides=("params",), implied=implied)
    if not entries:
        raise CommandError("No matching VMs found")
    wanted = job.parameters.get("params", ",".join(_LISTED_VIF)).split(",")
    fields = [field for field in CLASSES["vif"].fields if wanted == ["all"] or field.name in wanted]
    vifs = job.view.records("VIF")
    for _, vm in entries:
        rows = [
            [(field.label, field.read(vifs[ref], job.view)) for field in fields]
            for ref in vm["VIFs"]
        ]
        job.printer.table(rows)


COMMANDS: Mapping[str, Command] = {
    "vif-create": Command(
        run=_vif_create,
        required=("device", "network-uuid", "vm-uuid"),
        optional=("mac",),
        help="Gives a VM a virtual interface on a network; mac=random draws a MAC.",
    ),
    "vif-destroy": on_one("VIF.destroy", "Removes a virtual interface."),
    "vif-plug": on_one("VIF.plug", "Connects a running VM's virtual interface."),
    "vif-unplug": Command(
        run=_vif_unplug,
        required=("uuid",),
        optional=("force",),
        help="Disconnects a running VM's virtual interface.",
    ),
    "vif-configure-ipv4": Command(
        run=_vif_configure("VIF.configure_ipv4"),
        required=("uuid", "mode"),
        optional=("address", "gateway"),
        help="Sets a virtual interface's IPv4 address.",
    ),
    "vif-configure-ipv6": Command(
        run=_vif_configure("VIF.configure_ipv6"),
        required=("uuid", "mode"),
        optional=("address", "gateway"),
        help="Sets a virtual interface's IPv6 address.",
    ),
    "vif-move": Command(
        run=_vif_move,
        required=("uuid", "network-uuid"),
        help="Moves a virtual interface to another network.",
    ),
    "vm-vif-list": Command(
        run=_vm_vif_list,
        help="Lists the virtual interfaces of the selected VMs.",
        selects="vm",
        standard=True,
    ),
    "vm-start": _on_vms(
        _vm_start,
        "Starts the selected VMs, with on=HOST on that host; --force skips compatibility checks.",
        optional=("force", "on", "paused"),
        controls=True,
    ),
    "vm-shutdown": _on_vms(
        _by_force("VM.hard_shutdown", "VM.clean_shutdown"),
        "Shuts the selected VMs down; --force does not ask them.",
        optional=("force",),
    ),
    "vm-reboot": _on_vms(
        _by_force("VM.hard_reboot", "VM.clean_reboot"),
        "Reboots the selected VMs.",
        optional=("force",),
    ),
    "vm-suspend": _on_vms(_calling("VM.suspend"), "Suspends the selected VMs to disk."),
    "vm-resume": _on_vms(_vm_resume, "Resumes the selected VMs.", optional=("force", "on")),
    "vm-pause": _on_vms(
        _calling("VM.pause"),
        "Pauses a running VM, which keeps its memory.",
    ),
    "vm-unpause": _on_vms(_calling("VM.unpause"), "Lets a paused VM run on."),
    "vm-create": Command(
        run=_vm_create,
        required=("name-label",),
        optional=("name-description",),
        help="Makes a VM with default settings.",
        hidden=True,
    ),
    "vm-destroy": Command(
        run=_vm_destroy,
        required=("uuid",),
        help="Removes a VM and leaves its disks.",
    ),
}
"""Command -> what it does (cli_frontend.ml, cmdtable_data)."""
