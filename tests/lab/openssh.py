"""OpenSSH, the client every administrator has."""

import shutil
import subprocess
from pathlib import Path

import pytest

PATIENCE = 30.0
"""Seconds a command may take."""


def openssh(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run OpenSSH with a lab's configuration."""
    program = shutil.which("ssh")
    if program is None:
        pytest.skip("there is no OpenSSH client on this machine")
    command = [program, "-F", str(config), *words]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=PATIENCE)
