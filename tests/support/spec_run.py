"""Run the shipped spec within a test, and look at what came of every claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

# Their compiled parts cannot be loaded twice, and `pytester` drops modules that come later.
import tree_sitter  # noqa: F401
import tree_sitter_bash  # noqa: F401

# What the spec imports must be there before `pytester` notes the modules: it drops those that come
# later, and two copies of a class are not the same.
import pytest_xsbond.claims.health
import pytest_xsbond.claims.host_in_pool
import pytest_xsbond.claims.pool_health
import pytest_xsbond.claims.since_baseline
import pytest_xsbond.runs.plan_run
import pytest_xsbond.runs.undo_run
import pytest_xsbond.session.describing
import pytest_xsbond.session.registering  # noqa: F401
from pytest_xsbond.claims.results import Result, collect_result
from tests.support.verdicts import Verdicts
from xsbond.snapshot.snapshot import Snapshot, save


class _Collector:
    """A plugin that keeps the result of every claim."""

    def __init__(self) -> None:
        self.results: list[Result] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if result := collect_result(report):
            self.results.append(result)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecRun(Verdicts):
    """What one run of the spec gave."""

    exit_status: int


def run_spec(pytester: pytest.Pytester, *arguments: str | Path) -> SpecRun:
    """Run pytest in this process, in a directory of its own, without plugins that add noise.

    `pytester.inline_run` would import paramiko and all the rest anew each time.
    """
    collector = _Collector()
    noise = ("randomly", "cacheprovider", "xdist", "hypothesispytest", "unraisableexception")
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
