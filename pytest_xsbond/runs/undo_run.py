"""`--xsbond-undo`: what would be taken back, and the taking back, as text."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from pytest_xsbond import options
from pytest_xsbond.clean import clean_lines
from pytest_xsbond.credentials import read_credentials
from pytest_xsbond.runs.exit_status import DONE, STOPPED, status_of_plan
from pytest_xsbond.runs.opening import Waiting, open_run, untold
from pytest_xsbond.runs.run import PoolRun
from pytest_xsbond.settings import read_settings
from xsbond.apply.carry_out import Stopped
from xsbond.apply.carry_out_undo import Undoing, planned_undo
from xsbond.apply.journal import FILE, read_journal
from xsbond.apply.plan_undo import UndoPlan
from xsbond.collect.observe import observe
from xsbond.errors import XsbondError
from xsbond.interrupts import undisturbed
from xsbond.snapshot.snapshot import Snapshot

Write = Callable[[str], object]


def undo(config: pytest.Config, write: Write, waiting: Waiting = untold) -> int:
    """Print what would be taken back, take it back unless --xsbond-plan was given.

    `waiting` is entered for everything that may take long before that. Return the exit status (see
    exit_status). Raises pytest.UsageError if it is refused, or the pool
    cannot be asked.
    """
    only_plan = options.flag(config, "plan")
    detailed = options.flag(config, "detailed-exitcode")

    def show(text: str) -> None:
        write(clean_lines(text))

    try:
        settings = read_settings(config)
        run = open_run(settings, lambda: read_credentials(config), waiting, _progress(show))
        try:
            return _undo(run, show, only_plan=only_plan, detailed=detailed)
        finally:
            with undisturbed():
                run.close()
    except XsbondError as error:
        raise pytest.UsageError(clean_lines(str(error))) from None
    except KeyboardInterrupt:
        # From the first step on, an interrupt is told as Stopped.
        with undisturbed():
            show("interrupted before anything was changed\n")
        return int(pytest.ExitCode.INTERRUPTED)


def _undo(run: PoolRun, write: Write, *, only_plan: bool, detailed: bool) -> int:
    directory, pool = run.change.journal_directory(), run.first.pool.uuid
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
        return status_of_plan(
            refused=bool(plan.refusals), pending=bool(plan.steps), detailed=detailed
        )
    with run.change.open_journal() as journal:
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
    if plan.refusals:
        # A command that must not be typed is not shown.
        lines.append("--xsbond-undo refuses to take this back")
    elif not plan.steps:
        lines.append("nothing to take back: nothing that was made is there any more")
    else:
        for number, step in enumerate(plan.steps, start=1):
            lines += [f"{number:3}. {step.does}", f"       {step.command}"]
    return "\n".join(lines) + "\n"


def _progress(write: Write) -> Callable[[str], None]:
    started = time.monotonic()
    return lambda line: (write(f"xsbond: {time.monotonic() - started:6.1f} s  {line}\n"), None)[1]


def _carried_out(undoing: Undoing, write: Write) -> int:
    try:
        undoing.run()
    except Stopped as stopped:
        with undisturbed():
            write(f"STOPPED: {stopped}\n")
            for line in stopped.standing:
                write(f"  {line}\n")
        return STOPPED
    with undisturbed():
        for step in undoing.done:
            write(f"changed: {step.does}\n")
    return DONE
