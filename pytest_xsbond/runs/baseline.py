"""The baseline: an earlier look at a pool, read before a run and held against its pool."""

from dataclasses import dataclass
from pathlib import Path

from xsbond.errors import OptionError, UnexpectedOutput
from xsbond.model import Pool
from xsbond.snapshot.snapshot import Snapshot, load

_OPTION = "--xsbond-baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A stored look at a pool, and the file it came from."""

    path: Path
    snapshot: Snapshot

    def refuse_other_pool(self, now: Snapshot) -> None:
        """Raise OptionError if this is not a look at the same pool as `now`."""
        then, there = self.snapshot.pool, now.pool
        if then.uuid != there.uuid:
            reason = f"{self.path} is of another pool: {_called(then)}, not {_called(there)}"
            raise OptionError(_OPTION, reason)


def _called(pool: Pool) -> str:
    return f"{pool.name_label} ({pool.uuid})" if pool.name_label else pool.uuid


def read_baseline(path: Path) -> Baseline:
    """Return the baseline a file holds; OptionError if it cannot be read."""
    try:
        return Baseline(path=path, snapshot=load(path))
    except UnexpectedOutput as error:
        reason = f"{error.source}: {error.reason}"
        raise OptionError(_OPTION, f"{path} is no baseline: {reason}") from error
