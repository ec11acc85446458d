"""docs/ci.md: the pipelines are what the servers accept, and their shell lines do what they say."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.labs import provisioned_lab
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import strike

PAGE = (Path(__file__).parents[1] / "docs" / "ci.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(?:yaml|groovy)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = {
    section.splitlines()[0]: found[1]
    for section in PAGE.split("\n## ")[1:]
    if (found := _BLOCK.search(section))
}
"""Heading -> the file that stands under it."""
BONDS = '[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\n'
PIPELINES = ("GitHub Actions", "GitLab", "Jenkins")


def steps(pipeline: str) -> str:
    """Return the shell lines of the stage that accepts the pool."""
    if pipeline == "Jenkins":
        (script,) = re.findall(r"script: '''\n(.*?)'''", BLOCKS[pipeline], re.DOTALL)
        # Groovy itself joins lines that end in a backslash.
        return str(script).replace("\\\n", "")
    document: dict[str, Any] = yaml.safe_load(BLOCKS[pipeline])
    if pipeline == "GitLab":
        return "\n".join(document["acceptance"]["script"])
    named = {step.get("name"): step for step in document["jobs"]["acceptance"]["steps"]}
    return str(named["Accept the pool"]["run"])


def run(directory: Path, pipeline: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a pipeline's shell lines as its runner does: bash, no terminal, little environment."""
    (directory / ".venv").symlink_to(sys.prefix)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/bash", "-e", "-o", "pipefail", "-c", steps(pipeline)],
        cwd=directory,
        env={"PATH": path, "HOME": str(directory), **variables},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab that has what the bond file wants."""
    with provisioned_lab(tutorial(2)) as lab:
        yield lab


@pytest.fixture
def checkout(tmp_path: Path, lab: Lab) -> Path:
    """A repository with the files that the page names."""
    folder = tmp_path / "checkout" / "ci"
    folder.mkdir(parents=True)
    (folder / "bonds.toml").write_text(BONDS)
    (folder / "waivers.toml").write_text("")
    reach(lab, folder)
    return folder.parent


def reach(lab: Lab, folder: Path) -> None:
    """Write how a lab's hosts are reached: by password, their keys in the repository."""
    lines = Path(lab.ssh_config).read_text().splitlines()
    (known_hosts,) = {line.split()[1] for line in lines if "UserKnownHostsFile" in line}
    (folder / "known_hosts").write_text(Path(known_hosts).read_text())
    kept = [line for line in lines if "Identit" not in line]
    text = "\n".join(kept).replace(known_hosts, "ci/known_hosts")
    (folder / "ssh_config").write_text(text)


def test_page_has_a_pipeline_for_each_server() -> None:
    """Three servers, three files."""
    assert tuple(BLOCKS) == PIPELINES


@pytest.mark.parametrize(
    ("pipeline", "schema"),
    [("GitHub Actions", "vendor.github-workflows"), ("GitLab", "vendor.gitlab-ci")],
)
def test_file_is_what_the_server_accepts(tmp_path: Path, pipeline: str, schema: str) -> None:
    """The servers' published schemas know every key of it."""
    (tmp_path / "pipeline.yml").write_text(BLOCKS[pipeline])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    done = subprocess.run(
        [*command, str(tmp_path / "pipeline.yml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_jenkinsfile_is_balanced() -> None:
    """Brackets close in the order they were opened, outside of strings."""
    bare = re.sub(r"'''.*?'''|'[^'\n]*'|\"[^\"\n]*\"", "''", BLOCKS["Jenkins"], flags=re.DOTALL)
    closing, expected = {"{": "}", "(": ")", "[": "]"}, []
    for sign in bare:
        if sign in closing:
            expected.append(closing[sign])
        elif sign in closing.values():
            assert expected.pop() == sign
    assert expected == []


@pytest.mark.slow
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_stage_accepts_a_pool_without_a_terminal(checkout: Path, lab: Lab, pipeline: str) -> None:
    """Status 0, both reports, and the password nowhere."""
    done = run(checkout, pipeline, POOL=lab.master_url, XSBOND_PASSWORD=lab.password)
    assert done.returncode == 0, done.stdout + done.stderr
    reports = {path.name: path.read_text() for path in (checkout / "reports").iterdir()}
    assert set(reports) == {"junit.xml", "report.html"}
    for text in (done.stdout, done.stderr, *reports.values()):
        assert lab.password not in text


def test_stage_without_its_password_ends_at_once(checkout: Path, lab: Lab) -> None:
    """Nobody sits at a pipeline's terminal: one line, status 4."""
    done = run(checkout, "GitLab", POOL=lab.master_url)
    assert done.returncode == 4
    assert done.stderr.splitlines()[0].startswith("ERROR: password: is not given: set XSBOND_")


def test_stage_fails_for_a_pool_that_differs(checkout: Path) -> None:
    """Status 1, and reports that say so."""
    with provisioned_lab(tutorial(2)) as lab:
        strike(lab, "leg-mtu@xs-2")
        reach(lab, checkout / "ci")
        done = run(checkout, "GitHub Actions", POOL=lab.master_url, XSBOND_PASSWORD=lab.password)
    assert done.returncode == 1, done.stdout + done.stderr
    assert ' failures="1" ' in (checkout / "reports" / "junit.xml").read_text()
