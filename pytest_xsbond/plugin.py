"""The plugin's entry point: options, and nothing else until a pool is named.

Without `--pool` or `--xsbond-replay` nothing is imported, printed or connected.
"""

import sys

import pytest

from pytest_xsbond import options

pytest_plugins = ["pytest_xsbond.fixtures"]

SPEC = "pytest_xsbond.spec"
"""The package of tests that runs where no file is named."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options."""
    options.add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Run the shipped spec if a pool is named on the command line, but no test."""
    known = early_config.known_args_namespace
    if (known.xsbond_pool or known.xsbond_replay) and not known.file_or_dir:
        args += ["--pyargs", SPEC]


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the session's hooks if there is a pool."""
    config.addinivalue_line(
        "markers",
        "outcome(*ids, looks_at): the outcomes of the catalogue that this test judges",
    )
    if _is_asked_for(config):
        from pytest_xsbond.baseline import BaselineKeeper  # noqa: PLC0415 - heavy, seldom wanted
        from pytest_xsbond.nagios import NagiosStatus  # noqa: PLC0415
        from pytest_xsbond.session import XsbondSession  # noqa: PLC0415
        from pytest_xsbond.waived import Waived  # noqa: PLC0415
        from pytest_xsbond.warned import Warned  # noqa: PLC0415

        # What is registered first is called last: when the others have had their say.
        config.pluginmanager.register(NagiosStatus(config), "xsbond-nagios")
        config.pluginmanager.register(XsbondSession(config), "xsbond-session")
        config.pluginmanager.register(Warned(), "xsbond-warned")
        config.pluginmanager.register(Waived(config), "xsbond-waived")
        config.pluginmanager.register(BaselineKeeper(config), "xsbond-baseline")
        # Later filters count first: a user's `error` is not meant for what fails no run.
        config.addinivalue_line("filterwarnings", "always::pytest_xsbond.PoolWarning")
        if config.pluginmanager.hasplugin("html") and config.getoption("htmlpath", None):
            from pytest_xsbond.html import HtmlColumns  # noqa: PLC0415

            config.pluginmanager.register(HtmlColumns(config), "xsbond-html")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Print the plan, or take changes back, instead of running tests, if that was asked for."""
    _prepare_evidence(config)
    if options.flag(config, "undo"):
        from pytest_xsbond.undoing import undo  # noqa: PLC0415 - heavy, seldom wanted

        return undo(config, sys.stdout.write)
    if not (options.pools(config) and options.flag(config, "plan")):
        return None
    from pytest_xsbond.planning import plan_text  # noqa: PLC0415

    text, status = plan_text(config)
    sys.stdout.write(text)
    return status


def _prepare_evidence(config: pytest.Config) -> None:
    """Have everything that a run writes written into the bundle, if one is wanted."""
    wanted = any(options.is_given(config, name) for name in ("evidence", "sign-key"))
    # Workers of xdist hand their results to the controller, which has the bundle.
    judges = not (hasattr(config, "workerinput") or config.option.collectonly)
    if not (wanted and judges and _is_asked_for(config)):
        return
    for name in ("plan", "undo"):
        if options.flag(config, name):
            reason = f"tells what a run has found; --xsbond-{name} runs no claims"
            raise pytest.UsageError(f"--xsbond-evidence: {reason}")
    from pytest_xsbond.evidence import bundle  # noqa: PLC0415 - heavy, seldom wanted
    from xsbond.errors import OptionError  # noqa: PLC0415

    try:
        directory = bundle.prepare(config)
    except OptionError as error:
        raise pytest.UsageError(str(error)) from None
    if directory:
        config.pluginmanager.register(bundle.Bundle(config, directory), "xsbond-evidence")


def _is_asked_for(config: pytest.Config) -> bool:
    in_worker = "xsbond_stages" in getattr(config, "workerinput", {})
    return bool(options.pools(config) or options.value(config, "replay") or in_worker)
