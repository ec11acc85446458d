"""`--xsbond-plan`: what an apply would do, and what only differs, as text and as JSON."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pytest_xsbond import options
from pytest_xsbond.clean import clean_lines
from pytest_xsbond.credentials import read_credentials
from pytest_xsbond.runs.exit_status import status_of_plan
from pytest_xsbond.runs.opening import Waiting, open_run, untold
from pytest_xsbond.runs.plan_told import ToldPlan, lines, told
from pytest_xsbond.runs.replay import ReplayRun
from pytest_xsbond.settings import Settings, read_settings
from xsbond.errors import XsbondError
from xsbond.plan.plan import Plan, plan_for
from xsbond.private import write_private
from xsbond.snapshot.snapshot import Snapshot

_NOT_LIVE = (
    "it was planned from a stored look; what only the pool itself can tell (running VMs, storage,"
    " high availability, permissions, the lock) is looked at by an apply"
)


def plan_text(config: pytest.Config, waiting: Waiting = untold) -> tuple[str, int]:
    """Return the plan as text, and the exit status (see exit_status); write it as JSON, if asked.

    `waiting` is entered for everything that may take long. Raises pytest.UsageError if the pool
    cannot be asked.
    """
    try:
        settings, file = read_settings(config), options.json_file(config)
        if settings.replay:
            looked, plan, seal = _from_stored(settings)
        else:
            (looked, plan), seal = _from_pool(config, settings, waiting), ""
    except XsbondError as error:
        raise pytest.UsageError(clean_lines(str(error))) from None
    shown = told(
        plan,
        settings.pool or f"replay of {settings.replay}",
        looked.labels[looked.pool.master],
        len(looked.hosts),
        tuple(_notes(settings, seal)),
        settings.repair,
    )
    status = status_of_plan(
        refused=bool(plan.refusals),
        pending=bool(shown.steps),
        detailed=options.flag(config, "detailed-exitcode"),
    )
    written = _write(shown, file) if file else ()
    return clean_lines("".join(f"{line}\n" for line in (*lines(shown), *written))), status


def _write(plan: ToldPlan, file: Path) -> Iterator[str]:
    """Write the plan as JSON, and yield where it is."""
    text = msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"
    try:
        write_private(file, text)
    except OSError as error:
        raise pytest.UsageError(f"--xsbond-json: NOT WRITTEN: {error.strerror}") from None
    yield f"json: {file}"


def _from_pool(
    config: pytest.Config, settings: Settings, waiting: Waiting
) -> tuple[Snapshot, Plan]:
    run = open_run(settings, lambda: read_credentials(config), waiting)
    try:
        return run.first, run.plan
    finally:
        run.close()


def _from_stored(settings: Settings) -> tuple[Snapshot, Plan, str]:
    run = ReplayRun(settings)
    stages = run.expected()
    plan = plan_for(stages.desired, stages.now, settings.inherit, repair=settings.repair)
    return stages.now, plan, run.seal


def _notes(settings: Settings, seal: str) -> Iterator[str]:
    if seal:
        yield f"seal: {seal}"
    if settings.replay:
        yield f"note: {_NOT_LIVE}"
