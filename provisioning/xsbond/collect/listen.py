"""Hear whether frames reach the legs: two samples of the receive counters of every dom0."""

import time
from collections.abc import Mapping
from dataclasses import replace

from xsbond.collect.dom0 import COUNTERS
from xsbond.collect.observe import Connections, ask_all
from xsbond.snapshot import parsers
from xsbond.snapshot.snapshot import RawDom0, Snapshot, read_snapshot

FIRST, LAST = "counters-first", "counters-last"
"""Names of the two samples among a dom0's answers."""


def listen(connections: Connections, snapshot: Snapshot, seconds: float) -> Snapshot:
    """Return the snapshot with two samples added, taken so many seconds apart."""
    hosts = list(snapshot.hosts.values())
    first = ask_all(connections, hosts, {FIRST: COUNTERS})
    time.sleep(seconds)
    last = ask_all(connections, hosts, {LAST: COUNTERS})
    dom0 = {
        uuid: _with(before, first[uuid], last[uuid]) for uuid, before in snapshot.raw.dom0.items()
    }
    return read_snapshot(replace(snapshot.raw, dom0=dom0, listened=seconds))


def _with(before: RawDom0, *samples: RawDom0) -> RawDom0:
    """Return the answers and the samples; a dom0 lost in between is out of reach."""
    for each in (before, *samples):
        if each.unreachable:
            return each
    outputs = {name: answer for each in (before, *samples) for name, answer in each.outputs.items()}
    return RawDom0(outputs=outputs)


def heard(snapshot: Snapshot, host: str) -> Mapping[str, int]:
    """Return interface -> packets received between the samples; raises as Snapshot.output."""
    first = snapshot.parsed(host, FIRST, parsers.parse_counters)
    last = snapshot.parsed(host, LAST, parsers.parse_counters)
    return {name: last[name] - count for name, count in first.items() if name in last}
