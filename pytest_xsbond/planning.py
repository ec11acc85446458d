"""`--xsbond-plan`: what an apply would do, as text."""

import pytest

from pytest_xsbond.clean import clean_lines
from pytest_xsbond.opening import open_run
from pytest_xsbond.run import PoolRun
from pytest_xsbond.settings import read_credentials, read_settings
from xsbond.errors import XsbondError


def plan_text(config: pytest.Config) -> tuple[str, int]:
    """Return the plan as text, and the exit status: 0, or 1 where apply would refuse.

    Raises pytest.UsageError if the pool cannot be asked.
    """
    try:
        run = open_run(read_settings(config), lambda: read_credentials(config))
    except XsbondError as error:
        raise pytest.UsageError(clean_lines(str(error))) from None
    try:
        return clean_lines(_render(run)), 1 if run.plan.refusals else 0
    finally:
        run.close()


def _render(run: PoolRun) -> str:
    plan, pool = run.plan, run.settings.pool
    lines = [f"plan for {pool} ({len(run.first.hosts)} hosts); nothing is changed"]
    for number, step in enumerate(plan.steps, start=1):
        lines += [f"{number:3}. {step.does}", f"       {step.command}"]
    if not plan.steps and not plan.refusals:
        lines.append("nothing to do: every host has every wanted bond")
    if plan.refusals:
        lines.append("--xsbond-apply would refuse:")
        lines += [f"  - {refusal}" for refusal in plan.refusals]
    return "\n".join(lines) + "\n"
