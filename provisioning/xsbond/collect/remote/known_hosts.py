"""Which keys prove a host: those that known_hosts files hold for its names, if they agree.

A host goes by several names here (HostKeyAlias, the name it is called by, the address that XAPI has
for it, HostName), where OpenSSH looks up one. So that an entry of one name cannot make right what
another name's entry denies, all names that are known must agree, and the first decides which kinds
of key count.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import paramiko

from xsbond.errors import TrustError


def keys_of(
    host: str,
    names: Sequence[str],
    port: int,
    files: Iterable[str],
    labels: Mapping[str, str] | None = None,
) -> dict[str, paramiko.PKey]:
    """Return kind -> key that proves `host`; none if no file holds any of its names.

    `names` come in the order in which they count; `labels` tells address -> host of the pool.
    Raises TrustError if two of the names have different keys of all kinds that count.
    """
    known = paramiko.HostKeys()
    for file in files:
        with contextlib.suppress(OSError):
            known.load(str(Path(file).expanduser()))
    found = {name: keys for name in names if name and (keys := _looked_up(known, name, port))}
    if not found:
        return {}
    first, *others = found
    agreed = {
        kind: key
        for kind, key in found[first].items()
        if all(found[name].get(kind, key) == key for name in others)
    }
    if not agreed:
        denies = next(name for name in others if _differ(found[first], found[name]))
        who = f" ({labels[denies]})" if labels and denies in labels else ""
        reason = (
            f"known_hosts has one key for {first} and another one for {denies}{who}, and both are"
            f" to be {host}: look at HostName of {host} in ssh_config, and for an entry in"
            " known_hosts that is out of date"
        )
        raise TrustError(host, "SSH", reason)
    return agreed


def _differ(one: dict[str, paramiko.PKey], other: dict[str, paramiko.PKey]) -> bool:
    return any(other.get(kind, key) != key for kind, key in one.items())


def _looked_up(known: paramiko.HostKeys, name: str, port: int) -> dict[str, paramiko.PKey]:
    """Return kind -> key of a name, its entry with the port before the one without."""
    for spelling in (with_port(name, port), name):
        if entry := known.lookup(spelling):
            return dict(entry.items())
    return {}


def with_port(name: str, port: int) -> str:
    """Return a name as known_hosts spells it."""
    return name if port == paramiko.config.SSH_PORT else f"[{name}]:{port}"
