"""A repair of a pool asks on a terminal, and begins without one only with --xsbond-yes."""

import os
import pty
import sys
from pathlib import Path
from subprocess import STDOUT, run

import pytest

from tests.support.labs import provisioned_lab
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import strike


def repaired(lab: Lab, journal: Path, *words: str, typed: str = "") -> tuple[int, str]:
    """Repair a pool as a person does who types an answer on a terminal, or has none."""
    command = [
        *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--xsbond-repair"),
        *(f"--pool={lab.master_url}", f"--xsbond-ssh-config={lab.ssh_config}"),
        *(f"--xsbond-password-file={lab.password_file}", f"--xsbond-journal={journal}", *words),
    ]
    ours, theirs = pty.openpty()
    os.write(ours, f"{typed}\n".encode())
    with Path(os.devnull).open() as nothing:
        done = run(
            command,
            stdin=theirs if typed else nothing,
            capture_output=False,
            stdout=-1,
            stderr=STDOUT,
            text=True,
            check=False,
            cwd=journal.parent,
        )
    os.close(ours)
    os.close(theirs)
    return done.returncode, done.stdout


def test_repair_asks_before_it_changes_anything(tmp_path: Path) -> None:
    """No terminal and no: one line, nothing changed; yes: shown, done, verified."""
    with provisioned_lab(tutorial(2)) as lab:
        strike(lab, "wrong-mode@xs-2")
        status, said = repaired(lab, tmp_path / "journal")
        assert status == pytest.ExitCode.USAGE_ERROR
        assert "there is no terminal: add --xsbond-yes" in said
        status, said = repaired(lab, tmp_path / "journal", typed="no")
        assert status == pytest.ExitCode.USAGE_ERROR
        assert "nothing was changed: the answer was not yes" in said
        assert not (tmp_path / "journal").exists()
        status, said = repaired(lab, tmp_path / "journal", typed="yes")
        assert status == pytest.ExitCode.OK, said
        assert "0 to create, 1 to change, 0 to replace" in said
        assert "changed: set the mode of the bond of xs-2" in said


def test_repair_asks_nobody_with_yes(tmp_path: Path) -> None:
    """As a pipeline needs it."""
    with provisioned_lab(tutorial(2)) as lab:
        strike(lab, "wrong-mode@xs-2")
        status, said = repaired(lab, tmp_path / "journal", "--xsbond-yes")
        assert status == pytest.ExitCode.OK, said
        assert "type yes" not in said
