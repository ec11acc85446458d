"""The page on security names tests, and all of them exist."""

import ast
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_NAMED = re.findall(r"`(tests/\w+\.py)::(\w+)`", (_ROOT / "docs" / "security.md").read_text())


def test_every_promise_names_a_test() -> None:
    """Each paragraph that promises something ends with the tests that hold it."""
    text = (_ROOT / "docs" / "security.md").read_text()
    promises = re.findall(r"^- (.+?)(?=^- |^#|^$)", text, re.DOTALL | re.MULTILINE)
    assert promises
    assert [promise for promise in promises if "Tests: `" not in promise] == []


@pytest.mark.parametrize(("file", "name"), _NAMED, ids=[name for _, name in _NAMED])
def test_named_test_exists(file: str, name: str) -> None:
    """A test that the page names is defined in the file it names."""
    defined = ast.parse((_ROOT / file).read_text()).body
    assert name in {each.name for each in defined if isinstance(each, ast.FunctionDef)}
