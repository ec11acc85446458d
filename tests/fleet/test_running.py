"""The runs of several pools: what each is, how many at once, and what stops them."""

import contextlib
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_xsbond.fleet.file import FleetPool
from pytest_xsbond.fleet.running import Fleet
from tests.support.labs import db, pif_ref, provisioned_lab
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


@pytest.fixture(scope="module")
def labs() -> Iterator[tuple[Lab, Lab, Lab]]:
    """A pool as wanted, one with a difference, and one that refuses the password it is given."""
    with provisioned_lab(tutorial(1)) as fine, Lab(tutorial(1)) as bare, Lab(tutorial(1)) as shut:
        yield fine, bare, shut


def fleet_file(directory: Path, **pools: Lab) -> Path:
    """Write a fleet file about labs, and one pool that is down."""
    tables = [
        f'[[pool]]\nname = "{name}"\naddress = "{lab.master_url}"\n'
        f'ssh_config = "{lab.ssh_config}"\npassword_variable = "PASSWORD_{name}"\n'
        for name, lab in pools.items()
    ]
    down = '[[pool]]\nname = "down"\naddress = "https://127.0.0.1:1"\npassword_variable = "ANY"\n'
    (directory / "fleet.toml").write_text("\n".join([*tables, down]), encoding="utf-8")
    return directory / "fleet.toml"


def test_all_are_judged_whatever_becomes_of_one(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, labs: tuple[Lab, Lab, Lab]
) -> None:
    """One as wanted, one not, one with a wrong password, one down; pages and files of each."""
    fine, bare, shut = labs
    monkeypatch.setenv("PASSWORD_fine", fine.password)
    monkeypatch.setenv("PASSWORD_bare", bare.password)
    monkeypatch.setenv("PASSWORD_shut", "wrong")
    monkeypatch.setenv("ANY", "wrong")
    file = fleet_file(pytester.path, fine=fine, bare=bare, shut=shut)
    ended = pytester.run(
        *(sys.executable, "-m", "pytest", f"--xsbond-fleet={file}"),
        *("--html=report.html", "--junitxml=junit.xml", "--xsbond-json=all.json"),
    )
    told = ended.stdout.str()
    assert ended.ret == pytest.ExitCode.TESTS_FAILED
    assert told.splitlines()[-3].startswith(
        "1 of 4 pools as wanted, 1 not as wanted, 2 could not be asked, or refused"
    )
    assert re.search(r"^fine +as wanted +PUB: as wanted on xs-1", told, re.MULTILINE)
    assert re.search(r"^bare +NOT AS WANTED +PUB: NOT AS WANTED on xs-1", told, re.MULTILINE)
    assert re.search(r"^shut +ERROR +.*(password|SESSION_AUTH)", told, re.MULTILINE)
    assert re.search(r"^down +ERROR +127\.0\.0\.1", told, re.MULTILINE)
    made = {path.name for path in pytester.path.iterdir()}
    assert {"report.html", "report-fine.html", "junit-bare.xml", "all-fine.json"} <= made
    states = {
        each["name"]: each["state"] for each in json.loads(Path("all.json").read_text())["pools"]
    }
    assert states == {
        "fine": "as wanted",
        "bare": "not as wanted",
        "shut": "ERROR",
        "down": "ERROR",
    }
    junit = Path("junit-bare.xml").read_text()
    assert "[bare/xs-1]" in junit
    assert fine.password not in told + Path("report.html").read_text()


@pytest.mark.slow
def test_apply_stops_at_the_first_pool_that_is_refused(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other; what was not begun is named, and not changed."""
    with Lab(tutorial(1)) as first, Lab(tutorial(1)) as refusing, Lab(tutorial(1)) as last:
        master = refusing.hosts[0].toolstack
        master.call(
            "PIF.reconfigure_ip",
            pif_ref(refusing, "xs-1", "eth5"),
            "Static",
            "10.9.9.9",
            "255.255.255.0",
            "",
            "",
        )
        pools = {"first": first, "refusing": refusing, "last": last}
        for name, lab in pools.items():
            monkeypatch.setenv(f"PASSWORD_{name}", lab.password)
        monkeypatch.setenv("ANY", "wrong")
        file = fleet_file(pytester.path, **pools)
        monkeypatch.setenv("XDG_STATE_HOME", str(pytester.path))
        ended = pytester.run(
            *(sys.executable, "-m", "pytest", f"--xsbond-fleet={file}", "--xsbond-apply")
        )
        told = ended.stdout.str()
        has_bond = {name: db(lab).count("Bond") > 1 for name, lab in pools.items()}
    assert has_bond == {"first": True, "refusing": False, "last": False}
    assert "1 of 4 pools as wanted, 1 could not be asked, or refused, 2 not begun" in told
    assert re.search(r"^last +NOT BEGUN +not begun, because of", told, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--pool=a", "--pool=a"), "two pools have the name a"),
        (("--pool=a", "--pool=lab"), "lab is a pool of one run; python -m xsbond.lab keeps one"),
        (("--pool=a", "--pool=b", "--xsbond-undo"), "--xsbond-undo: is for one pool a run"),
        (("--pool=a", "--pool=b", "--xsbond-pools-at-once=0"), "'0' is no number of pools"),
        (("--pool=a", "--xsbond-fleet=f.toml"), "f.toml names the pools; leave --pool out"),
        (("--xsbond-fleet=f.toml",), "f.toml: cannot be read"),
    ],
)
def test_what_cannot_be_asked_of_several_pools_is_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    """Before any pool is asked."""
    off = [word for name in ("randomly", "cacheprovider", "xdist") for word in ("-p", f"no:{name}")]
    assert pytest.main([*off, *words]) == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert says in line


def test_so_many_run_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No more than is said, and no fewer."""
    most, running = 0, 0

    def run(*_: object, **__: object) -> "subprocess.CompletedProcess[str]":
        nonlocal most, running
        running += 1
        most = max(most, running)
        with contextlib.suppress(Exception):
            barrier.wait(5)
        running -= 1
        return subprocess.CompletedProcess([], 0, "", "")

    barrier = threading.Barrier(3)
    monkeypatch.setattr(subprocess, "run", run)
    pools = [FleetPool(name=f"p{number}", address=f"p{number}") for number in range(6)]
    fleet = Fleet(
        pools=pools,
        words={pool.name: () for pool in pools},
        at_once=3,
        stops_at_failure=False,
        scratch=tmp_path,
        say=lambda line: None,  # noqa: ARG005
    )
    assert [each.state for each in fleet.run()] == ["as wanted"] * 6
    assert most == 3
