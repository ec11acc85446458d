"""The pool as a whole."""

from collections.abc import Mapping

from xsbond.lab.xe.actions.hosts import says_yes
from xsbond.lab.xe.job import Command, Job

_SOON = "in 10.000 seconds..."
"""How long xapi waits before it restarts itself (constants.ml, fuse_time)."""
_EJECT = (
    "WARNING: Ejecting a host from the pool will reinitialise that host's local SRs.",
    "WARNING: Any data contained with the local SRs will be lost.",
)


def _calling(method: str, help_text: str) -> Command:
    """Return the command that only calls a method."""

    def run(job: Job) -> None:
        job.view.call(method)

    return Command(run=run, help=help_text)


def _designate_new_master(job: Job) -> None:
    job.view.call("pool.designate_new_master", job.ref("host", "host-uuid"))


def _management_reconfigure(job: Job) -> None:
    job.view.call("pool.management_reconfigure", job.ref("network", "network-uuid"))


def _recover_slaves(job: Job) -> None:
    hosts = job.view.call("pool.recover_slaves")
    job.printer.values([job.view.call("host.get_uuid", host) for host in hosts])


def _eject(job: Job) -> None:
    host = job.ref("host", "host-uuid")
    if not job.flag("force"):
        for warning in _EJECT:
            job.terminal.print(warning)
        if not says_yes(job):
            return
    job.view.call("pool.eject", host)
    text = "Specified host will attempt to restart as a master of a new pool"
    job.printer.values([f"{text} {_SOON}"])


def _emergency_reset_master(job: Job) -> None:
    address = job.parameters["master-address"]
    job.view.call("pool.emergency_reset_master", address)
    job.printer.values([f"Host agent will restart and become slave of {address} {_SOON}"])


def _emergency_transition(job: Job) -> None:
    if job.is_master and not job.flag("force"):
        text = "Host agent is already master. Use '--force' to execute the operation anyway."
        job.printer.values([text])
        return
    job.view.call("pool.emergency_transition_to_master")
    job.printer.values([f"Host agent will restart and transition to master {_SOON}"])


def _enable_ha(job: Job) -> None:
    typed = job.parameters.get("heartbeat-sr-uuids")
    uuids = [] if typed is None else typed.split(",")
    srs = [job.view.call("SR.get_by_uuid", uuid) for uuid in uuids]
    job.view.call("pool.enable_ha", srs, job.keys_of("ha-config"))


def _enable_redo_log(job: Job) -> None:
    job.view.call("pool.enable_redo_log", job.ref("SR", "sr-uuid"))


COMMANDS: Mapping[str, Command] = {
    "pool-designate-new-master": Command(
        run=_designate_new_master,
        required=("host-uuid",),
        help="Hands the role of master over to another host.",
    ),
    "pool-management-reconfigure": Command(
        run=_management_reconfigure,
        required=("network-uuid",),
        help="Moves the management of every host to another network.",
    ),
    "pool-sync-database": _calling(
        "pool.sync_database", "Writes the pool's database to every host."
    ),
    "pool-recover-slaves": Command(
        run=_recover_slaves,
        help="Tells members that have lost their master who it is.",
    ),
    "pool-eject": Command(
        run=_eject, required=("host-uuid",), help="Takes a host out of its pool."
    ),
    "pool-emergency-reset-master": Command(
        run=_emergency_reset_master,
        required=("master-address",),
        help="Tells this member another address of its master.",
        stays=True,
    ),
    "pool-emergency-transition-to-master": Command(
        run=_emergency_transition,
        optional=("force",),
        help="Makes this member the master; --force even where it is one.",
        stays=True,
    ),
    "pool-ha-enable": Command(
        run=_enable_ha,
        optional=("heartbeat-sr-uuids", "ha-config:"),
        help="Switches high availability on.",
    ),
    "pool-ha-disable": _calling("pool.disable_ha", "Switches high availability off."),
    "pool-enable-redo-log": Command(
        run=_enable_redo_log,
        required=("sr-uuid",),
        help="Keeps a redo log of the database on an SR.",
    ),
    "pool-disable-redo-log": _calling("pool.disable_redo_log", "Stops keeping a redo log."),
}
"""Command -> what it does (cli_frontend.ml, cmdtable_data)."""
