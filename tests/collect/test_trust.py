"""Whom the product believes: host keys, certificates, passwords; each doubt ends in one line."""

import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.labs import pool_arguments
from tests.support.refused import line_of
from tests.support.spec_run import run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.ssh.keys import new_key


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of two hosts; nothing here changes it."""
    with Lab(tutorial(2)) as lab:
        yield lab


def fingerprint(lab: Lab) -> str:
    """Return the SHA-256 of the certificate the master presents."""
    address, port = lab.master_url.removeprefix("https://").split(":")
    pem = ssl.get_server_certificate((address, int(port)))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def test_wrong_password_is_one_line(
    pytester: pytest.Pytester, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XAPI's refusal names the host and says what is wrong, not the password."""
    monkeypatch.setenv("XSBOND_PASSWORD", "not-the-password")
    pool, ssh_config, _ = pool_arguments(lab)
    line = line_of(pytester, [pool, ssh_config])
    address = lab.hosts[0].address
    reason = "user name or password is wrong (SESSION_AUTHENTICATION_FAILED)"
    assert line == f"{address}: login: {reason}"


def test_unknown_host_key_is_refused(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """A host key that no known_hosts file holds ends the run before a password is sent."""
    config = Path(lab.ssh_config).read_text().replace(str(lab.known_hosts), str(tmp_path / "none"))
    (tmp_path / "ssh_config").write_text(config)
    pool, _, password = pool_arguments(lab)
    line = line_of(pytester, [pool, f"--ssh-config={tmp_path / 'ssh_config'}", password])
    assert "its host key (ssh-ed25519 SHA256:" in line
    assert "is in no known_hosts file" in line


def test_changed_host_key_is_refused(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """A host key that differs from the known one ends the run."""
    with Lab(tutorial(1)) as other:
        stranger = Path(other.known_hosts).read_text().split()[2]
    known = [line.split() for line in Path(lab.known_hosts).read_text().splitlines()]
    forged = "".join(f"{names} {kind} {stranger}\n" for names, kind, *_ in known)
    (tmp_path / "known_hosts").write_text(forged)
    config = Path(lab.ssh_config).read_text()
    config = config.replace(str(lab.known_hosts), str(tmp_path / "known_hosts"))
    (tmp_path / "ssh_config").write_text(config)
    pool, _, password = pool_arguments(lab)
    line = line_of(pytester, [pool, f"--ssh-config={tmp_path / 'ssh_config'}", password])
    assert "is not the one in known_hosts" in line


def test_certificate_other_than_the_pinned_one_is_refused(
    pytester: pytest.Pytester, lab: Lab
) -> None:
    """A wrong fingerprint ends the run before the password is sent."""
    line = line_of(pytester, [*pool_arguments(lab), "--xsbond-tls-fingerprint=" + "ab" * 32])
    assert "TLS: its certificate has SHA-256 " in line
    assert "abababababababab" in line


def test_pinned_fingerprint_is_accepted(pytester: pytest.Pytester, lab: Lab) -> None:
    """The right fingerprint, with colons, will do instead of the certificate in dom0."""
    bare = fingerprint(lab)
    pairs = ":".join(bare[i : i + 2] for i in range(0, 64, 2)).upper()
    result = pytester.runpytest_subprocess(
        *pool_arguments(lab), f"--xsbond-tls-fingerprint={pairs}", "--xsbond-plan"
    )
    assert result.ret == 0, result.stderr.str()


def test_believing_anybody_is_announced(pytester: pytest.Pytester, lab: Lab) -> None:
    """--xsbond-insecure works, and the header says what that means."""
    result = pytester.runpytest_subprocess(
        *pool_arguments(lab), "--xsbond-insecure", "--collect-only"
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["xsbond TLS: NOT VERIFIED*"])


def test_authority_that_did_not_sign_is_refused(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """With --xsbond-ca-file a self-signed certificate of somebody else is not trusted."""
    with Lab(tutorial(1)) as other:
        address, port = other.master_url.removeprefix("https://").split(":")
        pem = ssl.get_server_certificate((address, int(port)))
    (tmp_path / "ca.pem").write_text(pem)
    line = line_of(pytester, [*pool_arguments(lab), f"--xsbond-ca-file={tmp_path / 'ca.pem'}"])
    assert "its certificate is not trusted" in line


def test_member_that_is_not_proven_is_an_error_of_its_own(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """A member with another host key gets ERROR rows while the master is judged."""
    known = Path(lab.known_hosts).read_text().splitlines()
    stranger = f"{known[1].split()[0]} {new_key().public}"
    (tmp_path / "known_hosts").write_text(f"{known[0]}\n{stranger}\n")
    config = Path(lab.ssh_config).read_text()
    config = config.replace(str(lab.known_hosts), str(tmp_path / "known_hosts"))
    (tmp_path / "ssh_config").write_text(config)
    pool, _, password = pool_arguments(lab)
    run = run_spec(pytester, pool, f"--ssh-config={tmp_path / 'ssh_config'}", password)
    errors = [result for result in run.results if result.verdict == "ERROR"]
    assert {result.host for result in errors} == {"xs-2"}
    assert all("is not the one in known_hosts" in result.message for result in errors)
    assert any(result.host == "xs-1" for result in run.results)


def test_apply_refuses_a_member_that_is_not_proven(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """Nothing is changed in a pool with such a host, whichever way members inherit."""
    known = Path(lab.known_hosts).read_text().splitlines()
    (tmp_path / "known_hosts").write_text(f"{known[0]}\n")
    config = Path(lab.ssh_config).read_text()
    config = config.replace(str(lab.known_hosts), str(tmp_path / "known_hosts"))
    (tmp_path / "ssh_config").write_text(config)
    pool, _, password = pool_arguments(lab)
    ssh_config = f"--ssh-config={tmp_path / 'ssh_config'}"
    how = "--xsbond-inherit=create"
    line = line_of(pytester, [pool, ssh_config, password, "--xsbond-apply", how])
    assert line.startswith("nothing was changed")
    assert lab.world.database.where("network", name_label="PUB") == []
