"""Open vSwitch's two daemons on a machine of a rig."""

import json

from xsbond.lab.rig.machine import Machine

_RUN = "/run/openvswitch"
_THREADS = {"n-handler-threads": "1", "n-revalidator-threads": "1"}
"""One each: a rig has many Open vSwitches and no traffic to speak of."""
_TEMPLATE = "/run/conf.db"
_READY = 120.0
"""Seconds they have to start; a machine may be starting many at once."""


def empty_database(ground: Machine) -> bytes:
    """Return a database of Open vSwitch as it is on a host without bridges."""
    ground.demand("ovsdb-tool", "create", _TEMPLATE)
    version = ground.demand("ovs-vswitchd", "--version").split("\n")[0].split()[-1]
    row = {"ovs_version": version, "other_config": ["map", [*_THREADS.items()]]}
    insert = ["Open_vSwitch", {"op": "insert", "table": "Open_vSwitch", "row": row}]
    ground.demand("ovsdb-tool", "transact", _TEMPLATE, json.dumps(insert))
    return ground.read_bytes(_TEMPLATE)


def start_open_vswitch(machine: Machine, database: bytes, *, place: str, logs: str) -> None:
    """Start the daemons with a new database in the directory `place`; return when they serve."""
    file = f"{place}/conf.db"
    machine.write_bytes(file, database)
    common = ("--no-chdir", "--detach", "--pidfile")
    remote = f"--remote=punix:{_RUN}/db.sock"
    log = f"--log-file={logs}/ovsdb-server.log"
    machine.demand("ovsdb-server", file, remote, log, *common, timeout=_READY)
    # It also lets ovs-vswitchd be told the time (ovs-appctl time/warp), whatever the datapath.
    dummy = "--enable-dummy"
    log = f"--log-file={logs}/ovs-vswitchd.log"
    machine.demand("ovs-vswitchd", log, *common, dummy, timeout=_READY)
