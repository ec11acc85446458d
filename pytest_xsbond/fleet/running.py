"""The runs of all pools: a process for each, so many at once, and what came of them."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from pytest_xsbond.fleet.file import FleetPool
from pytest_xsbond.fleet.result import PoolResult

_LEFT_OUT = ("XSBOND_POOL", "XSBOND_FLEET", "XSBOND_POOLS_AT_ONCE")
Say = Callable[[str], None]


class UnsetVariableError(ValueError):
    """A variable that the fleet file names is not in the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """All pools and how their runs are started."""

    pools: Sequence[FleetPool]
    words: Mapping[str, tuple[str, ...]]
    """Name of a pool -> arguments of its run."""
    at_once: int
    plans: bool = False
    """Whether nothing is judged."""
    stops_at_failure: bool
    """Whether no run is begun after one that did not end as wanted: where pools are changed."""
    scratch: Path
    """A directory for what the runs tell."""
    say: Say
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> tuple[PoolResult, ...]:
        """Run all; return what came of them, in the order of the file.

        After Ctrl-C, which reaches the runs themselves, too, no other one is begun.
        """
        with ThreadPoolExecutor(self.at_once) as executor:
            futures = {executor.submit(self._run, pool): pool.name for pool in self.pools}
            try:
                for future in as_completed(futures):
                    self.say(_line(future.result(), plans=self.plans))
            except KeyboardInterrupt:
                self._over.set()
        return tuple(future.result() for future in futures)

    def _run(self, pool: FleetPool) -> PoolResult:
        words = self.words[pool.name]
        if self._over.is_set():
            why = "not begun, because of what became of another pool"
            return PoolResult(name=pool.name, address=pool.address, words=words, errors=why)
        began = time.monotonic()
        result = self._ended(pool, words, began)
        if self.stops_at_failure and result.state != "as wanted":
            self._over.set()
        return result

    def _ended(self, pool: FleetPool, words: tuple[str, ...], began: float) -> PoolResult:
        told = self.scratch / f"{pool.name}.json"
        try:
            environment = environment_of(pool, os.environ) | {"XSBOND_JSON": str(told)}
        except UnsetVariableError as error:
            return PoolResult(
                name=pool.name, address=pool.address, words=words, exit_status=4, errors=str(error)
            )
        # Nobody can be asked for a password while other pools are looked at.
        ended = subprocess.run(  # noqa: S603 - this program, with the words that it was given
            [sys.executable, "-m", "pytest", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        return PoolResult(
            name=pool.name,
            address=pool.address,
            words=words,
            exit_status=ended.returncode,
            shown="\n".join(line for line in ended.stdout.splitlines() if str(told) not in line),
            errors=ended.stderr,
            outcome=_outcome(told, words),
            seconds=time.monotonic() - began,
        )


def environment_of(pool: FleetPool, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a pool's run: its own credentials, and nothing of the fleet."""
    own = {name: value for name, value in environment.items() if name not in _LEFT_OUT}
    # Runs at the same time would write to one cache.
    own["XSBOND_POOL_NAME"] = pool.name
    own["PYTEST_ADDOPTS"] = f"{environment.get('PYTEST_ADDOPTS', '')} -p no:cacheprovider".strip()
    for name, variable in (
        ("XSBOND_USERNAME", pool.username_variable),
        ("XSBOND_PASSWORD", pool.password_variable),
    ):
        if variable and not environment.get(variable):
            raise UnsetVariableError(f"the environment has no {variable}; the fleet file names it")
        if variable:
            own[name] = environment[variable]
    return own


def _outcome(told: Path, words: Sequence[str]) -> Mapping[str, object]:
    """Return what a run has told programs; nothing if it has not come so far."""
    named = [word.partition("=")[2] for word in words if word.startswith("--xsbond-json=")]
    path = Path(named[0]) if named else told
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except (OSError, msgspec.DecodeError):
        return {}
    return found


def _line(result: PoolResult, *, plans: bool) -> str:
    return f"{result.name}: {result.word(plans=plans)} ({result.seconds:.1f} s)"
