"""Command line, environment, ini file: each option has a twin, and what counts first is known."""

from pathlib import Path

import pytest

from pytest_xsbond.option_table import OPTIONS
from pytest_xsbond.options import is_given, value
from tests.support.refused import line_of


@pytest.fixture
def replay(recorded_tutorial: Path) -> str:
    """A run that needs no pool."""
    return f"--xsbond-replay={recorded_tutorial}"


def test_help_names_every_variable(pytester: pytest.Pytester) -> None:
    """Beside its option."""
    shown = " ".join(pytester.runpytest_subprocess("--help").stdout.str().split())
    assert "[$XSBOND_POOL]" in shown
    assert [option.name for option in OPTIONS if f"[${option.variable}]" not in shown] == []


def test_variable_counts(
    pytester: pytest.Pytester, replay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the option would."""
    monkeypatch.setenv("XSBOND_BONDS", "from-environment.toml")
    assert "from-environment.toml: cannot be read" in line_of(pytester, [replay])


def test_command_line_counts_before_the_environment(
    pytester: pytest.Pytester, replay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed is meant for this run."""
    monkeypatch.setenv("XSBOND_BONDS", "from-environment.toml")
    assert "typed.toml: cannot be read" in line_of(pytester, [replay, "--xsbond-bonds=typed.toml"])


def test_environment_counts_before_the_ini_file(
    pytester: pytest.Pytester, replay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ini file is everybody's."""
    pytester.makeini("[pytest]\nxsbond_bonds = from-ini.toml\n")
    monkeypatch.setenv("XSBOND_BONDS", "from-environment.toml")
    assert "from-environment.toml: cannot be read" in line_of(pytester, [replay])


def test_pool_may_be_named_in_the_environment(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For tests of one's own, as in an ini file."""
    monkeypatch.setenv("XSBOND_POOL", "http://xs-1")
    monkeypatch.setenv("XSBOND_PASSWORD", "secret-word")
    assert "'http://xs-1' is in clear text" in line_of(pytester, [])


@pytest.mark.parametrize(("text", "plans"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_flag_in_the_environment(
    pytester: pytest.Pytester,
    replay: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    text: str,
    plans: bool,
) -> None:
    """Yes or no, in the usual words."""
    monkeypatch.setenv("XSBOND_PLAN", text)
    result = pytester.runpytest_subprocess(replay, "-k", "one_management")
    assert ("plan for replay of" in result.stdout.str()) is plans


def test_flag_that_is_neither_yes_nor_no(
    pytester: pytest.Pytester, replay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, not guessed."""
    monkeypatch.setenv("XSBOND_PLAN", "perhaps")
    words = "XSBOND_PLAN: 'perhaps' is none of 1, true, yes, on, 0, false, no, off"
    assert line_of(pytester, [replay]) == words


def test_several_values_are_parted_by_commas(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As no name of a fault or host has one."""
    monkeypatch.setenv("XSBOND_LAB_FAULT", "leg-down@xs-1, no-such-fault@xs-2")
    assert "there is no fault 'no-such-fault'" in line_of(pytester, ["--pool=lab"])


def test_defaults_that_mean_nothing_here_are_no_mistake(
    pytester: pytest.Pytester, replay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Environment and ini file are for many runs."""
    pytester.makeini("[pytest]\nxsbond_lab_hosts = 3\nxsbond_lab_fault =\n  leg-down@xs-1\n")
    monkeypatch.setenv("XSBOND_WAIT", "20")
    result = pytester.runpytest_subprocess(replay, "-k", "one_management")
    assert result.ret == pytest.ExitCode.OK, result.stderr.str()


@pytest.mark.parametrize("option", ["bonds", "waivers", "baseline"])
def test_path_in_an_ini_file_is_relative_to_it(
    pytester: pytest.Pytester, replay: str, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    """Wherever the run is started."""
    pytester.makeini(f"[pytest]\nxsbond_{option} = files/absent\n")
    below = pytester.mkdir("below")
    monkeypatch.chdir(below)
    config = f"--config-file={pytester.path / 'tox.ini'}"
    assert f"{pytester.path / 'files' / 'absent'}: " in line_of(pytester, [replay, config])


def test_tilde_is_the_persons_own_directory(pytester: pytest.Pytester, replay: str) -> None:
    """A shell leaves it as it is after `=`."""
    line = line_of(pytester, [replay, "--xsbond-bonds=~/absent.toml"])
    assert line.startswith(f"{Path('~').expanduser()}/absent.toml: cannot be read")


def test_ini_value_of_the_wrong_kind_is_one_line(pytester: pytest.Pytester, replay: str) -> None:
    """File and key are named."""
    pytester.makeini("[pytest]\nxsbond_failover = maybe\n")
    line = line_of(pytester, [replay])
    assert line.startswith(f"{pytester.path / 'tox.ini'}: xsbond_failover: invalid truth value")


def test_default_is_nobodys_wish(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option that has a default is given only where somebody gives it."""
    config = pytester.parseconfig()
    assert (value(config, "wait"), is_given(config, "wait")) == ("300", False)
    monkeypatch.setenv("XSBOND_WAIT", "300")
    assert is_given(config, "wait")
