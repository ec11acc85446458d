"""`--xsbond-joiner`: what a host must be before it joins the pool; read-only, instead of tests."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from pytest_xsbond import options
from pytest_xsbond.clean import clean_line
from pytest_xsbond.credentials import read_credentials
from pytest_xsbond.relevance import LABS
from pytest_xsbond.runs.opening import Waiting, open_run, untold
from pytest_xsbond.settings import Settings, read_settings
from xsbond.errors import OptionError, XsbondError
from xsbond.plan.joining.checks import Check, checks
from xsbond.snapshot.snapshot import Snapshot

_OPTION = "--xsbond-joiner"


def judge_joiner(config: pytest.Config, waiting: Waiting = untold) -> tuple[str, int]:
    """Look at the pool and at the host; return what to tell, and the exit status.

    Raises pytest.UsageError if one of them cannot be asked.
    """
    address = options.value(config, "joiner")
    try:
        settings = replace(read_settings(config), desired=(), mode="describe")
        if not settings.pool or settings.pool in LABS:
            raise OptionError(_OPTION, "needs a pool of your own to join: give --pool=ADDRESS")
        pool = _look(config, settings, waiting)
        joiner = _look(config, replace(settings, pool=address), waiting)
    except XsbondError as error:
        raise pytest.UsageError(clean_line(str(error))) from None
    found = checks(pool, joiner)
    text = "".join(f"{clean_line(line)}\n" for line in _lines(pool, joiner, found))
    fails = any(check.wrong for check in found)
    return text, int(pytest.ExitCode.TESTS_FAILED if fails else pytest.ExitCode.OK)


def _look(config: pytest.Config, settings: Settings, waiting: Waiting) -> Snapshot:
    run = open_run(settings, lambda: read_credentials(config), waiting)
    try:
        return run.first
    finally:
        run.close()


def _lines(pool: Snapshot, joiner: Snapshot, found: Sequence[Check]) -> Iterator[str]:
    name, master = joiner.labels[joiner.pool.master], pool.labels[pool.pool.master]
    yield f"may {name} join the pool of {master}? Nothing is changed."
    for check in found:
        yield f"{check.id:<13} {'FAIL' if check.wrong else 'pass'}  {check.says}"
        yield from (f"{'':<19} {line}" for line in check.wrong)
    wrong = sum(bool(check.wrong) for check in found)
    verdict = (
        f"NO: {wrong} of {len(found)} checks fail" if wrong else "yes, as far as was looked at"
    )
    yield f"{name}: {verdict}"
