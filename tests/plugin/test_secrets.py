"""No artefact of a run holds the password, a session's reference or a private key."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import xsbond.lab.xapi.calls.sessions
from tests.support.labs import pool_arguments
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.pool.certificates import CERTIFICATE
from xsbond.lab.xapi.access.sessions import open_session

_PASSWORD = "the-word-of-root-7391"
_LOUD = (
    "-vv",
    "--showlocals",
    "--full-trace",
    "--tb=long",
    "-rA",
    "--setup-show",
    "--capture=no",
    "--log-level=DEBUG",
    "--log-file=run.log",
    "--log-cli-level=DEBUG",
    "--debug=trace.log",
    "--html=report.html",
    "--junit-xml=report.xml",
    "-ojunit_logging=all",
)
"""Everything that pytest and its plugins can be made to tell."""

_OWN_TESTS = """
import os

def test_dom0(dom0):
    backend = dom0.backend
    dom0.run("true")
    assert dom0.file("/etc/xensource-inventory").content_string == ""

def test_pool(pool, snapshots, xs_host, bond, pytestconfig):
    connections = next(
        each.connections for each in pytestconfig.stash._storage.values()
        if hasattr(each, "connections")
    )
    api, ssh = connections.api, connections.ssh
    session = api._session
    everything = (pool, snapshots, connections, ssh, session, vars(connections))
    api.call("pool.no_such_call", "x")

def test_unexpected(pytestconfig):
    connections = next(
        each.connections for each in pytestconfig.stash._storage.values()
        if hasattr(each, "connections")
    )
    connections.api.call("pool.get_all", object())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What must not be found, by a name to tell it by."""

    found: dict[str, str]

    def in_text(self, text: str) -> list[str]:
        """Return the names of the secrets that a text holds."""
        return [name for name, secret in self.found.items() if secret in text]


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The references of all sessions that the lab opens from now on."""
    opened: list[str] = []
    genuine = open_session

    def remember(*arguments: object, **fields: object) -> str:
        opened.append(genuine(*arguments, **fields))  # type: ignore[arg-type]
        return opened[-1]

    monkeypatch.setattr(xsbond.lab.xapi.calls.sessions, "open_session", remember)
    return opened


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts that lacks the guest bond, so that claims fail."""
    with Lab(tutorial(2, password=_PASSWORD)) as lab:
        yield lab


def secrets(lab: Lab, sessions: list[str]) -> Secrets:
    """Return all secrets of a lab: in plain text, and the password in base64 as headers have it."""
    keys = [(lab.directory / "id_ed25519").read_text()]
    keys += [host.dom0.files.read(CERTIFICATE) for host in lab.hosts]
    bodies = [re.findall(r"PRIVATE KEY-----\n(.+?)\n-----END", key, re.DOTALL)[0] for key in keys]
    assert sessions
    return Secrets(
        found={
            "password": _PASSWORD,
            "password in base64": base64.b64encode(_PASSWORD.encode()).decode(),
            **{f"session {n}": ref for n, ref in enumerate(sessions)},
            **{f"key {n}": body.splitlines()[0] for n, body in enumerate(bodies)},
            "key": "PRIVATE KEY",
        }
    )


def artefacts(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of every file below a directory."""
    for file in sorted(directory.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield str(file.relative_to(directory)), file.read_text(errors="replace")


def leaks(result: pytest.RunResult, directory: Path, known: Secrets) -> dict[str, list[str]]:
    """Return where a secret was found -> which ones."""
    texts = dict(artefacts(directory))
    texts |= {"stdout": result.stdout.str(), "stderr": result.stderr.str()}
    return {name: found for name, text in texts.items() if (found := known.in_text(text))}


def test_search_finds_what_is_there(lab: Lab, sessions: list[str], tmp_path: Path) -> None:
    """The search that the tests below rely on finds a password and a key."""
    sessions.append("OpaqueRef:one")
    key = (lab.directory / "id_ed25519").read_text()
    (tmp_path / "leak").write_text(f"{_PASSWORD} OpaqueRef:one\n{key}")
    (_, text), *_ = artefacts(tmp_path)
    found = secrets(lab, sessions).in_text(text)
    assert found == ["password", "session 0", "key 0", "key"]


@pytest.mark.parametrize(
    "arguments",
    [
        (
            "--xsbond-save=stages",
            "--xsbond-apply",
            "--pyargs",
            "pytest_xsbond.spec",
            "own_tests.py",
        ),
        ("--xsbond-save=stages", "--collect-only"),
        ("--xsbond-plan",),
        pytest.param(("--xsbond-save=stages", "-n1"), marks=pytest.mark.slow),
    ],
    ids=["apply-and-own-tests", "collect", "plan", "xdist"],
)
def test_no_artefact_of_a_loud_run_holds_a_secret(
    pytester: pytest.Pytester,
    lab: Lab,
    sessions: list[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    """Terminal, reports, logs, traces and snapshots of a run as loud as can be hold no secret."""
    monkeypatch.setenv("XSBOND_PASSWORD", _PASSWORD)
    (pytester.path / "own_tests.py").write_text(_OWN_TESTS)
    pool, ssh_config, _ = pool_arguments(lab)
    # Of all that pytest tells, workers take the capture from their controller.
    result = pytester.runpytest_subprocess(pool, ssh_config, *_LOUD, *arguments)
    assert result.ret in (0, 1), result.stderr.str()
    assert leaks(result, pytester.path, secrets(lab, sessions)) == {}


def test_no_traceback_of_an_internal_error_holds_a_secret(
    pytester: pytest.Pytester, lab: Lab, sessions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error within XenAPI's own code, at login and later, is shown without a secret."""
    monkeypatch.setenv("XSBOND_PASSWORD", _PASSWORD)
    sessions.append("OpaqueRef:none")
    (pytester.path / "conftest.py").write_text(
        "import http.client\n"
        "def broken(self, *arguments, **more):\n"
        "    raise ZeroDivisionError('forced')\n"
        "http.client.HTTPConnection.send = broken\n"
    )
    pool, ssh_config, _ = pool_arguments(lab)
    result = pytester.runpytest_subprocess(pool, ssh_config, *_LOUD)
    assert "its answer cannot be read (ZeroDivisionError)" in result.stderr.str()
    assert leaks(result, pytester.path, secrets(lab, sessions)) == {}


def test_no_traceback_of_an_error_of_ours_holds_a_secret(
    pytester: pytest.Pytester, lab: Lab, sessions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error in our own code, right after the login, is shown with all locals and no secret."""
    monkeypatch.setenv("XSBOND_PASSWORD", _PASSWORD)
    (pytester.path / "conftest.py").write_text(
        "import xsbond.collect.observe\n"
        "def broken(*arguments, **more):\n"
        "    raise ZeroDivisionError('forced')\n"
        "xsbond.collect.observe.ask_all = broken\n"
    )
    pool, ssh_config, _ = pool_arguments(lab)
    result = pytester.runpytest_subprocess(pool, ssh_config, *_LOUD)
    assert "ZeroDivisionError: forced" in result.stdout.str() + result.stderr.str()
    assert leaks(result, pytester.path, secrets(lab, sessions)) == {}


@pytest.mark.parametrize("written", ["https://root:{}@xs-1", "root:{}@xs-1", "a:b:{}@xs-1"])
def test_password_in_the_address_is_refused_and_not_repeated(
    pytester: pytest.Pytester, written: str
) -> None:
    """An address with a password in it is refused in a line without it."""
    result = pytester.runpytest_subprocess("--pool=" + written.format(_PASSWORD))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stderr.str() + result.stdout.str()
    assert "--pool: takes no user and no password" in text
    assert _PASSWORD not in text
