"""Bad input: one clear line, exit status 4, no traceback, and nothing touched."""

import socket
from pathlib import Path

import pytest

from tests.support.absent import without
from tests.support.refused import line_of


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in the environment, so that nothing is asked for."""
    monkeypatch.setenv("XSBOND_PASSWORD", "secret-word")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--xsbond-apply", "--xsbond-plan"], "--xsbond-plan: changes nothing; it excludes"),
        (["--xsbond-wait=soon"], "--xsbond-wait: 'soon' is no number of seconds"),
        (["--xsbond-wait=-1"], "--xsbond-wait: '-1' is no number of seconds"),
        (["--xsbond-replay=somewhere"], "--xsbond-replay: judges what is stored"),
        (["--xsbond-bonds=absent.toml"], "absent.toml: cannot be read: No such file"),
        (["--xsbond-password-file=absent"], "absent: No such file"),
        (["--xsbond-tls-fingerprint=12:34"], "--xsbond-tls-fingerprint: a SHA-256 has 64 hex"),
        (["--xsbond-insecure", "--xsbond-ca-file=x"], "TLS: give one of"),
        (["--ssh-config=absent"], "--ssh-config: absent: "),
        ([], "password: is not given: set XSBOND_PASSWORD, or name a --xsbond-password-file"),
    ],
    ids=[
        "plan-and-apply",
        "wait-no-number",
        "wait-negative",
        "pool-and-replay",
        "no-bond-file",
        "no-password-file",
        "short-fingerprint",
        "two-kinds-of-trust",
        "no-ssh-config",
        "no-password",
    ],
)
def test_bad_options_are_named(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    """The option or file is named, with the reason."""
    if arguments == ["--ssh-config=absent"]:
        monkeypatch.setenv("XSBOND_PASSWORD", "secret-word")
    assert words in line_of(pytester, ["--pool=xs-1", *arguments])


@pytest.mark.usefixtures("password")
@pytest.mark.parametrize("address", ["http://xs-1", "https://xs-1:port", "https://xs-1/path", "//"])
def test_address_that_is_none_is_named(pytester: pytest.Pytester, address: str) -> None:
    """An address that cannot be one is named."""
    assert "--pool" in line_of(pytester, [f"--pool={address}"])


@pytest.mark.usefixtures("password")
def test_host_that_does_not_exist_is_named(pytester: pytest.Pytester) -> None:
    """A name that does not resolve is named; the reserved domain never does (RFC 6761)."""
    assert "nowhere.invalid" in line_of(pytester, ["--pool=nowhere.invalid"])


@pytest.mark.usefixtures("password")
def test_port_where_nothing_listens_is_an_unreachable_pool(pytester: pytest.Pytester) -> None:
    """An address that refuses connections is named, with what was tried."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    fingerprint = "--xsbond-tls-fingerprint=" + "0" * 64
    line = line_of(pytester, [f"--pool=https://127.0.0.1:{port}", fingerprint])
    assert line == "127.0.0.1: login: nothing listens there (ConnectionRefusedError)"


def test_password_file_that_others_may_read_is_refused(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """A password file must be its owner's only; the line says how to make it so."""
    file = tmp_path / "password"
    file.write_text("secret-word\n")
    file.chmod(0o644)
    line = line_of(pytester, ["--pool=xs-1", f"--xsbond-password-file={file}"])
    assert line.endswith(f"may be read by others; run chmod 600 {file}")
    assert "secret-word" not in line


@pytest.mark.parametrize("library", ["tree_sitter", "tree_sitter_bash"])
def test_lab_without_its_libraries_says_what_to_install(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, library: str
) -> None:
    """They come with an extra, since verifying a pool of one's own needs none of them."""
    monkeypatch.setenv("PYTHONPATH", without(library, tmp_path)["PYTHONPATH"])
    assert line_of(pytester, ["--pool=lab"], own_process=True) == (
        f"--pool=lab: the lab needs {library}, which is not installed;"
        " run pip install 'pytest-xsbond[lab]'"
    )
