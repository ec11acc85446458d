"""One look at a whole pool: raw answers, kept as they came, and the facts read from them.

`RawSnapshot` is what is stored and replayed; `Snapshot` is what plans and claims read. Both a live
look and a stored file go through `read_snapshot`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from xsbond.errors import NotAsked, OptionError, PermissionMissing, PoolError, UnexpectedOutput
from xsbond.model import (
    Alert,
    Bond,
    CommandOutput,
    Host,
    HostMetrics,
    Interface,
    Network,
    NicFacts,
    OvsBond,
    Pif,
    PifMetrics,
    Pool,
    Vlan,
)
from xsbond.private import write_private
from xsbond.snapshot import parsers
from xsbond.snapshot.index import by_host, labels_of

SCHEMA = 1
"""Version of the stored form; a reader refuses a newer one."""

SERVER_TIME = "%Y%m%dT%H:%M:%SZ"
"""How XAPI writes a date, for strptime."""

Records = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""XAPI class -> ref -> record, values as XML-RPC delivers them, dates as text."""

_T = TypeVar("_T")

_DENIED = re.compile(
    r"permission denied|operation not permitted|must be (?:run as )?root|\brestricted\b",
    re.ASCII | re.IGNORECASE,
)
"""How commands, the kernel and a restricted shell complain to a user without rights."""
_LONGEST = 200
"""Characters of a complaint that an error repeats."""

_MOST_INT = 2**63 - 1
"""XAPI's int has 64 bits (xapi-idl, int64)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDom0:
    """What one dom0 answered to the probe, or why it did not."""

    outputs: Mapping[str, CommandOutput] = field(default_factory=dict)
    unreachable: str = ""
    """One line; empty if the dom0 answered."""
    distrusted: bool = False
    """Whether that is because it could not prove to be the host that was meant."""
    off: bool = False
    """Whether that is because nobody was to ask it."""

    def __repr__(self) -> str:
        return f"<a dom0 that answered {len(self.outputs)} commands; {self.unreachable[:200]!r}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSnapshot:
    """The stored form of a look at a pool."""

    schema: int = SCHEMA
    stage: str = "now"
    """before, created, after; or now, in a run that only verifies."""
    taken_at: str = ""
    """UTC, ISO 8601."""
    address: str = ""
    """Where XAPI was asked."""
    records: Records
    dom0: Mapping[str, RawDom0]
    """Host uuid -> answers."""
    clock: tuple[str, ...] = ()
    """The master's time (host.get_servertime) before and after the dom0s were asked."""
    clock_asked: tuple[tuple[float, float], ...] = ()
    """When each of them was asked for and answered, on the clock of CommandOutput.asked_at."""
    restarted: tuple[str, ...] = ()
    """Uuids of the hosts whose xapi was restarted, came or went while the pool was looked at."""
    uncounted: float = 0.0
    """Seconds for which XAPI had been waited for to count what the switch shows, in vain."""
    listened: float = 0.0
    """Seconds between the two samples of the receive counters; 0 if none were taken."""

    def __repr__(self) -> str:
        return f"<raw look at {self.address} at {self.taken_at}, stage {self.stage}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The facts of one look; refs key every table, as in XAPI."""

    raw: RawSnapshot
    pool: Pool
    hosts: Mapping[str, Host]
    metrics: Mapping[str, HostMetrics]
    networks: Mapping[str, Network]
    pifs: Mapping[str, Pif]
    pif_metrics: Mapping[str, PifMetrics]
    bonds: Mapping[str, Bond]
    vlans: Mapping[str, Vlan]
    alerts: Mapping[str, Alert] | None
    """The recent messages; None if they were not asked for."""

    labels: Mapping[str, str]
    """Host ref -> the name it goes by: name_label, with part of the uuid where it is shared."""
    pifs_by_host: Mapping[str, tuple[tuple[str, Pif], ...]]
    """Host ref -> (ref, record) of its PIFs."""
    _read: dict[tuple[str, str, Callable[[str], Any]], Any] = field(
        init=False, compare=False, default_factory=dict
    )
    """(host ref, probe, parser) -> what was read: each answer is asked for by many claims."""

    def __repr__(self) -> str:
        return f"<{len(self.hosts)} hosts, {self.raw!r}>"

    @property
    def restarted(self) -> tuple[str, ...]:
        """Refs of the hosts whose xapi was restarted, came or went during the look."""
        return tuple(ref for ref, host in self.hosts.items() if host.uuid in self.raw.restarted)

    def host_ref(self, name: str) -> str:
        """Return the ref of the host with this label; PoolError if there is none."""
        for ref, label in self.labels.items():
            if label == name:
                return ref
        raise PoolError(self.raw.address, "host", f"the pool has no host {name}")

    def output(self, host: str, name: str) -> CommandOutput:
        """Return what a host's dom0 answered to a probe.

        Raises PoolError if that dom0 was out of reach or the command did not end,
        PermissionMissing, and UnexpectedOutput if the command failed.
        """
        label, dom0 = self.labels[host], self.raw.dom0.get(self.hosts[host].uuid)
        if self.raw.restarted and host in self.restarted:
            reason = "xapi was restarted while the pool was looked at; look again"
            raise PoolError(label, "dom0", reason)
        if dom0 and dom0.off:
            raise NotAsked(label, "dom0", dom0.unreachable)
        if dom0 is None or dom0.unreachable:
            raise PoolError(label, "dom0", dom0.unreachable if dom0 else "was not asked")
        if name not in dom0.outputs:
            raise PoolError(label, "dom0", f"{name} was not asked for")
        answer = dom0.outputs[name]
        if answer.trouble:
            raise PoolError(label, _shortened(answer.command), answer.trouble)
        if answer.exit != 0:
            text = answer.stderr or answer.stdout
            if _DENIED.search(text):
                said = " ".join(text.split())[:_LONGEST]
                raise PermissionMissing(label, _shortened(answer.command), said)
            raise UnexpectedOutput(f"{label}: {answer.command}", text, f"exit {answer.exit}")
        return answer

    def interfaces(self, host: str) -> Mapping[str, Interface]:
        """Return name -> interface of a host's dom0 (`ifconfig -a`)."""
        return self.parsed(host, "ifconfig-a", parsers.parse_ifconfig)

    def bridges(self, host: str) -> frozenset[str]:
        """Return the bridges of a host's Open vSwitch (`ovs-vsctl list-br`)."""
        return self.parsed(host, "ovs-list-br", parsers.parse_bridges)

    def ovs_bonds(self, host: str) -> tuple[OvsBond, ...]:
        """Return the bonds of a host's Open vSwitch (`ovs-appctl bond/list`)."""
        return self.parsed(host, "ovs-bond-list", parsers.parse_bond_list)

    def member_networks(self, host: str) -> tuple[Mapping[str, str], ...]:
        """Return the networks as `xe` typed on this host lists them."""
        answer = self.output(host, "network-list")
        if not answer.stdout:
            # No pool is without its management network.
            source = f"{self.labels[host]}: {answer.command}"
            raise UnexpectedOutput(source, "", "it says nothing")
        return self.parsed(host, "network-list", parsers.parse_xe_list)

    def nics(self, host: str) -> Mapping[str, NicFacts]:
        """Return name -> what /sys/class/net says of an interface of a host's dom0."""
        return self.parsed(host, "sysfs-net", parsers.parse_sysfs_net)

    def parsed(self, host: str, name: str, parse: Callable[[str], _T]) -> _T:
        """Return what a host's dom0 answered to a probe, read by `parse`; raises as `output`."""
        key = host, name, parse
        found: _T
        if key in self._read:
            found = self._read[key]
            return found
        answer = self.output(host, name)
        try:
            found = self._read[key] = parse(answer.stdout)
        except UnexpectedOutput as error:
            source = f"{self.labels[host]}: {answer.command}"
            raise UnexpectedOutput(source, error.text, error.reason) from error
        return found


def _shortened(command: str) -> str:
    """Return as much of a command as names it: a script begins with what it tries first."""
    return command if len(command) <= _NAMES_IT else command.partition(" || ")[0][:_NAMES_IT] + " …"


_NAMES_IT = 60
"""Characters of a command in the first line of an error; the report has it all."""


def now() -> str:
    """Return the present moment as a snapshot writes it: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_snapshot(raw: RawSnapshot) -> Snapshot:
    """Read the facts out of raw answers; UnexpectedOutput names the record that is not as known."""
    pools = _table(raw.records, "pool", Pool)
    if len(pools) != 1:
        raise UnexpectedOutput("pool.get_all_records", str(list(pools)), "there must be one pool")
    (pool,) = pools.values()
    hosts, pifs = _table(raw.records, "host", Host), _table(raw.records, "PIF", Pif)
    snapshot = Snapshot(
        raw=raw,
        pool=pool,
        hosts=hosts,
        labels=labels_of(hosts),
        metrics=_table(raw.records, "host_metrics", HostMetrics),
        networks=_table(raw.records, "network", Network),
        pifs=pifs,
        pifs_by_host=by_host(pifs),
        pif_metrics=_table(raw.records, "PIF_metrics", PifMetrics),
        bonds=_table(raw.records, "Bond", Bond),
        vlans=_table(raw.records, "VLAN", Vlan),
        alerts=_table(raw.records, "message", Alert) if "message" in raw.records else None,
    )
    if pool.master not in snapshot.hosts:
        raise UnexpectedOutput("pool.master", pool.master, "the pool has no such host")
    return snapshot


def _table(records: Records, name: str, kind: type[_T]) -> Mapping[str, _T]:
    if name not in records:
        raise UnexpectedOutput(f"{name}.get_all_records", "", "the class is missing")
    return {ref: read_record(name, ref, record, kind) for ref, record in records[name].items()}


def read_record(name: str, ref: str, record: Mapping[str, Any], kind: type[_T]) -> _T:
    """Read one record of a class; UnexpectedOutput names the field that is not as known."""
    try:
        # Ints arrive as text over XML-RPC, so the conversion is a lax one.
        found = msgspec.convert(record, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UnexpectedOutput(f"{name} {ref}", str(record), str(error)) from error
    for key in record:
        value = getattr(found, key, 0)
        if isinstance(value, int) and not -_MOST_INT - 1 <= value <= _MOST_INT:
            reason = f"{key} is no figure that XAPI can hold (64 bits)"
            raise UnexpectedOutput(f"{name} {ref}", str(record), reason)
    return found


def save(raw: RawSnapshot, path: Path) -> None:
    """Write the stored form, as JSON, readable by its owner only."""
    write_private(path, msgspec.json.format(msgspec.json.encode(raw), indent=1))


def load(path: Path) -> Snapshot:
    """Read a stored snapshot; OptionError if the file is none, or of a newer release."""
    try:
        raw = msgspec.json.decode(path.read_bytes(), type=RawSnapshot)
    except OSError as error:
        raise OptionError(str(path), f"cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OptionError(str(path), f"is no snapshot: {error}") from error
    if raw.schema > SCHEMA:
        raise OptionError(str(path), f"has schema {raw.schema}; this release reads up to {SCHEMA}")
    return read_snapshot(raw)
