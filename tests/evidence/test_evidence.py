"""A bundle of evidence: complete, sealed, checked offline, and judged again with one verdict."""

import json
import signal
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_xsbond.evidence.__main__ import DIFFERS, HOLDS
from tests.support.labs import pool_arguments
from tests.support.refused import line_of
from tests.support.sealed import CHANGE, checked, results, run, verdicts
from xsbond.lab import Lab

if TYPE_CHECKING:
    import subprocess


def test_bundle_holds_everything(sealed: tuple[Path, object]) -> None:
    """Report, results, JUnit, snapshots, raw answers, summary, facts, manifest, signature."""
    directory, _ = sealed
    there = {path.relative_to(directory).as_posix() for path in directory.rglob("*")}
    assert there >= {
        *("report.html", "junit.xml", "results.jsonl", "run.json", "summary.md"),
        *("snapshots/now.json", "snapshots/run.json", "raw/now/xs-2/ovs-bond-show.txt"),
        *("MANIFEST.sha256", "MANIFEST.sha256.sig"),
    }


def test_run_prints_the_digest_of_the_manifest(
    sealed: tuple[Path, "subprocess.CompletedProcess[str]"],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What stands in the change record proves the whole bundle."""
    directory, done = sealed
    (line,) = (x for x in done.stdout.splitlines() if x.startswith("MANIFEST.sha256: "))
    digest = line.removeprefix("MANIFEST.sha256: ")
    assert checked(capsys, directory, "--manifest-sha256", digest)[0] == HOLDS
    assert checked(capsys, directory, "--manifest-sha256", "0" * 64)[0] == DIFFERS


def test_nobody_else_may_read_it(sealed: tuple[Path, object]) -> None:
    """Files are 0600 and directories 0700, whatever the umask."""
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in sealed[0].rglob("*")}
    assert modes == {(True, 0o700), (False, 0o600)}
    assert sealed[0].stat().st_mode & 0o777 == 0o700


def test_results_tell_why_a_claim_fails(sealed: tuple[Path, object]) -> None:
    """One line a claim; the one that fails has cause and next step."""
    (failed,) = (each for each in results(sealed[0]) if each["verdict"] == "FAIL")
    assert (failed["host"], failed["outcomes"]) == ("xs-2", ["H-legs-up"])
    assert "cause   no carrier" in failed["explanation"]


def test_summary_is_fit_for_a_ticket(sealed: tuple[Path, object]) -> None:
    """Change, verdict and failure stand in it."""
    page = (sealed[0] / "summary.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {CHANGE}: https://")
    assert "**The pool is not as wanted: 1 claim does not hold or could not be judged.**" in page
    assert "- PUB eth1+eth5 balance-slb: **NOT AS WANTED on 1 of 2 hosts (xs-2)**" in page
    assert "### 1. PUB: no carrier: 1 of 2 hosts (xs-2)" in page
    assert "- H-legs-up on xs-2: Every leg has a carrier" in page


def test_facts_name_who_was_asked(sealed: tuple[Path, object], lab: Lab) -> None:
    """Fingerprints, versions and addresses of every host, and of XAPI."""
    facts = json.loads((sealed[0] / "run.json").read_text(encoding="utf-8"))
    assert [host["name"] for host in facts["hosts"]] == ["xs-1", "xs-2"]
    keys = [host["ssh_host_key"] for host in facts["hosts"]]
    assert all(key.startswith("ssh-ed25519 SHA256:") for key in keys)
    assert len(set(keys)) == len(keys)
    assert len(facts["tls"]) == 64
    assert facts["exit_status"] == 1
    assert facts["hosts"][0]["address"] == lab.hosts[0].address


def test_junit_names_the_change(sealed: tuple[Path, object]) -> None:
    """Every record has host, outcome and change."""
    cases = ET.parse(sealed[0] / "junit.xml").getroot().iter("testcase")  # noqa: S314 - our own
    for case in cases:
        names = {each.get("name") for each in case.iter("property")}
        assert {"host", "outcome", "change"} <= names


def test_no_secret_is_in_a_bundle(sealed: tuple[Path, object], lab: Lab, key: Path) -> None:
    """Neither the password, nor a session, nor a private key."""
    secrets = [lab.password, "PRIVATE KEY", key.read_text(encoding="ascii").splitlines()[2]]
    for path in (path for path in sealed[0].rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [secret for secret in secrets if secret in text], path.name


def test_replay_of_a_bundle_gives_the_same_verdicts(
    sealed: tuple[Path, object], tmp_path: Path
) -> None:
    """Every claim, on every host, without the pool."""
    done = run(tmp_path, f"--xsbond-replay={sealed[0]}", "--xsbond-evidence=again")
    assert done.returncode == 1
    assert verdicts(tmp_path / "again") == verdicts(sealed[0])


@pytest.mark.slow
def test_workers_leave_one_bundle(
    lab: Lab, tmp_path: Path, sealed: tuple[Path, object], capsys: pytest.CaptureFixture[str]
) -> None:
    """With -n 2 it is as complete."""
    run(tmp_path, *pool_arguments(lab), "--xsbond-evidence=out", "-n", "2")
    assert verdicts(tmp_path / "out") == verdicts(sealed[0])
    assert checked(capsys, tmp_path / "out")[0] == HOLDS


def test_killed_run_leaves_every_result_it_had(lab: Lab, tmp_path: Path) -> None:
    """SIGKILL in the middle of a test: results and snapshots are there, and no seal."""
    (tmp_path / "test_own.py").write_text(
        "import os, signal\n"
        "from pytest_xsbond.spec.test_bonds import *\n"
        "def test_end(xs_host):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = run(tmp_path, *pool_arguments(lab), "--xsbond-evidence=out", "test_own.py")
    assert done.returncode == -signal.SIGKILL
    assert {each["host"] for each in results(tmp_path / "out")} == {"xs-1"}
    assert (tmp_path / "out" / "snapshots" / "now.json").is_file()
    assert not (tmp_path / "out" / "MANIFEST.sha256").exists()


def test_change_leaves_its_journal_and_its_steps(tmp_path: Path) -> None:
    """What was done to the pool, and when, is evidence, too."""
    done = run(tmp_path, "--pool=lab", "--xsbond-evidence=out")
    assert done.returncode == 0, done.stdout
    journal = (tmp_path / "out" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    steps = [json.loads(line).get("step") for line in journal]
    assert {"create-network", "create-bond", "restart-agent"} <= set(steps)
    facts = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert "restart xapi on xs-2, to inherit the bond of PUB" in facts["changed"]
    assert [line for _, line in facts["progress"] if line == "xs-2: has inherited PUB"]


def test_refused_run_leaves_its_reasons(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was changed, and the bundle says why."""
    (tmp_path / "b.toml").write_text('[[bond]]\nnetwork = "X"\nnics = ["eth0", "eth3"]\n')
    options = ("--xsbond-apply", "--xsbond-bonds=b.toml", "--xsbond-evidence=out")
    done = run(tmp_path, *pool_arguments(lab), *options)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    page = (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")
    assert "**The run did not begin; nothing was changed by it.**" in page
    assert "- xs-1: NIC eth0: is the management interface" in page.replace("-   ", "- ")
    assert checked(capsys, tmp_path / "out")[0] == HOLDS


def test_collecting_leaves_no_bundle(lab: Lab, tmp_path: Path) -> None:
    """What judges nothing is evidence of nothing."""
    done = run(tmp_path, *pool_arguments(lab), "--xsbond-evidence=out", "--collect-only")
    assert done.returncode == 0
    assert not (tmp_path / "out").exists()


def test_bundles_are_not_mixed(pytester: pytest.Pytester, lab: Lab) -> None:
    """A directory in which there is anything is refused before the pool is asked."""
    (pytester.path / "out").mkdir()
    (pytester.path / "out" / "old").touch()
    line = line_of(pytester, [*pool_arguments(lab), "--xsbond-evidence=out"])
    assert line == "--xsbond-evidence: out is not empty; a bundle has a directory of its own"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--xsbond-sign-key=f"], "--xsbond-sign-key: signs a bundle; it needs"),
        (["--xsbond-sign-key=k", "--xsbond-evidence=o"], "--xsbond-sign-key: k is no file"),
        (["--xsbond-sign-key=f", "--xsbond-evidence=o"], "--xsbond-sign-key: f is no key of"),
        (["--xsbond-evidence=x/y", "--xsbond-plan"], "--xsbond-evidence: counts only in a run"),
        (["--xsbond-evidence=x/y", "--xsbond-undo"], "--xsbond-evidence: counts only in a run"),
        (["--xsbond-evidence=f"], "--xsbond-evidence: f: File exists"),
    ],
    ids=["alone", "no-key-file", "no-key", "plan", "undo", "file"],
)
def test_option_that_makes_no_sense_is_one_line(
    pytester: pytest.Pytester, lab: Lab, arguments: list[str], reason: str
) -> None:
    """Option and reason, before anything is done."""
    (pytester.path / "f").touch()
    assert line_of(pytester, [*pool_arguments(lab), *arguments]).startswith(reason)


def test_interrupted_run_is_sealed(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C: what was judged until then is evidence, too."""
    (tmp_path / "test_own.py").write_text(
        "from pytest_xsbond.spec.test_bonds import *\n"
        "def test_end(xs_host):\n"
        "    raise KeyboardInterrupt\n"
    )
    done = run(tmp_path, *pool_arguments(lab), "--xsbond-evidence=out", "test_own.py")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert checked(capsys, tmp_path / "out")[0] == HOLDS
    facts = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert facts["exit_status"] == pytest.ExitCode.INTERRUPTED
