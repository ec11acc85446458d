"""What imports what in the packages of this project, read from the source: nothing is run."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = {"pytest_xsbond": ROOT / "pytest_xsbond", "xsbond": ROOT / "provisioning" / "xsbond"}
"""Top-level package -> its folder."""


@cache
def modules() -> Mapping[str, Path]:
    """Return the full name of every module of ours -> its file; a package's is its `__init__`."""
    found = dict(_below("pytest_xsbond")) | dict(_below("xsbond"))
    assert len(found) > 200, "the packages are not where they were"
    return found


def _below(package: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGES[package].rglob("*.py")):
        parts = path.relative_to(PACKAGES[package]).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        yield ".".join((package, *parts)), path


@cache
def named(path: Path) -> frozenset[str]:
    """Return the modules that a file imports, within functions and for types, too.

    `from a import b` names the module `a.b` if we have one, else the module `a`.
    """
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its direction"
            module = node.module or ""
            whole = {f"{module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules() else module for name in whole}
    return frozenset(found)


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """Return module -> the modules of ours it imports."""
    return {name: named(path) & modules().keys() for name, path in modules().items()}
