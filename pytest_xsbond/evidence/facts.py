"""What a reader must know about a run years later: who, when, which pool, how, and the end."""

import getpass
import os
import platform
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

import pytest

from pytest_xsbond import options
from pytest_xsbond.claims.results import Result
from pytest_xsbond.runs import drill_run
from pytest_xsbond.runs.run import PoolRun, Run
from pytest_xsbond.terminal import header
from pytest_xsbond.terminal.progress import PROGRESS
from xsbond.plan.plan import by_name

SCHEMA = 1
"""Version of run.json."""
_JOBS = ("GITHUB_RUN_ID", "CI_JOB_URL", "BUILD_URL")
"""Variables by which GitHub Actions, GitLab and Jenkins say which job it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """One host of the pool."""

    name: str
    uuid: str
    address: str
    version: str
    """Product and xapi."""
    master: bool
    ssh_host_key: str
    """Kind and SHA-256 of the key its dom0 has proven; empty if it was not connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """run.json: one run, whatever came of it."""

    schema: int = SCHEMA
    change: str
    """Of the change record; empty if none was named."""
    operator: str
    """User the run belongs to on the runner."""
    runner: str
    """Machine, and the CI job where there is one."""
    started: str
    """UTC, ISO 8601, as is `ended`."""
    ended: str
    command: str
    exit_status: int
    product: Mapping[str, str]
    """Program -> version of what has judged."""
    pool: str
    """What the user called it."""
    pool_uuid: str = ""
    mode: str = ""
    bonds: str = ""
    bond_file: str = ""
    """What was judged where no bond file was named, and what was not; empty if nothing is left."""
    dom0: str = ""
    """Which part of the evidence is missing because dom0 was not to be asked; empty if none is."""
    tls: str = ""
    """SHA-256 of the certificate that XAPI has presented."""
    hosts: tuple[HostFacts, ...] = ()
    verdicts: Mapping[str, int] = field(default_factory=dict)
    progress: tuple[tuple[str, str], ...] = ()
    """(UTC, line) of each thing that was told while the pool was changed or disturbed."""
    changed: tuple[str, ...] = ()
    """The steps that were taken."""
    disturbed: tuple[str, ...] = ()
    """The legs that were taken down."""
    stopped: str = ""
    """Where a change came to a halt half-way, and on lines of their own where each host stands."""
    refused: str = ""
    """Why the run did not begin."""


def facts_of(
    config: pytest.Config,
    run: Run | None,
    results: Sequence[Result],
    *,
    started: str,
    ended: str,
    exit_status: int,
    refused: str = "",
) -> RunFacts:
    """Return the facts of a run; without `run` it was over before it had looked at the pool."""
    told = header.facts(run) if run else {}
    pool_run = run if isinstance(run, PoolRun) else None
    told_so_far: list[tuple[str, str]] = config.stash.get(PROGRESS, [])
    return RunFacts(
        change=options.value(config, "change"),
        operator=_operator(),
        runner=_runner(),
        started=started,
        ended=ended,
        command=shlex.join(("pytest", *map(str, config.invocation_params.args))),
        exit_status=exit_status,
        product={name: version(name) for name in ("pytest-xsbond", "pytest")}
        | {"python": platform.python_version()},
        pool=header.pool_name(run) if run else ", ".join(options.pools(config)),
        pool_uuid=run.expected().now.pool.uuid if run else "",
        mode=told.get("mode", ""),
        bonds=told.get("bonds", ""),
        bond_file=told.get("bond file", ""),
        dom0=told.get("dom0", ""),
        tls=pool_run.connections.api.certificate_sha256 if pool_run else "",
        hosts=_hosts(run) if run else (),
        verdicts=Counter(result.verdict for result in results),
        progress=tuple(told_so_far),
        changed=tuple(step.does for step in pool_run.change.done) if pool_run else (),
        disturbed=_disturbed(pool_run) if pool_run else (),
        stopped=_stopped(pool_run) if pool_run else "",
        refused=refused,
    )


def _operator() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container may know its user by number only.
        return "unknown"


def _runner() -> str:
    jobs = (f"{name} {os.environ[name]}" for name in _JOBS if os.environ.get(name))
    return ", ".join((platform.node() or "unknown", *jobs))


def _hosts(run: Run) -> tuple[HostFacts, ...]:
    now = run.expected().now
    keys = run.connections.host_keys() if run.connections else {}
    return tuple(
        HostFacts(
            name=now.labels[ref],
            uuid=now.hosts[ref].uuid,
            address=now.hosts[ref].address,
            version=header.version_of(now.hosts[ref].software_version),
            master=ref == now.pool.master,
            ssh_host_key=keys.get(now.hosts[ref].uuid, ""),
        )
        for ref in by_name(now)
    )


def _stopped(run: PoolRun) -> str:
    return "\n".join((str(run.stopped), *run.stopped.standing)) if run.stopped else ""


def _disturbed(run: PoolRun) -> tuple[str, ...]:
    return tuple(drill_run.disturbance(each) for each in run.drills.disturbed())
