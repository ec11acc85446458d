"""Libraries that are not installed, as far as a new Python process can tell."""

import os
from pathlib import Path


def without(library: str, directory: Path) -> dict[str, str]:
    """Return the environment of a process that lacks a library; the directory is for this only."""
    lacking = f"raise ModuleNotFoundError(name={library!r})\n"
    (directory / f"{library}.py").write_text(lacking, encoding="utf-8")
    known = os.environ.get("PYTHONPATH")
    path = f"{directory}{os.pathsep}{known}" if known else str(directory)
    return {**os.environ, "PYTHONPATH": path}
