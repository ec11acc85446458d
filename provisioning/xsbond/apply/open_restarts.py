"""Restarts that an earlier run ordered and did not see the end of: the host is on its way back.

A run that was killed, or ended by Ctrl-C, leaves dom0 to go on: for some seconds the host is not
live, then not enabled, and that is no reason to refuse the next run.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from xsbond.apply.journal import Entry
from xsbond.apply.ledger import unsettled
from xsbond.collect.observe import Connections
from xsbond.collect.settle import is_starting, watch
from xsbond.snapshot.snapshot import Snapshot

Say = Callable[[str], None]


def await_open_restarts(
    connections: Connections, first: Snapshot, entries: Sequence[Entry], longest: float, say: Say
) -> bool:
    """Wait for the hosts whose restart is open, each `longest` seconds from its order on.

    Return whether there was one to wait for.
    """
    began = {ref: _began(intent) for ref, intent in open_restarts(entries, first).items()}

    def waiting(snapshot: Snapshot) -> Sequence[str]:
        return [
            _on_its_way(snapshot.labels[ref], time)
            for ref, time in began.items()
            if ref in snapshot.hosts and not is_back(snapshot, ref) and _age(time) < longest
        ]

    if not waiting(first):
        return False
    last = watch(connections, first, waiting, say)
    for ref in began:
        if ref in last.hosts and not is_back(last, ref):
            say(f"{last.labels[ref]} did not come back within {longest:g} s of its restart")
    return True


def open_restarts(entries: Sequence[Entry], snapshot: Snapshot) -> Mapping[str, Entry]:
    """Return host ref -> the intent to restart it, of restarts nobody saw the end of."""
    refs = {host.uuid: ref for ref, host in snapshot.hosts.items()}
    return {
        refs[intent["host_uuid"]]: intent
        for intent in unsettled(entries)
        if intent["step"] == "restart-agent" and intent["host_uuid"] in refs
    }


def is_back(snapshot: Snapshot, host: str) -> bool:
    """Tell whether a host is live and enabled, and its xapi through with its start."""
    record = snapshot.hosts[host]
    metrics = snapshot.metrics.get(record.metrics)
    live = metrics is not None and metrics.live
    return live and record.enabled and not is_starting(snapshot, host)


def _on_its_way(label: str, began: datetime) -> str:
    return f"{label} to come back: an earlier run began its restart at {began:%H:%M:%S} UTC"


def _began(intent: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(intent["time"])


def _age(began: datetime) -> float:
    """Return the seconds since; one from the future, as after a clock was set, counts as old."""
    seconds = (datetime.now(UTC) - began).total_seconds()
    return seconds if seconds > -1 else math.inf
