"""The order in which the hooks of a session take their turns."""

import pytest

from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.session.baseline_keeper import BaselineKeeper
from pytest_xsbond.session.closing import ClosingHooks, ClosingPage, ShortSummary
from pytest_xsbond.session.collecting import CollectingHooks
from pytest_xsbond.session.known_deviations import KnownDeviationHooks
from pytest_xsbond.session.one_process import keep_in_one_process
from pytest_xsbond.session.opening import OpeningHooks
from pytest_xsbond.session.pool_warnings import PoolWarningHooks
from pytest_xsbond.session.reporting import ReportingHooks
from pytest_xsbond.session.telling import TellingHooks
from pytest_xsbond.terminal import header
from pytest_xsbond.terminal.nagios import NagiosStatus


def register_hooks(config: pytest.Config) -> None:
    """Register what opens the run; what needs one joins when it is open.

    What is registered first is called last, when the others are done.
    """
    keep_in_one_process(config)
    config.pluginmanager.register(NagiosStatus(config), "xsbond-nagios")
    config.pluginmanager.register(ShortSummary(config), "xsbond-short-summary")
    config.pluginmanager.register(OpeningHooks(config, _join), "xsbond-opening")


def _join(config: pytest.Config) -> None:
    hooks = (
        ("xsbond-header", header.HeaderHooks(config.stash[RUN])),
        ("xsbond-collecting", CollectingHooks(config)),
        ("xsbond-reporting", ReportingHooks(config)),
        ("xsbond-pool-warnings", PoolWarningHooks()),
        ("xsbond-known-deviations", KnownDeviationHooks(config)),
        ("xsbond-baseline", BaselineKeeper(config)),
        ("xsbond-telling", TellingHooks(config)),
        ("xsbond-page", ClosingPage(config)),
        ("xsbond-closing", ClosingHooks(config)),
    )
    for name, hook in hooks:
        config.pluginmanager.register(hook, name)
