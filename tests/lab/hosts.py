"""Dom0s to test: the tutorial's master with its bonds, a clock of one's own, a XAPI of records."""

import copy
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xsbond.lab.blueprint import CURRENT, Profile, tutorial
from xsbond.lab.contracts import (
    Address,
    BondSettings,
    BridgeSettings,
    Failure,
    ToolstackDown,
)
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.programs import programs_of
from xsbond.lab.shell import Machine, Session
from xsbond.lab.shell.streams import Sink, Streams

RECORDED = Path(__file__).parent / "dom0" / "recorded"
UPDELAY = 31.0


class HandClock:
    """A clock that only moves when it is told to, or when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        """Return the seconds."""
        return self.seconds

    def time(self) -> float:
        """Return a moment on 1 January 2026."""
        return 1767225600.0 + self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class RecordedToolstack:
    """A xapi that answers from recorded records and keeps a list of what it was asked to do."""

    def __init__(self) -> None:
        text = (RECORDED / "pool.json").read_text(encoding="utf-8")
        self.tables: dict[str, dict[str, dict[str, Any]]] = json.loads(text)
        self.is_running = self.has_networkd = True
        self.calls: list[tuple[Any, ...]] = []
        self.failure: Failure | None = None

    def call(self, method: str, *params: Any) -> Any:
        """Answer a look from the records; anything else is noted down."""
        if not self.is_running:
            raise ToolstackDown
        xapi_class, _, message = method.partition(".")
        if message.startswith("get_") and xapi_class not in self.tables:
            raise Failure("MESSAGE_METHOD_UNKNOWN", method)
        records = self.tables.get(xapi_class, {})
        if message == "get_all_records":
            return copy.deepcopy(records)
        if message == "get_by_uuid":
            return self._by_uuid(xapi_class, params[0])
        if message.startswith("get_"):
            record = records.get(params[0], {"uuid": "6d1f5a2c-0000-4000-8000-0123456789ab"})
            if message != "get_record" and message[4:] not in record:
                raise Failure("MESSAGE_METHOD_UNKNOWN", method)
            return copy.deepcopy(record if message == "get_record" else record[message[4:]])
        self.calls.append((method, *params))
        if self.failure:
            raise self.failure
        return "OpaqueRef:new"

    def _by_uuid(self, xapi_class: str, uuid: str) -> str:
        for ref, record in self.tables[xapi_class].items():
            if record["uuid"] == uuid:
                return ref
        raise Failure("UUID_INVALID", xapi_class, uuid)

    def restart(self) -> None:
        """Be gone, and be there again."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Be gone."""
        self.is_running = False

    def start(self) -> None:
        """Be there."""
        self.is_running = True

    def running(self) -> bool:
        """Tell which."""
        return self.is_running

    def stop_networkd(self) -> None:
        """Be without it."""
        self.has_networkd = False

    def start_networkd(self) -> None:
        """Have it again."""
        self.has_networkd = True

    def networkd_running(self) -> bool:
        """Tell which."""
        return self.has_networkd


def bond(mode: str = "balance-slb", lacp: str = "off", mac: str = "") -> BondSettings:
    """Return what networkd sets on a bond."""
    settings = {
        "bond-detect-mode": "carrier",
        "bond-miimon-interval": "100",
        "bond-rebalance-interval": "1800000",
    }
    return BondSettings(bond_mode=mode, lacp=lacp, mac=mac, other_config=settings)


def plug(
    dom0: SimulatedDom0,
    bridge: str,
    devices: Sequence[str],
    bonded: tuple[str, BondSettings] | None = None,
    address: Address | None = None,
) -> None:
    """Make a bridge on NICs as networkd does."""
    mac = dom0.nics_by_device[devices[0]].mac
    dom0.add_bridge(bridge, BridgeSettings(mac=mac, network_uuids=(f"uuid of {bridge}",)))
    name, settings = bonded or (devices[0], None)
    dom0.add_port(bridge, name, devices, settings)
    dom0.set_address(bridge, address)


def bare_dom0(profile: Profile = CURRENT) -> tuple[SimulatedDom0, HandClock]:
    """Return the tutorial's master with nothing but NICs, and its clock."""
    clock = HandClock()
    nics = tutorial(2).hosts[0].nics
    return SimulatedDom0(nics, profile=profile, hostname="xs-1", clock=clock), clock


def master_dom0(profile: Profile = CURRENT) -> tuple[SimulatedDom0, HandClock]:
    """Return the tutorial's master at its end: NAS on bond0, PUB on bond1, all legs enabled."""
    dom0, clock = bare_dom0(profile)
    management = Address(ip="172.16.0.10", netmask="255.255.255.224", gateway="172.16.0.1")
    storage = Address(ip="172.16.0.35", netmask="255.255.255.240")
    plug(dom0, "xenbr0", ["eth0"], address=management)
    active_backup = bond("active-backup", mac="00:26:55:d1:e8:cc")
    plug(dom0, "xapi0", ["eth2", "eth4"], ("bond0", active_backup), storage)
    plug(dom0, "xenbr3", ["eth3"])
    plug(dom0, "xapi1", ["eth1", "eth5"], ("bond1", bond(mac="00:1f:29:c4:9f:3c")))
    clock.sleep(UPDELAY)
    return dom0, clock


def machine_of(dom0: SimulatedDom0, toolstack: RecordedToolstack | None = None) -> Machine:
    """Return a machine with this dom0."""
    programs = programs_of(dom0.profile.net_tools)
    dom0.files.programs = frozenset(programs)
    dom0.write_file(
        "/etc/xensource-inventory",
        "PRODUCT_BRAND='XCP-ng'\nINSTALLATION_UUID='d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1'\n",
    )
    dom0.write_file("/var/run/xapi_startup.cookie", "")
    dom0.write_file("/var/run/xapi_init_complete.cookie", "")
    return Machine(dom0=dom0, toolstack=toolstack or RecordedToolstack(), programs=programs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a script printed, and how it ended."""

    stdout: str
    stderr: str
    status: int


class Shell:
    """Types scripts into one machine; each into a fresh shell, unless a session is kept."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.session: Session | None = None

    def keep(self) -> "Shell":
        """Return a shell that remembers variables from script to script."""
        kept = Shell(self.machine)
        kept.session = Session(self.machine)
        return kept

    def run(self, script: str, stdin: str = "") -> Answer:
        """Run a script."""
        printed: list[str] = []
        complaints: list[str] = []
        streams = Streams(
            stdin=io.StringIO(stdin), stdout=Sink(printed.append), stderr=Sink(complaints.append)
        )
        status = (self.session or Session(self.machine)).execute(script, streams)
        return Answer(stdout="".join(printed), stderr="".join(complaints), status=status)

    def out(self, script: str, stdin: str = "") -> str:
        """Return what a script prints on standard output."""
        return self.run(script, stdin).stdout


def recorded_commands() -> Mapping[str, Mapping[str, Any]]:
    """Return name -> what was recorded of one command."""
    text = (RECORDED / "xs-1.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return found
