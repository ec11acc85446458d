"""What docs/lab.md says of the shell is what the shell knows."""

import re
from pathlib import Path

import pytest

from tests.lab.hosts import Shell
from tests.support.imports import ROOT
from xsbond.lab.profiles import CURRENT
from xsbond.lab.programs import programs_of

_TABLE = re.compile(r"^\| it knows \|.*?\n\n", re.DOTALL | re.MULTILINE)


def rows() -> list[list[str]]:
    """Return what stands between backquotes in each row of the table."""
    found = _TABLE.search((ROOT / "docs" / "lab.md").read_text(encoding="utf-8"))
    assert found, "docs/lab.md has no table of what the shell knows"
    return [re.findall(r"`([^`]+)`", row) for row in found[0].split("\n")[2:] if row]


def test_documented_programs_are_those_of_a_dom0() -> None:
    """All of them, and no others; `[` is among the language."""
    known = {Path(path).name for path in programs_of(CURRENT.net_tools)} - {"["}
    *programs, _ = rows()
    named = {Path(word).name for row in programs for word in row if not word.endswith("'")}
    assert named | {"awk", "sed"} == known


@pytest.mark.parametrize(
    ("command", "printed"),
    [("awk '/eth/ { print $2, $NF }'", "b c\n"), ("sed -n '/from/,/to/p'", "from\na\nto\n")],
    ids=["awk", "sed"],
)
def test_documented_awk_and_sed_print(shell: Shell, command: str, printed: str) -> None:
    """As they stand in the table."""
    assert command in [word for row in rows() for word in row]
    text = "eth b c\nfrom\na\nto\nb\n"
    assert shell.out(command, stdin=text) == printed
