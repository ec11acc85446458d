"""Hosts: one by its uuid, or those that the values of fields select."""

from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.xe.actions.networking import on_one
from xsbond.lab.xe.conversions import integer
from xsbond.lab.xe.errors import CommandError
from xsbond.lab.xe.job import Command, Job
from xsbond.lab.xe.selection import on_each, selected

_DANGEROUS = (
    "This operation is dangerous and may cause data loss. This operation must be forced"
    " (use --force)."
)
_FORGET = (
    "WARNING: A host should only be forgotten if it is physically unrecoverable;",
    "WARNING: if possible, Hosts should be 'ejected' from the Pool instead.",
    "WARNING: Once a host has been forgotten it will have to be re-installed.",
    "WARNING: This operation is irreversible.",
)
_DECLARE_DEAD = (
    "WARNING: A host should only be declared dead if it is verified offline.",
    "WARNING: Performing this operation if the host is still online and has any",
    "WARNING: running VMs may lead to possible data loss and/or corruption.",
)


def says_yes(job: Job) -> bool:
    """Ask whether to go on (cli_util.ml, user_says_yes)."""
    job.terminal.print("Type 'yes' to continue")
    typed = job.terminal.ask()
    if typed.strip().lower() == "yes":
        return True
    job.terminal.print(f"Aborted (you typed: '{typed}')")
    return False


def _on_hosts(
    operate: Callable[[Job, str], None],
    help_text: str,
    *,
    several: bool = True,
    optional: tuple[str, ...] = (),
    required: tuple[str, ...] = (),
) -> Command:
    """Return the command that does something to the hosts it selects."""

    def run(job: Job) -> None:
        entries = selected(job, "host", besides=(*required, *optional))
        on_each(job, "host", lambda ref: operate(job, ref), entries, several=several)

    return Command(run=run, help=help_text, selects="host", optional=optional, required=required)


def _calling(method: str) -> Callable[[Job, str], None]:
    return lambda job, host: job.view.call(method, host)


def _printing(method: str) -> Callable[[Job, str], None]:
    return lambda job, host: job.printer.message(str(job.view.call(method, host)))


def _enable(job: Job, host: str) -> None:
    """The mark of XenCenter's maintenance mode goes, or it would disable the host again."""
    job.view.call("host.remove_from_other_config", host, "MAINTENANCE_MODE")
    job.view.call("host.enable", host)


def _disable(job: Job, host: str) -> None:
    stays_disabled = not job.flag("auto-enable", otherwise=True)
    job.view.call("host.disable", host, *([False] if stays_disabled else []))


def _evacuate(job: Job, host: str) -> None:
    given = job.parameters
    more: list[object] = []
    if {"network-uuid", "batch-size"} & given.keys():
        more.append(job.ref("network", "network-uuid") if "network-uuid" in given else "")
    if "batch-size" in given:
        more.append(integer(job.view, "batch-size", given["batch-size"]))
    job.view.call("host.evacuate", host, *more)


def _with_care(method: str, warnings: Sequence[str], help_text: str) -> Command:
    """Return a command that warns and asks first, unless it is forced."""

    def run(job: Job) -> None:
        host = job.ref("host")
        if not job.flag("force"):
            for warning in warnings:
                job.terminal.print(warning)
            if not says_yes(job):
                return
        job.view.call(method, host)

    return Command(run=run, required=("uuid",), help=help_text)


def _here(method: str, help_text: str, *, hidden: bool = False) -> Command:
    """Return a command about the host xe talks to."""

    def run(job: Job) -> None:
        job.view.call(method)

    return Command(run=run, help=help_text, stays=True, hidden=hidden)


def _is_in_emergency_mode(job: Job) -> None:
    in_emergency = job.view.call("host.is_in_emergency_mode")
    job.printer.message(str(in_emergency).lower())


def _management_reconfigure(job: Job) -> None:
    job.view.call("host.management_reconfigure", job.ref("PIF", "pif-uuid"))


def _local_management_reconfigure(job: Job) -> None:
    job.view.call("host.local_management_reconfigure", job.parameters["interface"])


def _emergency_ha_disable(job: Job) -> None:
    soft = job.flag("soft")
    if not job.flag("force"):
        raise CommandError(_DANGEROUS)
    job.view.call("host.emergency_ha_disable", soft)


def _set_hostname_live(job: Job) -> None:
    host = job.ref("host", "host-uuid")
    job.view.call("host.set_hostname_live", host, job.parameters["host-name"])


def _syslog_reconfigure(job: Job) -> None:
    job.view.call("host.syslog_reconfigure", job.ref("host", "host-uuid"))


def _call_plugin(job: Job) -> None:
    host, given = job.ref("host", "host-uuid"), job.parameters
    arguments = job.keys_of("args")
    answer = job.view.call("host.call_plugin", host, given["plugin"], given["fn"], arguments)
    job.printer.values([answer])


COMMANDS: Mapping[str, Command] = {
    "host-enable": _on_hosts(_enable, "Lets VMs start on a host again."),
    "host-disable": _on_hosts(
        _disable,
        "Lets no VM start on a host; with auto-enable=false it stays so over restarts.",
        optional=("auto-enable",),
    ),
    "host-enable-ssh": _on_hosts(_calling("host.enable_ssh"), "Starts sshd on a host."),
    "host-disable-ssh": _on_hosts(_calling("host.disable_ssh"), "Stops sshd on a host."),
    "host-sync-data": _on_hosts(
        _calling("host.sync_data"),
        "Copies what the pool master keeps in files to a host.",
    ),
    "host-evacuate": _on_hosts(
        _evacuate,
        "Moves every VM to other hosts.",
        several=False,
        optional=("network-uuid", "batch-size"),
    ),
    "host-shutdown": _on_hosts(_calling("host.shutdown"), "Shuts a disabled host down."),
    "host-reboot": _on_hosts(_calling("host.reboot"), "Reboots a disabled host."),
    "host-power-on": _on_hosts(
        _calling("host.power_on"), "Switches a host on by its remote power control."
    ),
    "host-get-server-certificate": _on_hosts(
        _printing("host.get_server_certificate"),
        "Prints a host's TLS certificate.",
        several=False,
    ),
    "host-forget": _with_care(
        "host.destroy",
        _FORGET,
        "Drops a dead host from the pool; a live one is to be ejected instead.",
    ),
    "host-declare-dead": _with_care(
        "host.declare_dead",
        _DECLARE_DEAD,
        "Tells the pool that a host is dead; loses data if it is alive.",
    ),
    "host-is-in-emergency-mode": Command(
        run=_is_in_emergency_mode,
        help="Tells whether the host asked has lost its pool master.",
        stays=True,
    ),
    "host-management-reconfigure": Command(
        run=_management_reconfigure,
        required=("pif-uuid",),
        help="Moves this host's management to another PIF.",
    ),
    "host-management-disable": _here(
        "host.management_disable", "Leaves this host without a management interface."
    ),
    "host-emergency-management-reconfigure": Command(
        run=_local_management_reconfigure,
        required=("interface",),
        help="Moves the management of a host that has lost its master.",
        stays=True,
    ),
    "host-emergency-ha-disable": Command(
        run=_emergency_ha_disable,
        optional=("force", "soft"),
        help="Switches high availability off on this host alone, to rescue a pool.",
        stays=True,
    ),
    "host-signal-networking-change": _here(
        "host.signal_networking_change",
        "Tells xapi that the network set-up of dom0 has changed.",
        hidden=True,
    ),
    "host-shutdown-agent": _here("host.shutdown_agent", "Stops xapi on this host."),
    "host-set-hostname-live": Command(
        run=_set_hostname_live,
        required=("host-uuid", "host-name"),
        help="Gives a host another host name, in XAPI and in dom0.",
        selects="host",
    ),
    "host-syslog-reconfigure": Command(
        run=_syslog_reconfigure,
        required=("host-uuid",),
        help="Makes syslog follow the host's logging settings.",
    ),
    "host-call-plugin": Command(
        run=_call_plugin,
        required=("host-uuid", "plugin", "fn"),
        optional=("args:",),
        help="Calls a function of a plugin on a host; args:KEY:file=PATH passes a file's content.",
    ),
    "host-prepare-for-poweroff": on_one(
        "host.prepare_for_poweroff",
        "Does what must be done before a host goes down.",
        hidden=True,
    ),
}
"""Command -> what it does (cli_frontend.ml, cmdtable_data)."""
