"""What a claim may say it rests on: readings of one dom0, by the names that `looks_at` uses."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from xsbond import listen, parsers, switch
from xsbond.errors import PoolError
from xsbond.snapshot import SERVER_TIME, Snapshot


def clock_offset(snapshot: Snapshot, host: str) -> float:
    """Return by how many seconds a host's clock is outside the time of the look.

    The master's own time before and after the look tells when that was, so that neither this
    machine's clock nor the time that the look took counts.
    """
    if len(snapshot.raw.clock) != 2:  # noqa: PLR2004 - before and after
        raise PoolError(snapshot.raw.address, "host.get_servertime", "was not asked for")
    earliest, latest = map(_seconds, snapshot.raw.clock)
    seen = snapshot.parsed(host, "clock", parsers.parse_clock)
    return max(seen - latest, 0.0) + min(seen - earliest, 0.0)


def _seconds(text: str) -> float:
    return datetime.strptime(text, SERVER_TIME).replace(tzinfo=UTC).timestamp()


def chosen_backend(snapshot: Snapshot, host: str) -> str:
    """Return the network backend that a host's network.conf chooses for the next start."""
    return snapshot.parsed(host, "network-conf", parsers.parse_network_conf)


PARTS: Mapping[str, Callable[[Snapshot, str], object]] = MappingProxyType(
    {
        "chosen_backend": chosen_backend,
        "clock_offset": clock_offset,
        "heard": listen.heard,
        "nics": Snapshot.nics,
        "ports": switch.ports,
        "port_settings": switch.all_port_settings,
        "statuses": switch.statuses,
    }
)
"""Name -> reading of a snapshot for a host ref; each raises XsbondError if it cannot be done."""
