"""What the README shows can be typed, and its test of one's own holds on the lab."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_example_holds_on_the_lab(pytester: pytest.Pytester) -> None:
    """As printed, for every host."""
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (pytester.path / "test_mine.py").write_text(example, encoding="utf-8")
    result = pytester.runpytest_subprocess("--pool=lab", "test_mine.py")
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()
    result.stdout.fnmatch_lines(["*2 passed*"])


def test_commands_name_the_pytest_that_was_installed() -> None:
    """No bare `pytest`, which may be another one, or none."""
    assert re.findall(r"^\$ pytest", README, re.MULTILINE) == []


CONFTEST = """
def pytest_addoption(parser):
    parser.addoption("--hosts", action="append", default=[])
"""


def test_conftest_with_an_option_of_testinfra_works_without_that_plugin(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """The line of docs/options.md; xcp-ng-tests adds such an option."""
    page = README_OF_OPTIONS.read_text(encoding="utf-8")
    (line,) = re.findall(r"^\$ pytest (-p no:\S+) ", page, re.MULTILINE)
    pytester.makeconftest(CONFTEST)
    replay = f"--xsbond-replay={recorded_tutorial}"
    words = (*line.split(), replay, "--hosts=xs-1", "-k", "one_management")
    result = pytester.runpytest_subprocess(*words)
    assert result.ret == pytest.ExitCode.OK, result.stdout.str() + result.stderr.str()


README_OF_OPTIONS = Path(__file__).parents[2] / "docs" / "options.md"
