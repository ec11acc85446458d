"""docs/api.md, made of the public names and their docstrings.

`python -m tests.support.api_page > docs/api.md` prints it anew.
"""

import dataclasses
import inspect
import itertools
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest_xsbond

_INTRO = """\
# The typed API

These are the names that `pytest_xsbond` exports.
Everything else may change with any release.
[Claims of your own](own-claims.md) shows how they are used.
This page is made of their docstrings.
"""


def page() -> str:
    """Return the page."""
    sections = (_section(name, getattr(pytest_xsbond, name)) for name in pytest_xsbond.__all__)
    return "\n".join([_INTRO, *sections])


def _section(name: str, value: Any) -> str:
    told = "\n".join(_told(value))
    if not inspect.isclass(value):
        call = f"{name}{_plain(inspect.signature(value))}"
        return f"## `{name}`\n\n```python\n{call}\n```\n\n{told}\n"
    rows = [f"| `{each}` | {says} |" for each, says in _members(value).items() if says]
    table = ["", "| name | what it is |", "|---|---|", *rows] if rows else []
    return "\n".join([f"## `{name}`", "", told, *table, ""])


def _told(value: Any) -> Iterator[str]:
    """Yield a docstring, one sentence a line as it is written, paragraphs apart."""
    text = inspect.getdoc(value) or ""
    yield from text.splitlines()


def _members(of: type) -> Mapping[str, str]:
    """Return name or call -> what it is, in the order of the class."""
    fields = {
        each.name: getattr(each.type, "__name__", str(each.type)).replace("|", "\\|")
        for each in (dataclasses.fields(of) if dataclasses.is_dataclass(of) else ())
    }
    found = {name: _under(of).get(name, f"`{type_}`") for name, type_ in fields.items()}
    for name, value in vars(of).items():
        if name.startswith("_") or name in fields:
            continue
        if isinstance(value, property):
            found[name] = _first(value)
        elif inspect.isfunction(value):
            found[f"{name}{_call(value)}"] = _first(value)
    return dict(sorted(found.items()))


def _under(of: type) -> Mapping[str, str]:
    """Return field -> the docstring that stands under it."""
    lines = [line.strip() for line in inspect.getsource(of).splitlines()]
    pairs = itertools.pairwise(lines)
    return {
        line.partition(":")[0]: below.strip('"').partition('"""')[0]
        for line, below in pairs
        if below.startswith('"""') and line.partition(":")[0].isidentifier()
    }


def _call(function: Any) -> str:
    names = list(inspect.signature(function).parameters)[1:]
    return f"({', '.join(names)})"


def _plain(signature: inspect.Signature) -> str:
    text = str(signature).replace("collections.abc.", "").replace("''", '""').replace("'", "")
    return text.replace("_pytest.mark.structures", "pytest")


def _first(value: Any) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0].replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
