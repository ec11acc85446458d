"""Users besides root: which there can be, and what a lab writes down of them."""

import signal
import stat
import subprocess
import sys
import xmlrpc.client
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lab.callers import log_in
from xsbond.lab import Lab
from xsbond.lab.blueprint import AccountBlueprint, tutorial


@pytest.mark.parametrize(
    ("name", "role", "complaint"),
    [
        ("root", "pool-admin", "'root' is no name for an account"),
        ("a/b", "pool-admin", "'a/b' is no name for an account"),
        ("x", "king", "'king' is none of pool-admin, .*, read-only"),
    ],
)
def test_impossible_account_is_refused(name: str, role: str, complaint: str) -> None:
    """Before there is a lab."""
    with pytest.raises(ValueError, match=complaint):
        AccountBlueprint(name=name, role=role)


def test_two_accounts_of_one_name_are_refused() -> None:
    """Nobody could tell them apart."""
    twice = (AccountBlueprint(name="x", role="read-only"),) * 2
    with pytest.raises(ValueError, match="more than one account x"):
        replace(tutorial(1), accounts=twice)


def test_lab_writes_the_password_of_each_account(tmp_path: Path) -> None:
    """For the eyes of its user alone, and takes it away at the end."""
    accounts = (AccountBlueprint(name="ann", role="read-only"),)
    with Lab(replace(tutorial(1), accounts=accounts), directory=tmp_path / "lab") as lab:
        file = lab.account_files["ann"]
        password = file.read_text(encoding="utf-8").strip()
        assert log_in(lab.world, "ann", password).startswith("OpaqueRef:")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (tmp_path / "lab").exists()


def test_kept_lab_has_the_accounts_and_the_door_one_asks_for(tmp_path: Path) -> None:
    """Whoever reads what it prints can log in, in clear text."""
    words = ["--hosts=1", "--account=ann:read-only", "--http-port=0", f"--directory={tmp_path}/lab"]
    with subprocess.Popen(
        [sys.executable, "-m", "xsbond.lab", *words], stdout=subprocess.PIPE, text=True
    ) as kept:
        assert kept.stdout is not None
        printed = list(iter(kept.stdout.readline, "Ctrl-C ends the lab.\n"))
        told = dict(line.split(maxsplit=2)[-2:] for line in printed if ":  " in line)
        password = Path(told["ann's:"]).read_text(encoding="utf-8").strip()
        with xmlrpc.client.ServerProxy(told["text:"]) as proxy:
            reply: Any = proxy.session.login_with_password("ann", password)
        kept.send_signal(signal.SIGINT)
    assert (reply["Status"], kept.returncode) == ("Success", 0)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--account=ann"], "'' is none of pool-admin"),
        (["--account=root:read-only"], "'root' is no name for an account"),
        (["--account=x:read-only"] * 2, "there is more than one account x"),
        (["--http-port=x"], "a port is a number up to 65535"),
    ],
    ids=["no role", "root", "twice", "port"],
)
def test_bad_option_is_one_line(words: list[str], complaint: str) -> None:
    """And a usage error."""
    command = [sys.executable, "-m", "xsbond.lab", *words]
    ran = subprocess.run(command, capture_output=True, check=False, text=True, timeout=30)
    assert (ran.returncode, ran.stderr.count("\n"), complaint in ran.stderr) == (2, 1, True)
