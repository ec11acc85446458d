"""Ctrl-C while a run opens, closes, takes changes back or only plans: a line, and no traceback.

pytest itself tells an interrupt only while it collects tests and runs them.
"""

import sys
from collections.abc import Generator

import pytest

from pytest_xsbond import options


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(
    config: pytest.Config,
) -> Generator[None, int | pytest.ExitCode | None, int | pytest.ExitCode | None]:
    """Say that a run was interrupted where nobody else has said so."""
    if not (options.pools(config) or options.value(config, "replay")):
        return (yield)
    try:
        status = yield
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return pytest.ExitCode.INTERRUPTED
    if status == pytest.ExitCode.INTERRUPTED and not _is_told(config):
        sys.stderr.write("interrupted before anything was changed\n")
    return status


def _is_told(config: pytest.Config) -> bool:
    """Tell whether the page, or the undo, has said where it was interrupted."""
    return config.pluginmanager.hasplugin("xsbond-closing") or options.flag(config, "undo")
