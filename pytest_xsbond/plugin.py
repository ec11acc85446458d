"""The plugin's entry point: options, and nothing else until a pool is named.

Without `--pool` or `--xsbond-replay` nothing is imported, printed or connected.
"""

import os
import shutil
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pytest

from pytest_xsbond import options, relevance

if TYPE_CHECKING:
    from pytest_xsbond.runs.opening import Waiting

pytest_plugins = ["pytest_xsbond.fixtures", "pytest_xsbond.interrupted"]

SPEC = "pytest_xsbond.spec"
"""The package of tests that runs where no file is named."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options."""
    options.add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Run the shipped spec if a pool is named on the command line, but no test."""
    known = early_config.known_args_namespace
    if known.xsbond_pool or known.xsbond_replay:
        # A node id that is an option's value, such as --deselect's, stays as it is.
        before = ["", *args[:-1]]
        args[:] = [
            _found_again(early_config, word)
            if word in known.file_or_dir and option != "--deselect"
            else word
            for option, word in zip(before, args, strict=True)
        ]
    if (known.xsbond_pool or known.xsbond_replay) and not known.file_or_dir:
        args += ["--pyargs", SPEC]


def _found_again(config: pytest.Config, word: str) -> str:
    """Return a node id of the shipped spec, as a run prints it, in a form that works anywhere."""
    path, separator, rest = word.partition("::")
    name = PurePath(path)
    if not separator or name.suffix != ".py" or (config.invocation_params.dir / path).exists():
        return word
    shipped = Path(__file__).parent / "spec" / name.name
    in_spec = name.parent.parts[-2:] in {(), ("pytest_xsbond", "spec")}
    return f"{shipped}{separator}{rest}" if in_spec and shipped.is_file() else word


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the session's hooks if there is a pool."""
    config.addinivalue_line(
        "markers",
        "outcome(*ids, claim, looks_at, warns): the outcomes that this test judges",
    )
    if _is_asked_for(config) and not _is_fleet(config):
        from pytest_xsbond.session.registering import register_hooks  # noqa: PLC0415 - heavy, seldom wanted

        register_hooks(config)
        # Later filters count first: a user's `error` is not meant for what fails no run.
        config.addinivalue_line("filterwarnings", "always::pytest_xsbond.PoolWarning")
        if config.pluginmanager.hasplugin("html") and config.getoption("htmlpath", None):
            from pytest_xsbond.evidence.html import HtmlColumns  # noqa: PLC0415

            config.pluginmanager.register(HtmlColumns(config), "xsbond-html")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Print the plan, or take changes back, instead of running tests, if that was asked for."""
    if hasattr(config, "workerinput") or config.option.help or config.option.version:
        return None
    if options.flag(config, "list"):
        from pytest_xsbond.spec.listing import listing  # noqa: PLC0415

        sys.stdout.write(listing(shutil.get_terminal_size().columns))
        return int(pytest.ExitCode.OK)
    if _is_fleet(config):
        from pytest_xsbond.fleet.opening import run_fleet  # noqa: PLC0415 - heavy, seldom wanted

        return run_fleet(config, _print)
    if not _is_asked_for(config):
        _refuse_without_a_pool(config)
        return None
    if (status := _instead_of_tests(config)) is not None:
        return status
    _prepare_evidence(config)
    _prepare_machines(config)
    return None


def _instead_of_tests(config: pytest.Config) -> int | None:
    """Do what is asked of the pool and judges nothing; return the exit status, None if nothing is.

    What is heavy and seldom wanted is imported only now.
    """
    if options.value(config, "write-bonds"):
        from pytest_xsbond.session.describing import describe  # noqa: PLC0415

        sys.stdout.write(describe(config, _waiting(config)))
        return int(pytest.ExitCode.OK)
    if options.value(config, "joiner"):
        from pytest_xsbond.runs.joiner.precheck import judge_joiner  # noqa: PLC0415

        text, status = judge_joiner(config, _waiting(config))
        sys.stdout.write(text)
        return status
    if options.flag(config, "undo"):
        from pytest_xsbond.runs.undo_run import undo  # noqa: PLC0415

        return undo(config, sys.stdout.write, _waiting(config))
    if options.flag(config, "plan"):
        from pytest_xsbond.runs.plan_run import plan_text  # noqa: PLC0415

        text, status = plan_text(config, _waiting(config))
        sys.stdout.write(text)
        return status
    return None


def _print(text: str) -> None:
    """Show text at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def _waiting(config: pytest.Config) -> "Waiting":
    """Return what says, beside what is printed, what is waited for."""
    from pytest_xsbond.terminal.progress import teller  # noqa: PLC0415 - heavy, seldom wanted

    return teller(config, sys.stderr).waiting


def _refuse_without_a_pool(config: pytest.Config) -> None:
    """Say so where something is asked of a pool, and none is named."""
    if names := relevance.given(config):
        typed = ", ".join(f"--xsbond-{name}" for name in names)
        reason = "there is no pool: give --pool=ADDRESS, --pool=lab or --xsbond-replay=DIR"
        raise pytest.UsageError(f"{typed}: {reason}")


def _prepare_evidence(config: pytest.Config) -> None:
    """Have everything that a run writes written into the bundle, if one is wanted.

    Workers of xdist hand their results to the controller, which has the bundle.
    """
    wanted = any(options.is_given(config, name) for name in ("evidence", "sign-key"))
    if not wanted or config.option.collectonly:
        return
    from pytest_xsbond.evidence import bundle  # noqa: PLC0415 - heavy, seldom wanted
    from xsbond.errors import OptionError  # noqa: PLC0415

    try:
        directory = bundle.prepare(config)
    except OptionError as error:
        raise pytest.UsageError(str(error)) from None
    if directory:
        config.pluginmanager.register(bundle.Bundle(config, directory), "xsbond-evidence")


def _prepare_machines(config: pytest.Config) -> None:
    """Have programs told what came of the run, where one asks for it."""
    wanted = options.is_given(config, "json") or os.environ.get("GITHUB_STEP_SUMMARY")
    if not wanted or config.option.collectonly:
        return
    from pytest_xsbond.evidence.telling_machines import wanted_from  # noqa: PLC0415 - heavy
    from xsbond.errors import OptionError  # noqa: PLC0415

    try:
        for hooks in wanted_from(config):
            config.pluginmanager.register(hooks, "xsbond-machines")
    except OptionError as error:
        raise pytest.UsageError(str(error)) from None


def _is_fleet(config: pytest.Config) -> bool:
    """Tell whether several pools are named; one `--pool` that is typed is that pool alone."""
    if hasattr(config, "workerinput"):
        return False
    typed = config.getoption("xsbond_pool") or ()
    if options.is_on_command_line(config, "fleet") or len(typed) > 1:
        return True
    return not typed and bool(options.value(config, "fleet"))


def _is_asked_for(config: pytest.Config) -> bool:
    in_worker = "xsbond_stages" in getattr(config, "workerinput", {})
    return bool(options.pools(config) or options.value(config, "replay") or in_worker)
