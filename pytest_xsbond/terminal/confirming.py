"""A repair is shown, and begins only once somebody on a terminal has agreed to it."""

import sys

import pytest

from pytest_xsbond.clean import clean_lines
from pytest_xsbond.runs.plan_told import told, told_step
from pytest_xsbond.runs.run import PoolRun, Run
from xsbond.errors import OptionError
from xsbond.model import Repair

_OPTION = "--xsbond-repair"


def confirm(config: pytest.Config, run: Run) -> None:
    """Show what a repair is about to do, and ask; raises OptionError where the answer is no.

    A lab is thrown away afterwards, and is repaired without being asked.
    """
    if not isinstance(run, PoolRun) or not _is_to_be_asked(config, run):
        return
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture and not run.settings.yes:
        # Standard input, too; pytest resumes it with the rest at its next test.
        capture.suspend_global_capture(in_=True)
    is_terminal = bool(sys.stdin and sys.stdin.isatty())
    if not (run.settings.yes or is_terminal):
        reason = "asks before it changes anything, and there is no terminal: add --xsbond-yes"
        raise OptionError(_OPTION, f"{reason}, or look first with --xsbond-plan")
    if not run.settings.yes:
        sys.stderr.write(clean_lines(_shown(run)))
        sys.stderr.flush()
        if not _says_yes():
            raise OptionError(_OPTION, "nothing was changed: the answer was not yes")


def _is_to_be_asked(config: pytest.Config, run: PoolRun) -> bool:
    is_repair = run.settings.repair is not Repair.NOTHING and run.settings.mode == "apply"
    return is_repair and run.lab is None and run.change.is_wanted and not config.option.collectonly


def _shown(run: PoolRun) -> str:
    first, settings = run.first, run.settings
    master = first.labels[first.pool.master]
    plan = told(run.plan, settings.pool, master, len(first.hosts), (), settings.repair)
    steps = [line for step in plan.steps if step.sign != "-/+" for line in told_step(step)]
    lines = [f"{plan.counts} on {plan.pool}", *steps]
    return "".join(f"{line}\n" for line in lines) + "type yes to do this: "


def _says_yes() -> bool:
    try:
        return sys.stdin.readline().strip().lower() == "yes"
    except OSError:
        return False
