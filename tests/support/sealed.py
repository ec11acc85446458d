"""Bundles of evidence: a run that writes one, and how one is checked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.evidence.__main__ import main

CHANGE = "CHG0012345"


def run(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run pytest from a directory, with a umask that hides nothing."""
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        umask=0,
        check=False,
    )


def checked(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[str]]:
    """Return exit status and lines of a check."""
    status = main(["verify", *map(str, arguments)])
    printed = capsys.readouterr()
    return status, (printed.out + printed.err).splitlines()


def results(directory: Path) -> list[dict[str, Any]]:
    """Return what results.jsonl holds."""
    lines = (directory / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def verdicts(directory: Path) -> dict[tuple[str, str], str]:
    """Return (test id, host) -> verdict."""
    return {(each["test"], each["host"]): each["verdict"] for each in results(directory)}
