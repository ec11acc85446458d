"""`--xsbond-json`: what programs read, by the schema that is published."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.evidence.__main__ import SCHEMA, main
from pytest_xsbond.evidence.schema import schema_text
from tests.support.closing_pages import SCENES, judged, snapshot_of
from tests.support.labs import pool_arguments
from tests.support.spec_run import run_spec, store
from xsbond.lab import Lab

DOCS = Path(__file__).parents[2] / "docs" / "outcome.schema.json"
VERDICTS = {
    "healthy-2": "as wanted",
    "network-missing-2": "not as wanted",
    "one-legged-16": "not as wanted",
    "dom0-unreachable-16": "not known",
}


def valid(path: Path) -> dict[str, Any]:
    """Return what was written, held against the published schema."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    return document


@pytest.fixture
def written(pytester: pytest.Pytester, recorded: Stages, tmp_path: Path) -> Any:
    """What a run of a scene, by its name, writes."""

    def write(name: str) -> tuple[Mapping[str, Any], Any]:
        stored = store(tmp_path / "stored", now=snapshot_of(SCENES[name], recorded).read())
        file = tmp_path / "out.json"
        run = run_spec(pytester, f"--xsbond-replay={stored}", f"--xsbond-json={file}", "-q")
        return valid(file), run

    return write


@pytest.mark.parametrize("file", [SCHEMA, DOCS], ids=["package", "docs"])
def test_schema_is_that_of_the_values(file: Path) -> None:
    """What is published is made of what is written, by `pytest_xsbond.evidence.schema`."""
    assert file.read_text(encoding="utf-8") == schema_text()


def test_schema_says_what_each_key_means() -> None:
    """What has a docstring in the code has it in the schema."""
    definitions = json.loads(schema_text())["$defs"]
    assert definitions["Finding"]["properties"]["following"]["description"].startswith("The outcom")
    assert all(each["required"] == list(each["properties"]) for each in definitions.values())


def test_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever has the package has the schema."""
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "verdict"), VERDICTS.items())
def test_verdict_is_told_as_the_closing_page_has_it(written: Any, name: str, verdict: str) -> None:
    """One verdict for the pool, and the exit status that goes with it."""
    document, run = written(name)
    assert document["schema"] == 1
    assert document["verdict"] == verdict
    assert document["run"]["exit_status"] == run.exit_status


def test_cause_is_told_once_with_its_hosts_and_what_to_type(written: Any) -> None:
    """As on the closing page."""
    document, _ = written("one-legged-16")
    (cause,) = document["causes"]
    assert (cause["cause"], cause["hosts"], cause["of"]) == ("bond lacks a leg", ["xs-7"], 16)
    assert cause["next"]
    (bond,) = document["bonds"]
    assert (bond["network"], bond["not_as_wanted"]) == ("PUB", ["xs-7"])


def test_figures_count_every_claim(written: Any) -> None:
    """Each claim is counted once, by what came of it."""
    document, run = written("network-missing-2")
    counts = document["figures"]["claims"]
    assert sum(counts.values()) == len(document["claims"]) == len(run.results)
    assert counts["follow"] == sum(claim["mark"] == "·" for claim in document["claims"]) > 0
    assert document["figures"]["hosts_not_as_wanted"] == 2


def test_changed_pool_tells_its_steps(pytester: pytest.Pytester, tmp_path: Path) -> None:
    """What was done while the pool was changed, and since when."""
    file = tmp_path / "out.json"
    run_spec(pytester, "--pool=lab", f"--xsbond-json={file}", "-q")
    document = valid(file)
    assert any("create a balance-slb bond" in step for step in document["run"]["changed"])
    assert document["steps"]
    assert document["figures"]["seconds"] > 0


def test_expired_waiver_is_no_success(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """The run fails; a program must not read that all is well."""
    run = judged(SCENES["expired-waiver-2"], recorded, pytester, tmp_path)
    file = tmp_path / "out.json"
    words = (f"--xsbond-replay={run.directory}", f"--xsbond-waivers={tmp_path / 'waivers.toml'}")
    run_spec(pytester, *words, f"--xsbond-json={file}", "-q")
    document = valid(file)
    assert document["verdict"] != "as wanted"
    assert "expired" in document["waivers"][0]


def test_refused_run_leaves_its_reason(lab: Lab, pytester: pytest.Pytester, tmp_path: Path) -> None:
    """A program is told why there is no verdict."""
    (tmp_path / "b.toml").write_text('[[bond]]\nnetwork = "X"\nnics = ["eth0", "eth3"]\n')
    file = tmp_path / "out.json"
    options = ("--xsbond-apply", f"--xsbond-bonds={tmp_path / 'b.toml'}", f"--xsbond-json={file}")
    run = run_spec(pytester, *pool_arguments(lab), *options)
    document = valid(file)
    assert run.exit_status == document["run"]["exit_status"] == pytest.ExitCode.USAGE_ERROR
    assert document["verdict"] == "refused"
    assert "management" in document["run"]["refused"]


def test_run_without_a_claim_is_not_judged(
    pytester: pytest.Pytester, recorded_tutorial: Path, tmp_path: Path
) -> None:
    """Nothing was found wrong because nothing was looked at."""
    file = tmp_path / "out.json"
    words = (f"--xsbond-replay={recorded_tutorial}", "-k", "nothing_of_the_sort")
    run_spec(pytester, *words, f"--xsbond-json={file}")
    assert valid(file)["verdict"] == "not judged"


def test_no_secret_is_in_it(lab: Lab, pytester: pytest.Pytester, tmp_path: Path) -> None:
    """Nobody but its owner reads it, and no password stands in it."""
    file = tmp_path / "out.json"
    run_spec(pytester, *pool_arguments(lab), f"--xsbond-json={file}", "-q")
    assert lab.password not in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_workers_write_one_file(
    pytester: pytest.Pytester, recorded_tutorial: Path, tmp_path: Path
) -> None:
    """With -n 2 it has every claim."""
    file = tmp_path / "out.json"
    words = (f"--xsbond-replay={recorded_tutorial}", f"--xsbond-json={file}", "-n", "2")
    pytester.runpytest_subprocess("-p", "no:randomly", *words)
    document = valid(file)
    assert document["verdict"] == "as wanted"
    assert document["figures"]["claims"]["passed"] > 50


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--xsbond-json=no/such/out.json",), "there is no directory no/such"),
        (("--xsbond-json=.",), ". is a directory"),
        (("--xsbond-json=no/such/out.json", "--xsbond-plan"), "there is no directory no/such"),
    ],
)
def test_file_that_makes_no_sense_is_refused_at_once(
    pytester: pytest.Pytester, words: tuple[str, ...], complaint: str
) -> None:
    """One line, before any pool is asked."""
    result = pytester.runpytest_subprocess("--pool=192.0.2.1", *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert line.startswith("ERROR: --xsbond-json")
    assert complaint in line
