"""The looks of one run: before, created, after; kept together, stored and loaded together."""

import datetime as dt
import functools
import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pytest_xsbond.waivers.waiver import Waiver
from xsbond.errors import OptionError
from xsbond.failover.leg_facts import LegDrill
from xsbond.model import DesiredBond, Inherit
from xsbond.plan.plan import plan_for
from xsbond.plan.steps import RestartAgent
from xsbond.private import make_private, write_private
from xsbond.snapshot.snapshot import Snapshot, load, save

_RUN = "run.json"
_FAILOVER = "failover.json"
BUNDLED = "snapshots"
"""Where a bundle of evidence keeps what is stored here."""
_BASELINE = "baseline.json"
_NAMES = ("before", "created", "after", "now")
_FILES = frozenset({_RUN, _FAILOVER, _BASELINE, *(f"{name}.json" for name in _NAMES)})


@dataclass(frozen=True, kw_only=True)
class Stages:
    """What claims are judged on."""

    desired: tuple[DesiredBond, ...]
    inherit: Inherit = Inherit.RESTART
    before: Snapshot | None = None
    """Before this run changed anything; None if it changed nothing."""
    created: Snapshot | None = None
    """The master has its bonds, no member was touched yet; None if this run changed nothing."""
    now: Snapshot
    """The last look: after the changes, or the only one."""
    listened: bool = False
    """Whether the last look has samples of the receive counters, or will have them."""
    drilled: bool = False
    """Whether legs are taken down in turn, or were."""
    failover: tuple[LegDrill, ...] = ()
    """What became of the legs that were taken down so far."""
    baseline: Snapshot | None = None
    """An earlier look, which nothing but the wanted bonds may differ from; None without one."""
    waivers: tuple[Waiver, ...] = ()
    """What is known not to hold."""
    typed: tuple[str, ...] = ()
    """The arguments this run was started with; none for a stored look."""

    @functools.cached_property
    def inherited(self) -> frozenset[tuple[str, str]]:
        """(host ref, network label) of the members' bonds this run set out to bring."""
        if self.before is None:
            return frozenset()
        return frozenset(plan_for(self.desired, self.before, self.inherit).pending)

    @functools.cached_property
    def restarted(self) -> frozenset[tuple[str, str]]:
        """(host name, network label) of the bonds this run set out to bring by restarts of xapi."""
        if self.before is None:
            return frozenset()
        steps = plan_for(self.desired, self.before, self.inherit).member_steps
        restarts = (step for step in steps if isinstance(step, RestartAgent))
        return frozenset((step.host, network) for step in restarts for network in step.networks)

    @property
    def day(self) -> dt.date:
        """The day waivers must not have expired on: that of the look, UTC.

        A look that is judged again is judged by what counted at the time.
        """
        return dt.datetime.fromisoformat(self.now.raw.taken_at).date()

    def waiver_for(self, ids: Collection[str], host: str, network: str) -> Waiver | None:
        """Return the waiver that counts for a claim with these ids, on a host name and network."""
        counting = (each for each in self.waivers if each.counts_on(self.day))
        return next((each for each in counting if each.covers(ids, host, network)), None)


def store_stages(stages: Stages, directory: Path) -> None:
    """Write the snapshots and what they are to be judged by, readable by their owner only.

    Raises OSError.
    """
    make_private(directory, _FILES)
    about = {"inherit": stages.inherit, "bonds": stages.desired, "waivers": stages.waivers}
    write_private(directory / _RUN, msgspec.json.encode(about, enc_hook=str))
    for name, snapshot in named_snapshots(stages).items():
        save(snapshot.raw, directory / f"{name}.json")
    # What an earlier run has left here was not drilled by this one, nor compared with.
    for name in (_FAILOVER, _BASELINE):
        (directory / name).unlink(missing_ok=True)
    if stages.baseline:
        save(stages.baseline.raw, directory / _BASELINE)
    if stages.drilled:
        write_private(directory / _FAILOVER, msgspec.json.encode(stages.failover))


def named_snapshots(stages: Stages) -> dict[str, Snapshot]:
    """Return stage -> snapshot of those there are, in the order they were taken."""
    last = "after" if stages.before else "now"
    found = {"before": stages.before, "created": stages.created, last: stages.now}
    return {name: snapshot for name, snapshot in found.items() if snapshot is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    inherit: Inherit
    bonds: tuple[DesiredBond, ...]
    waivers: tuple[Waiver, ...] = ()


def load_stages(directory: Path, desired: tuple[DesiredBond, ...] | None = None) -> Stages:
    """Load what `store_stages` wrote; `desired` replaces the bonds stored with it.

    The last of before, created, after and now is judged. `directory` may be a bundle of evidence,
    which has them in a directory of their own. Raises OptionError.
    """
    if (directory / BUNDLED).is_dir():
        directory /= BUNDLED
    found = {
        name: load(directory / f"{name}.json")
        for name in _NAMES
        if (directory / f"{name}.json").is_file()
    }
    if not found:
        names = ", ".join(f"{name}.json" for name in _NAMES)
        raise OptionError("--xsbond-replay", f"{directory} holds none of {names}")
    about = _load_about(directory / _RUN)
    last = list(found)[-1]
    return Stages(
        desired=about.bonds if desired is None else desired,
        inherit=about.inherit,
        waivers=about.waivers,
        before=found.get("before") if last != "before" else None,
        created=found.get("created"),
        now=found[last],
        listened=found[last].raw.listened > 0,
        drilled=(directory / _FAILOVER).is_file(),
        failover=_load_failover(directory / _FAILOVER),
        baseline=load(directory / _BASELINE) if (directory / _BASELINE).is_file() else None,
    )


def _load_failover(path: Path) -> tuple[LegDrill, ...]:
    if not path.is_file():
        return ()
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[LegDrill, ...])
    except OSError as error:
        raise OptionError(str(path), f"cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OptionError(str(path), f"holds no failover drills: {error}") from error


def _load_about(path: Path) -> _About:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_About, dec_hook=_address)
    except OSError as error:
        raise OptionError(str(path), f"cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OptionError(str(path), f"does not describe a run: {error}") from error


def _address(kind: type, text: Any) -> Any:
    if kind is ipaddress.IPv4Interface and isinstance(text, str):
        return ipaddress.IPv4Interface(text)
    raise ValueError(f"{text!r} is no {kind.__name__}")
