"""What GitHub and users of the package read: each file is what its reader accepts, and is true."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
SCHEMAS = {
    ".github/workflows/ci.yml": "vendor.github-workflows",
    ".github/dependabot.yml": "vendor.dependabot",
    "action.yml": "vendor.github-actions",
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_file_is_what_github_accepts(name: str) -> None:
    """GitHub's published schemas know every key of it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name]]
    done = subprocess.run([*command, str(ROOT / name)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflow_runs_what_everybody_runs() -> None:
    """The last step of each job is a script that everybody has."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    last = {job["steps"][-1]["run"] for job in workflow["jobs"].values()}
    assert last == {".ci/run", ".ci/lowest"}
    assert all(os.access(ROOT / script, os.X_OK) for script in last)


@pytest.mark.parametrize("name", ["wrong-verdict", "error"])
def test_issue_form_asks_for_a_snapshot(name: str) -> None:
    """By an option that there is."""
    text = (ROOT / f".github/ISSUE_TEMPLATE/{name}.yml").read_text(encoding="utf-8")
    ids = {each.get("id") for each in yaml.safe_load(text)["body"]}
    assert "snapshot" in ids
    assert "--xsbond-save=snapshot" in text


def judge(directory: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's second step as GitHub does, with the installed command in its place."""
    step = ACTION["runs"]["steps"][1]
    given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | inputs
    environment = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: given[found[1]], value)
        for name, value in step["env"].items()
    }
    (directory / "xsbond").symlink_to(sys.prefix)
    return subprocess.run(
        ["/bin/bash", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=directory,
        env={**os.environ, "RUNNER_TEMP": str(directory), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_action_judges_a_pool(tmp_path: Path) -> None:
    """It leaves three reports, and its status is the verdict."""
    done = judge(tmp_path, pool="lab", options="--xsbond-lab-fault=leg-mtu@xs-2 -q")
    assert done.returncode == 1, done.stdout + done.stderr
    left = {path.name for path in (tmp_path / "reports").iterdir()}
    assert left == {"junit.xml", "outcome.json", "report.html"}


def test_version_is_that_of_the_changelog() -> None:
    """One place says it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(PROJECT["tool"]["hatch"]["version"]["pattern"], text, re.MULTILINE)[0]
    assert "version" not in PROJECT["project"]
    assert version("pytest-xsbond") == newest


def test_every_library_has_a_floor() -> None:
    """So that a resolver that takes the oldest finds versions that work."""
    wanted = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["lab"],
    ]
    assert [each for each in wanted if ">=" not in each] == []


def test_hooks_before_a_commit_are_those_of_ci() -> None:
    """Ruff and mypy, by the commands of `.ci/run`."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for hook in hooks["repos"][0]["hooks"]:
        words = [word for word in hook["entry"].split() if not word.startswith("--")]
        assert f'"$venv/bin/{words[0]}"' in ci
