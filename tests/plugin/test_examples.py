"""examples/: run on the lab as docs/own-claims.md says, and found in all that a run leaves."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "own-claims.md").read_text(encoding="utf-8")
IDS = {"X-JUMBO", "X-HOST-NAMES", "X-FIRST-NIC", "X-SIZE", "X-SPREAD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What one run has left."""

    status: int
    terminal: str
    evidence: Path

    @property
    def claims(self) -> dict[str, set[str]]:
        """Return own id -> verdicts, from the JSON."""
        document = json.loads((self.evidence.parent / "o.json").read_text())
        found: dict[str, set[str]] = {}
        for claim in document["claims"]:
            for id_ in claim["outcomes"]:
                found.setdefault(id_, set()).add(claim["mark"])
        return {id_: found[id_] for id_ in found if id_.startswith("X-")}


def run(directory: Path, *words: str) -> Left:
    """Run the examples on a lab, with all that a run can leave."""
    evidence = directory / "evidence"
    leaves = (f"--xsbond-evidence={evidence}", f"--xsbond-json={directory / 'o.json'}")
    command = (sys.executable, "-m", "pytest", "--pool=lab", "--xsbond-matrix=all", *leaves)
    bonds = f"--xsbond-bonds={EXAMPLES / 'bonds.toml'}"
    done = subprocess.run(
        [*command, bonds, *words, str(EXAMPLES), "-c", os.devnull, f"--rootdir={directory}"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    return Left(status=done.returncode, terminal=done.stdout + done.stderr, evidence=evidence)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """The examples beside the shipped spec, on a healthy lab."""
    return run(tmp_path_factory.mktemp("healthy"), "--pyargs", "pytest_xsbond.spec")


def test_examples_hold_on_the_lab(healthy: Left) -> None:
    """Each claim of the folder, and no other."""
    assert healthy.status == 0, healthy.terminal
    assert healthy.claims == {key: {"pass"} for key in IDS}


def test_examples_are_in_the_matrix(healthy: Left) -> None:
    """Beside the shipped claims."""
    rows = {line.split()[0] for line in healthy.terminal.splitlines() if line.split()}
    assert {*IDS, "PM-1"} <= rows


def test_examples_are_in_the_report(healthy: Left) -> None:
    """The HTML of the bundle."""
    text = (healthy.evidence / "report.html").read_text()
    assert all(id_ in text for id_ in IDS)


def test_examples_are_in_junit(healthy: Left) -> None:
    """Each record has its outcome."""
    tree = ET.parse(healthy.evidence / "junit.xml")  # noqa: S314 - written by this very run
    found = {p.get("value") for p in tree.iter("property") if p.get("name") == "outcome"}
    assert found >= IDS


def test_each_example_can_fail(tmp_path: Path) -> None:
    """A NIC with another MTU is a FAIL of the claim about it, told with what was seen."""
    left = run(tmp_path, "--xsbond-lab-fault=leg-mtu@xs-2")
    assert left.status == 1
    assert left.claims == {**{key: {"pass"} for key in IDS}, "X-JUMBO": {"pass", "FAIL"}}


def test_page_shows_the_examples_as_they_are() -> None:
    """No copy that has gone stale."""
    for path in EXAMPLES.glob("test_*.py"):
        assert path.read_text(encoding="utf-8") in PAGE, path.name
