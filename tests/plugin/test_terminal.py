"""The product on a real terminal: its question for the password, and reporters that draw."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.labs import pool_arguments
from tests.support.terminals import on_terminal
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

PYTEST = (sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:hypothesispytest")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab that is only looked at."""
    with Lab(tutorial(1)) as lab:
        yield lab


@pytest.mark.parametrize("capture", ["fd", "sys", "no"])
@pytest.mark.parametrize("mode", [(), ("--xsbond-plan",)], ids=["verify", "plan"])
def test_password_is_asked_for(
    lab: Lab, tmp_path: Path, capture: str, mode: tuple[str, ...]
) -> None:
    """Whatever pytest captures; what is typed is not shown."""
    pool, ssh_config, _ = pool_arguments(lab)
    command = [*PYTEST, f"--capture={capture}", pool, ssh_config, *mode, "-k", "one_management"]
    seen = on_terminal(command, tmp_path, {"Password of root: ": lab.password})
    assert (seen.exit_status, "Password of root: " in seen.shown) == (0, True), seen.shown
    assert lab.password not in seen.shown


@pytest.mark.parametrize("answer", ["", "\x04"], ids=["nothing", "end-of-file"])
def test_no_answer_is_told_in_one_line(lab: Lab, tmp_path: Path, answer: str) -> None:
    """The pool is not asked with an empty password."""
    pool, ssh_config, _ = pool_arguments(lab)
    seen = on_terminal([*PYTEST, pool, ssh_config], tmp_path, {"Password of root: ": answer})
    assert seen.exit_status == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: password: is empty; nothing was asked of the pool" in seen.shown


@pytest.mark.parametrize("name", ["XSBOND_PASSWORD", "XSBOND_USERNAME"])
@pytest.mark.parametrize("value", ["", "  "], ids=["empty", "blank"])
def test_empty_variable_is_named(
    pytester: pytest.Pytester, lab: Lab, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A pipeline passes one for a secret that is not set; it is no wrong password."""
    monkeypatch.setenv("XSBOND_PASSWORD", "secret-word")
    monkeypatch.setenv(name, value)
    pool, ssh_config, _ = pool_arguments(lab)
    result = pytester.runpytest_subprocess(pool, ssh_config)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    line = f"ERROR: {name}: is empty; give it a value, or unset it"
    assert [text for text in result.errlines if text] == [line]


def test_sugar_draws_a_run(recorded_tutorial: Path, tmp_path: Path) -> None:
    """pytest-sugar asks for the header when it starts, before most plugins have started."""
    replay = f"--xsbond-replay={recorded_tutorial}"
    seen = on_terminal([*PYTEST, "--force-sugar", replay, "-k", "one_management"], tmp_path)
    assert (seen.exit_status, "INTERNALERROR" in seen.shown) == (0, False), seen.shown
    assert "xsbond pool: replay of" in seen.shown
    assert "2 passed" in seen.shown


IMPATIENT = """
import pytest

def ask_for_everything(config):
    hook = config.hook
    hook.pytest_report_header(config=config, start_path=config.rootpath)
    hook.pytest_collection_modifyitems(session=None, config=config, items=[])
    terminal = config.pluginmanager.getplugin("terminalreporter")
    hook.pytest_terminal_summary(terminalreporter=terminal, exitstatus=0, config=config)
    hook.pytest_assertrepr_compare(config=config, op="==", left=1, right=2)

@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    ask_for_everything(config)

@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    ask_for_everything(session.config)

def pytest_unconfigure(config):
    ask_for_everything(config)
"""


def test_plugin_that_asks_too_early_breaks_nothing(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """Whatever another plugin calls, and when: no hook of ours is there without its run."""
    pytester.makepyfile(impatient=IMPATIENT)
    replay = f"--xsbond-replay={recorded_tutorial}"
    result = pytester.runpytest_subprocess("-p", "impatient", "-k", "one_management", replay)
    assert result.ret == pytest.ExitCode.OK, result.stdout.str() + result.stderr.str()
