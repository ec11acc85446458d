"""Look at a whole pool at once: XAPI in one sweep, every dom0 in one exec, all at the same time."""

import shlex
import time
import xmlrpc.client
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from xsbond.collect.dom0 import MEMBER_PROBE, PROBE, Dom0, Identity
from xsbond.collect.ssh import SshSettings
from xsbond.collect.sweep import as_text_dates
from xsbond.collect.translation import shaped
from xsbond.collect.xapi import PoolApi
from xsbond.errors import CallRefused, NobodyListens, PoolError, TrustError, UnexpectedOutput
from xsbond.model import Host
from xsbond.snapshot.snapshot import (
    SERVER_TIME,
    RawDom0,
    RawSnapshot,
    Records,
    Snapshot,
    now,
    read_record,
    read_snapshot,
)

_MOST_AT_ONCE = 64
"""Hosts asked at the same time: all of the largest pool."""

NOT_ASKED = "dom0 was not asked (--xsbond-dom0=off)"
"""Why there is nothing of a dom0 in a look that is to do without SSH."""
_RECENT = timedelta(days=30)
"""Messages older than that are not read."""


class Connections:
    """A pool's XAPI session and the dom0s of its hosts, each connected once and kept."""

    def __init__(self, api: PoolApi, ssh: SshSettings, *, asks_dom0: bool = True) -> None:
        """`asks_dom0` is False where a look is to do without SSH."""
        self.api, self.ssh, self.asks_dom0 = api, ssh, asks_dom0
        self._dom0s: dict[str, Dom0] = {}
        self._names: dict[str, str] = {}
        self.asked: set[str] = set()
        """Names of the hosts whose dom0 is being asked, and has not answered yet."""

    def dom0(self, host: Host) -> Dom0:
        """Return the dom0 of a host, reached by the first of its names that SSH knows."""
        if host.uuid not in self._dom0s:
            name = self.ssh.name_for(host.name_label, host.hostname, host.address)
            identity = Identity(label=host.name_label, uuid=host.uuid, names=self._names)
            self._dom0s[host.uuid] = Dom0(name, self.ssh, alias=host.address, identity=identity)
        return self._dom0s[host.uuid]

    def know(self, hosts: Sequence[Host]) -> None:
        """Learn what the hosts of the pool are called, to name one that answers for another."""
        for host in hosts:
            self._names |= {host.uuid: host.name_label, host.address: host.name_label}

    def host_keys(self) -> Mapping[str, str]:
        """Return host uuid -> the SSH key its dom0 has proven, of those that were connected."""
        return {uuid: dom0.host_key for uuid, dom0 in self._dom0s.items() if dom0.host_key}

    def close(self) -> None:
        """Close everything."""
        for dom0 in self._dom0s.values():
            dom0.close()
        self.api.close()


def observe(connections: Connections, stage: str = "now", *, member_view: bool = False) -> Snapshot:
    """Return a snapshot of the pool; a dom0 that does not answer is part of it, with the reason.

    `member_view` also asks each dom0 what its own `xe` lists.
    """
    return read_snapshot(_look(connections, stage, MEMBER_PROBE if member_view else PROBE))


def glance(connections: Connections, last: Snapshot, names: Collection[str]) -> Snapshot:
    """Look again, but ask each dom0 only what has these names; the rest is as in the last look."""
    raw = _look(connections, last.raw.stage, {name: PROBE[name] for name in names})
    dom0 = {uuid: _joined(last.raw.dom0.get(uuid), told) for uuid, told in raw.dom0.items()}
    return read_snapshot(replace(raw, dom0=dom0))


def _joined(before: RawDom0 | None, told: RawDom0) -> RawDom0:
    if before is None or not told.outputs:
        return told
    return replace(told, outputs={**before.outputs, **told.outputs})


def _look(connections: Connections, stage: str, probe: Mapping[str, str]) -> RawSnapshot:
    taken_at = now()
    records = connections.api.records()
    hosts = [read_record("host", ref, each, Host) for ref, each in records["host"].items()]
    with shaped("pool.get_all_records", records["pool"]):
        ((_, pool),) = records["pool"].items()
        master = pool["master"]
    earlier = _server_time(connections.api, master)
    records = {**records, **_recent_messages(connections.api, earlier[0])}
    dom0 = ask_all(connections, hosts, probe)
    told = [each for each in (earlier, _server_time(connections.api, master)) if each[0]]
    return RawSnapshot(
        stage=stage,
        taken_at=taken_at,
        address=connections.api.address.host,
        records=records,
        dom0=dom0,
        clock=tuple(date for date, _ in told),
        clock_asked=tuple(asked for _, asked in told),
        restarted=_restarted(records, connections.api),
    )


def _restarted(before: Records, api: PoolApi) -> tuple[str, ...]:
    """Return the uuids of hosts whose xapi is not in the state it was in when the look began."""
    now_there = {name: api.all_records(name) for name in ("host", "host_metrics")}
    with shaped("host.get_all_records", now_there):
        return tuple(
            record["uuid"]
            for ref, record in before["host"].items()
            if _standing(before, ref) != _standing(now_there, ref)
        )


def _standing(records: Records, host: str) -> tuple[object, ...]:
    """Return what a restart changes: start time, enabled, live; nothing for a host that is gone."""
    record = records["host"].get(host)
    if record is None:
        return ()
    metrics = records["host_metrics"].get(record["metrics"], {})
    started = record["other_config"].get("agent_start_time")
    return started, record["enabled"], metrics.get("live")


def ask_all(
    connections: Connections, hosts: Sequence[Host], probe: Mapping[str, str]
) -> Mapping[str, RawDom0]:
    """Return host uuid -> what its dom0 answered to the same commands, asked all at the same time.

    Whatever went wrong is part of the answer.
    """
    connections.know(hosts)
    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        connections.asked |= {host.name_label for host in hosts}
        answers = pool.map(lambda host: _answer(connections, host, probe), hosts)
        return dict(zip((host.uuid for host in hosts), answers, strict=True))


def _answer(connections: Connections, host: Host, probe: Mapping[str, str]) -> RawDom0:
    try:
        if not connections.asks_dom0:
            return RawDom0(unreachable=NOT_ASKED, off=True)
        return _ask(connections.dom0(host), host, probe)
    finally:
        connections.asked.discard(host.name_label)


def _server_time(api: PoolApi, master: str) -> tuple[str, tuple[float, float]]:
    """Return the master's time, and when it was asked for; nothing where it does not tell."""
    began = time.monotonic()
    try:
        told = str(api.read("host.get_servertime", master))
    except CallRefused:
        told = ""
    return told, (began, time.monotonic())


def _recent_messages(api: PoolApi, now_there: str) -> Records:
    """Return the messages of the last weeks; none of the class where they cannot be asked for.

    Bounded by their age: a pool keeps thousands of them.
    """
    if not now_there:
        return {}
    with shaped("host.get_servertime", now_there):
        since = datetime.strptime(now_there, SERVER_TIME).replace(tzinfo=UTC) - _RECENT
    try:
        found = api.read("message.get_since", xmlrpc.client.DateTime(since.strftime(SERVER_TIME)))
    except CallRefused:
        return {}
    return {"message": as_text_dates(found, "message.get_since")}


def _ask(dom0: Dom0, host: Host, probe: Mapping[str, str]) -> RawDom0:
    try:
        return RawDom0(outputs=dom0.run_all(probe))
    except TrustError as error:
        # Somebody else may answer in this host's place: a look goes on, a change does not.
        return RawDom0(unreachable=str(error), distrusted=True)
    except NobodyListens as error:
        if host.ssh_enabled:
            return RawDom0(unreachable=str(error))
        # The field alone proves nothing: it is false, too, where sshd is not a unit of that name.
        name = host.name_label
        command = shlex.join(("xe", "host-enable-ssh", f"host={name}"))
        return RawDom0(unreachable=f"SSH is off on {name} ({command})", off=True)
    except (PoolError, UnexpectedOutput) as error:
        return RawDom0(unreachable=str(error))
