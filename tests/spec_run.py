"""Run the shipped spec within a test, and look at what came of every claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

# What the spec imports must be there before `pytester` notes the modules: it drops those that come
# later, and two copies of a class are not the same.
import pytest_xsbond.health
import pytest_xsbond.host_in_pool
import pytest_xsbond.pool_health
import pytest_xsbond.session
import pytest_xsbond.since_baseline
import pytest_xsbond.waived
import pytest_xsbond.warned  # noqa: F401
from pytest_xsbond.outcomes import CATALOGUE
from pytest_xsbond.results import Result, collect_result
from xsbond.snapshot import Snapshot, save


class _Collector:
    """A plugin that keeps the result of every claim."""

    def __init__(self) -> None:
        self.results: list[Result] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if result := collect_result(report):
            self.results.append(result)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecRun:
    """What one run of the spec gave."""

    exit_status: int
    results: tuple[Result, ...]

    def verdicts(self, host: str) -> Mapping[str, str]:
        """Return outcome id -> the worst verdict of its claims on a host, in catalogue order."""
        found: dict[str, str] = {}
        for verdict in ("pass", "n/j", "warn", "waived", "FAIL", "ERROR"):
            for result in self.results:
                if result.host == host and result.verdict == verdict:
                    found.update(dict.fromkeys(result.outcomes, verdict))
        return {id_: found[id_] for id_ in CATALOGUE if id_ in found}

    def not_passed(self) -> dict[tuple[str, str], str]:
        """Return (host, outcome id) -> verdict of everything that is no pass."""
        return {
            (host, id_): verdict
            for host in sorted({result.host for result in self.results})
            for id_, verdict in self.verdicts(host).items()
            if verdict != "pass"
        }


def run_spec(pytester: pytest.Pytester, *arguments: str | Path) -> SpecRun:
    """Run pytest in this process, in a directory of its own, without plugins that add noise.

    `pytester.inline_run` would import paramiko and all the rest anew each time.
    """
    collector = _Collector()
    noise = ("randomly", "cacheprovider", "xdist", "hypothesispytest")
    off = [word for name in noise for word in ("-p", f"no:{name}")]
    rootdir = f"--rootdir={pytester.path}"
    status = pytest.main([*off, rootdir, *map(str, arguments)], plugins=[collector])
    return SpecRun(exit_status=int(status), results=tuple(collector.results))


PUB: dict[str, Any] = {"network": "PUB", "nics": ["eth1", "eth5"], "mode": "balance-slb"}
"""The tutorial's guest bond, as run.json has it."""


def store(directory: Path, bonds: Sequence[dict[str, Any]] = (PUB,), **stages: Snapshot) -> Path:
    """Write stages as a replay reads them, to be judged by the tutorial's bond or by others."""
    directory.mkdir(exist_ok=True)
    about = {"inherit": "restart", "bonds": bonds}
    (directory / "run.json").write_bytes(msgspec.json.encode(about))
    for name, snapshot in stages.items():
        save(snapshot.raw, directory / f"{name}.json")
    return directory
