"""A run on stored snapshots: what was seen earlier is judged again."""

from dataclasses import replace
from pathlib import Path

from pytest_xsbond import manifest
from pytest_xsbond.claims.stages import BUNDLED, Stages, load_stages
from pytest_xsbond.runs.baseline import read_baseline
from pytest_xsbond.runs.looking import Say
from pytest_xsbond.settings import Settings
from xsbond.errors import OptionError


class ReplayRun:
    """A run on stored snapshots; there is no pool behind it."""

    stopped = None
    connections = None
    has_stages = True

    def __init__(self, settings: Settings) -> None:
        assert settings.replay is not None
        self.settings = settings
        self.seal = _seal(settings.replay, judge_altered=settings.judge_altered)
        """What the bundle's manifest says of the snapshots; empty if they are in no bundle."""
        baseline = read_baseline(settings.baseline) if settings.baseline else None
        stages = load_stages(settings.replay, settings.desired if settings.bonds_file else None)
        if baseline:
            baseline.refuse_other_pool(stages.now)
            stages = replace(stages, baseline=baseline.snapshot)
        if settings.waivers is not None:
            stages = replace(stages, waivers=settings.waivers)
        self._stages = replace(stages, typed=settings.typed)

    def stages(self, say: Say) -> Stages:
        """Return the stored stages."""
        del say
        return self._stages

    def expected(self) -> Stages:
        """Return the stored stages."""
        return self._stages

    def close(self) -> None:
        """Do nothing: nothing is open."""


def _seal(stored: Path, *, judge_altered: bool) -> str:
    """Hold stored snapshots against the manifest of their bundle, and say what came of it.

    Raises OptionError if they are not what was sealed, unless they are to be judged all the same.
    """
    bundle = _bundle_of(stored)
    if bundle is None:
        return ""
    path = bundle / manifest.NAME
    if not path.is_file():
        return f"none: {path} is not there, so nobody can tell whether anything was altered"
    try:
        found = tuple(manifest.compare(bundle, f"{BUNDLED}/").lines())
    except manifest.BundleError as error:
        found = (str(error),)
    if found and not judge_altered:
        reason = f"{bundle} is not what was sealed: {'; '.join(found)}"
        raise OptionError("--xsbond-replay", f"{reason}; --xsbond-judge-altered judges it anyway")
    if found:
        return f"NOT WHAT WAS SEALED: {'; '.join(found)}"
    return f"as sealed; {manifest.NAME} {manifest.digest(path.read_bytes())}"


def _bundle_of(stored: Path) -> Path | None:
    """Return the bundle that stored snapshots are part of, if they are."""
    if (stored / BUNDLED).is_dir():
        return stored
    inside = stored.resolve()
    is_part = inside.name == BUNDLED and (inside.parent / manifest.NAME).is_file()
    return inside.parent if is_part else None
