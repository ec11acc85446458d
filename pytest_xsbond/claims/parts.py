"""What a claim may say it rests on: readings of one dom0, by the names that `looks_at` uses."""

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from xsbond.collect import listen
from xsbond.errors import PoolError
from xsbond.model import CommandOutput, Device
from xsbond.snapshot import lookup, parsers, switch
from xsbond.snapshot.dom0_addresses import addresses_of
from xsbond.snapshot.snapshot import SERVER_TIME, Snapshot


def clock_offset(snapshot: Snapshot, host: str) -> float:
    """Return by how many seconds a host's clock is outside the time in which it was read.

    The master's own time before and after the look tells when that was, so that this machine's
    clock does not count; and what counts is the time that this one dom0 took for its answer, not
    the slowest of all.
    """
    if len(snapshot.raw.clock) != 2:  # noqa: PLR2004 - before and after
        raise PoolError(snapshot.raw.address, "host.get_servertime", "was not asked for")
    seen = snapshot.parsed(host, "clock", parsers.parse_clock)
    earliest, latest = _read_between(snapshot, snapshot.output(host, "clock"))
    return round(max(seen - latest, 0.0) + min(seen - earliest, 0.0), 1)


def _read_between(snapshot: Snapshot, answer: CommandOutput) -> tuple[float, float]:
    """Return the master's time when a command was sent, at the earliest, and answered, at the last.

    Between its two readings the master's clock is taken to run evenly, however fast: in a lab its
    seconds are shorter than here.
    """
    first, last = map(_seconds, snapshot.raw.clock)
    if len(snapshot.raw.clock_asked) != 2 or not answer.answered_at:  # noqa: PLR2004 - as above
        # A look of a release that did not keep the times.
        return first, last
    (sent, came), (sent_again, came_again) = snapshot.raw.clock_asked
    return (
        _on_line(answer.asked_at, (came, first), (came_again, last)),
        _on_line(answer.answered_at, (sent, first), (sent_again, last)),
    )


def _on_line(at: float, one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the value at this place of a straight line through two points (place, value)."""
    slope = (other[1] - one[1]) / max(other[0] - one[0], _SHORTEST)
    return one[1] + (at - one[0]) * slope


_SHORTEST = 1e-3
"""Seconds: no two readings are closer, and nothing is divided by nothing."""


@functools.lru_cache
def _seconds(text: str) -> float:
    return datetime.strptime(text, SERVER_TIME).replace(tzinfo=UTC).timestamp()


def chosen_backend(snapshot: Snapshot, host: str) -> str:
    """Return the network backend that a host's network.conf chooses for the next start."""
    return snapshot.parsed(host, "network-conf", parsers.parse_network_conf)


def devices(snapshot: Snapshot, host: str) -> Mapping[str, Device]:
    """Return the network devices of a host's dom0; none where a look has not asked for them."""
    if not lookup.was_asked(snapshot, host, "ip-link"):
        return {}
    return snapshot.parsed(host, "ip-link", parsers.parse_ip_links)


PARTS: Mapping[str, Callable[[Snapshot, str], object]] = MappingProxyType(
    {
        "addresses": addresses_of,
        "bonds": switch.bonds,
        "chosen_backend": chosen_backend,
        "clock_offset": clock_offset,
        "devices": devices,
        "flows": switch.flows,
        "heard": listen.heard,
        "lacp": switch.lacp,
        "nics": Snapshot.nics,
        "ovs_bridges": switch.ovs_bridges,
        "policing": switch.policing,
        "ports": switch.ports,
        "port_settings": switch.all_port_settings,
        "statuses": switch.statuses,
    }
)
"""Name -> reading of a snapshot for a host ref; each raises XsbondError if it cannot be done."""
