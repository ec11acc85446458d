"""A run that may change or disturb its pool works in one process, whatever `-n` says."""

import pytest

from pytest_xsbond.settings import touches_pool


def keep_in_one_process(config: pytest.Config) -> None:
    """Let xdist start no workers for a run that may touch its pool; called before xdist begins.

    With workers nobody knows what is selected before all have collected, nor which test is the last
    one after `-x`. In one process the first test that needs a change or a drill has it made.
    """
    distributes = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    if distributes and touches_pool(config):
        config.option.dist, config.option.tx, config.option.numprocesses = "no", [], 0
        config.pluginmanager.register(_Told(), "xsbond-one-process")


class _Told:
    """Says in the header why there are no workers."""

    def pytest_report_header(self) -> str:
        """Say it."""
        return (
            "xsbond processes: one (-n has no effect: this run may change or disturb the pool,"
            " only for what is selected)"
        )
