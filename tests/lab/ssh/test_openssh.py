"""The hosts by OpenSSH's own client."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lab.ssh.ssh_hosts import PATIENCE, Host


@pytest.fixture
def ssh(host: Host, tmp_path: Path) -> list[str]:
    """OpenSSH's command line for the host."""
    program = shutil.which("ssh")
    if program is None:
        pytest.skip("there is no OpenSSH client on this machine")
    key, known = tmp_path / "key", tmp_path / "known"
    key.touch(mode=0o600)
    key.write_text(host.client_key.private)
    known.write_text(f"[127.0.0.1]:{host.port} {host.host_key.public}\n")
    options = {
        "IdentityFile": key,
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": known,
        "StrictHostKeyChecking": "yes",
        "BatchMode": "yes",
    }
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    return [program, "-F", "none", "-p", str(host.port), *words, "root@127.0.0.1"]


def openssh(ssh: list[str], *words: str, stdin: bytes = b"") -> tuple[bytes, bytes, int]:
    """Run OpenSSH and return both streams and the status."""
    ran = subprocess.run(
        [*ssh, *words], input=stdin, capture_output=True, check=False, timeout=PATIENCE
    )
    return ran.stdout, ran.stderr, ran.returncode


def test_openssh_runs_a_command(ssh: list[str]) -> None:
    """Streams and status."""
    assert openssh(ssh, "cat; echo err >&2; exit 5", stdin=b"in") == (b"in", b"err\n", 5)


def test_openssh_runs_a_script_from_standard_input(ssh: list[str]) -> None:
    """Without a terminal."""
    assert openssh(ssh, "-T", stdin=b"X=1\necho $X\n") == (b"1\n", b"", 0)


def test_openssh_gets_a_terminal(ssh: list[str]) -> None:
    """Lines end with carriage return and newline."""
    assert openssh([ssh[0], "-tt", *ssh[1:]], "hostname")[0] == b"xs-1\r\n"


def test_quick_commands_close_cleanly(ssh: list[str]) -> None:
    """No reply comes behind the close of its channel."""
    answers = {openssh(ssh, "true") for _ in range(10)}
    assert answers == {(b"", b"", 0)}
