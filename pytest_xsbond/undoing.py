"""`--xsbond-undo`: what would be taken back, and the taking back, as text."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from pytest_xsbond import options
from pytest_xsbond.clean import clean_lines
from pytest_xsbond.opening import open_run
from pytest_xsbond.run import PoolRun
from pytest_xsbond.settings import read_credentials, read_settings
from xsbond.carry import Stopped
from xsbond.errors import XsbondError
from xsbond.journal import FILE, read_journal
from xsbond.observe import observe
from xsbond.snapshot import Snapshot
from xsbond.undo import UndoPlan
from xsbond.undoing import Undoing, planned_undo

Write = Callable[[str], object]


def undo(config: pytest.Config, write: Write) -> int:
    """Print what would be taken back, take it back unless --xsbond-plan was given, and return 0.

    Return 1 where it stopped half-way, or would be refused. Raises pytest.UsageError if it is
    refused, or the pool cannot be asked.
    """
    only_plan = options.flag(config, "plan")

    def show(text: str) -> None:
        write(clean_lines(text))

    try:
        run = open_run(read_settings(config), lambda: read_credentials(config))
        try:
            return _undo(run, show, only_plan=only_plan)
        finally:
            run.close()
    except XsbondError as error:
        raise pytest.UsageError(clean_lines(str(error))) from None


def _undo(run: PoolRun, write: Write, *, only_plan: bool) -> int:
    directory, pool = run.journal_directory(), run.first.pool.uuid
    entries = read_journal(directory, pool)
    if not entries:
        raise Unknown(str(directory / FILE))

    def look(*, break_lock: bool) -> tuple[Snapshot, UndoPlan]:
        snapshot = observe(run.connections)
        return snapshot, planned_undo(run.connections, snapshot, entries, break_lock=break_lock)

    snapshot, plan = look(break_lock=run.settings.break_lock)
    write(_render(run, plan, str(directory / FILE)))
    if only_plan:
        write("".join(f"  - {refusal}\n" for refusal in plan.refusals))
        return 1 if plan.refusals else 0
    with run.open_journal() as journal:
        undoing = Undoing(
            connections=run.connections,
            snapshot=snapshot,
            plan=plan,
            desired=run.settings.desired,
            journal=journal,
            progress=_progress(write),
            deadline=run.settings.wait,
            look=partial(look, break_lock=True),
            break_lock=run.settings.break_lock,
            change=run.settings.change,
        )
        return _carried_out(undoing, write)


class Unknown(XsbondError):  # noqa: N818 - there is nothing wrong with a pool without a journal
    """No journal says that this product has changed the pool."""

    def __str__(self) -> str:
        return (
            f"--xsbond-undo: {self.args[0]} says nothing about this pool;"
            " name the journal of the run that changed it with --xsbond-journal DIR"
        )


def _render(run: PoolRun, plan: UndoPlan, path: str) -> str:
    pool = f"{run.settings.pool} ({len(run.first.hosts)} hosts)"
    lines = [f"undo for {pool}, as {path} has it"]
    for number, step in enumerate(plan.steps, start=1):
        lines += [f"{number:3}. {step.does}", f"       {step.command}"]
    if not plan.steps:
        lines.append("nothing to take back: nothing that was made is there any more")
    if plan.refusals:
        lines.append("--xsbond-undo refuses to take this back")
    return "\n".join(lines) + "\n"


def _progress(write: Write) -> Callable[[str], None]:
    started = time.monotonic()
    return lambda line: (write(f"xsbond: {time.monotonic() - started:6.1f} s  {line}\n"), None)[1]


def _carried_out(undoing: Undoing, write: Write) -> int:
    try:
        undoing.run()
    except Stopped as stopped:
        write(f"STOPPED: {stopped}\n")
        for line in stopped.standing:
            write(f"  {line}\n")
        return 1
    for step in undoing.done:
        write(f"changed: {step.does}\n")
    return 0
