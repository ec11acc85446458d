"""Who holds the lock on a pool: what the entry in pool.other_config says, and whether he is gone.

The entry survives a killed run. It is that of a dead run only if the same user on the same machine
wrote it and its process is gone for certain.
"""

import getpass
import os
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from xsbond.model import Pool
from xsbond.snapshot.snapshot import now

KEY = "xsbond-lock"
"""Of pool.other_config."""
CALLS = ("pool.add_to_other_config", "pool.remove_from_other_config")
"""The calls by which a lock is taken and given back."""
_LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who holds the lock; what the entry's text is made of."""

    user: str
    machine: str
    pid: int
    change: str
    """What the run is about, in words."""
    since: str
    """UTC, ISO 8601."""
    token: str
    """Random; tells two runs apart."""
    boot: str = ""
    """The boot of the machine, and the process namespace; empty where nobody can tell."""
    started: str = ""
    """When the process started, in ticks since the boot; tells a number that is used again."""

    def __str__(self) -> str:
        return f"{self.user}@{self.machine}, process {self.pid}, {self.change}, since {self.since}"


def this_process(change: str) -> Owner:
    """Return what this process calls itself in a lock."""
    return Owner(
        user=_user(),
        machine=platform.node() or "unknown",
        pid=os.getpid(),
        change=change,
        since=now(),
        token=secrets.token_hex(8),
        boot=_boot(),
        started=_started(os.getpid()),
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container may know its user by number only.
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def _boot() -> str:
    """Return what a process number is unique in; nothing where there is no /proc."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Return the start time of a process, field 22 of its stat (proc(5)); nothing if it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The second field is the program's name in parentheses, which may hold anything.
    fields = stat.rpartition(")")[2].split()
    # A process that was killed and not yet waited for changes nothing any more.
    return "" if fields[0] in {"Z", "X"} else fields[19]


def read_owner(text: str) -> Owner | None:
    """Return who wrote an entry; None if no release of this product did."""
    try:
        return msgspec.json.decode(text, type=Owner)
    except msgspec.DecodeError:
        return None


def is_dead(owner: Owner) -> bool:
    """Tell whether the run that holds a lock is gone for certain: same user, machine, boot."""
    here = _boot()
    is_ours = bool(here) and (owner.user, owner.machine, owner.boot) == (
        _user(),
        platform.node() or "unknown",
        here,
    )
    return is_ours and _started(owner.pid) != owner.started


def holder(text: str) -> str:
    """Return who holds a lock, in words fit for a terminal."""
    owner = read_owner(text)
    shown = str(owner) if owner else f"somebody who wrote {text!r}"
    plain = "".join(char if char.isprintable() else "?" for char in shown)
    return plain if len(plain) <= _LONGEST_SHOWN * 2 else plain[: _LONGEST_SHOWN * 2] + "…"


def obstacle(other_config: Mapping[str, str]) -> str:
    """Return who else is changing the pool, in words; nothing if nobody is."""
    text = other_config.get(KEY)
    if text is None or ((owner := read_owner(text)) and is_dead(owner)):
        return ""
    return holder(text)


def is_left_behind(other_config: Mapping[str, str]) -> bool:
    """Tell whether the lock is that of a run which is gone for certain."""
    return KEY in other_config and not obstacle(other_config)


def unlock_command(pool: Pool) -> str:
    """Return what to type in the pool master's dom0 to remove a lock by hand."""
    return f"xe pool-param-remove uuid={pool.uuid} param-name=other-config param-key={KEY}"
