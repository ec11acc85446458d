"""Baselines as their user handles them: save one, compare with it, refuse what is none."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE, Needs
from pytest_xsbond.claims.results import Result
from pytest_xsbond.claims.stages import Stages, load_stages
from pytest_xsbond.spec.shipped import all_claims, arguments
from tests.claims.test_missing_evidence import needless, texts
from tests.support.build import Draft
from tests.support.labs import keep_baseline, pool_arguments, provisioned_lab, verify
from tests.support.spec_run import SpecRun, run_spec, store
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import strike
from xsbond.snapshot.snapshot import Snapshot, load, save

DRIFT = {id_ for id_, outcome in CATALOGUE.items() if outcome.needs is Needs.A_BASELINE}


def compared(pytester: pytest.Pytester, baseline: Snapshot, now: Snapshot, *words: str) -> SpecRun:
    """Judge one look by an earlier one, offline."""
    save(baseline.raw, pytester.path / "baseline.json")
    stored = store(pytester.path / "stored", now=now)
    return run_spec(
        pytester, f"--xsbond-replay={stored}", "--xsbond-baseline=baseline.json", *words
    )


def told(run: SpecRun, outcome: str) -> tuple[Result, ...]:
    """Return what came of an outcome."""
    return tuple(result for result in run.results if outcome in result.outcomes)


def judged(run: SpecRun) -> set[str]:
    """Return the outcomes that were judged."""
    return {id_ for result in run.results for id_ in result.outcomes}


# --- saving ---


def test_run_keeps_its_last_look(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is its owner's only, and nothing differs from it on the same pool."""
    with provisioned_lab(tutorial(2)) as lab:
        assert verify(pytester, lab, "--xsbond-save-baseline=base.json").exit_status == 0
        run = verify(pytester, lab, "--xsbond-baseline=base.json", "-k", "drift")
    path = pytester.path / "base.json"
    printed = capsys.readouterr().out
    assert "xsbond baseline: base.json (taken at " in printed
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f"baseline saved: {path.name} (2 hosts, " in printed
    assert (judged(run), run.not_passed(), run.exit_status) == (DRIFT, {}, 0)


def test_baseline_from_before_an_apply_fails_nothing(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the bond file asked for is no drift, in the very run that makes it."""
    with Lab(tutorial(2)) as lab:
        before = verify(pytester, lab, "--xsbond-save-baseline=base.json")
        assert before.exit_status == 1
        bad = sum(result.verdict in {"FAIL", "ERROR"} for result in before.results)
        assert f"; {bad} claims did not hold then)" in capsys.readouterr().out
        run = verify(pytester, lab, "--xsbond-apply", "--xsbond-baseline=base.json")
    assert judged(run) >= DRIFT
    assert (run.not_passed(), run.exit_status) == ({}, 0)


def test_apply_keeps_what_it_has_made(pytester: pytest.Pytester) -> None:
    """The last look of a run that provisions is the one after its changes."""
    with Lab(tutorial(2)) as lab:
        verify(pytester, lab, "--xsbond-apply", "--xsbond-save-baseline=base.json")
    networks = {each.name_label for each in load(pytester.path / "base.json").networks.values()}
    assert "PUB" in networks


def test_old_baseline_stays_where_a_new_one_cannot_be_written(
    pytester: pytest.Pytester, recorded: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk fails the run, and leaves the file as it was."""
    old = pytester.path / "base.json"
    old.write_text("old")

    def full(_: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(target))

    stored = store(pytester.path / "stored", now=recorded.now)
    monkeypatch.setattr(Path, "replace", full)
    run = run_spec(pytester, f"--xsbond-replay={stored}", f"--xsbond-save-baseline={old}")
    assert (run.exit_status, old.read_text()) == (1, "old")
    assert [path.name for path in pytester.path.glob(".base*")] == []


def test_baseline_without_a_dom0_says_so(
    pytester: pytest.Pytester, recorded: Stages, capsys: pytest.CaptureFixture[str]
) -> None:
    """Now is the time to take another one, not after the maintenance."""
    draft = Draft(recorded.now)
    draft.unreachable("xs-2", "connection refused")
    stored = store(pytester.path / "stored", now=draft.read())
    run_spec(pytester, f"--xsbond-replay={stored}", "--xsbond-save-baseline=base.json")
    assert (
        "the baseline lacks the dom0 of xs-2, so that nothing in it can be compared:"
        " connection refused"
    ) in capsys.readouterr().out


def test_interrupted_run_keeps_no_baseline(
    pytester: pytest.Pytester, recorded: Stages, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who stopped a run did not see what it would have kept."""
    stored = store(pytester.path / "stored", now=recorded.now)
    pytester.makepyfile("def test_stop(pool):\n    raise KeyboardInterrupt\n")
    run = run_spec(
        pytester,
        f"--xsbond-replay={stored}",
        "--xsbond-save-baseline=base.json",
        pytester.path / "test_interrupted_run_keeps_no_baseline.py",
    )
    assert run.exit_status == pytest.ExitCode.INTERRUPTED
    assert not (pytester.path / "base.json").exists()
    assert "no baseline was saved: the run was interrupted" in capsys.readouterr().out


# --- comparing ---


def test_each_difference_is_a_line_of_the_summary(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counted where there are several, and never folded into one."""
    with provisioned_lab(tutorial(2)) as lab:
        keep_baseline(lab, pytester.path / "base.json")
        strike(lab, "other-bond-disturbed@xs-2")
        run = verify(pytester, lab, "--xsbond-baseline=base.json", "-k", "drift")
    assert run.not_passed() == {("xs-2", "D-addresses"): "FAIL"}
    lines = capsys.readouterr().out.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("   seen "))
    told = " ".join(" ".join(lines[at : at + 4]).split())
    assert "changed address of PIF bond0: IP: 172.16.0.36 -> 172.31.255.9" in told
    assert "changed address of interface xapi0: IP: 172.16.0.36/28 -> 172.31.255.9/28" in told


def test_result_carries_its_differences(pytester: pytest.Pytester, recorded: Stages) -> None:
    """Reports show them one by one."""
    draft = Draft(recorded.now)
    draft.pif("xs-2", "bond0")["MTU"] = "9000"
    run = compared(pytester, recorded.now, draft.read())
    (found,) = [each.drift for each in told(run, "D-mtus") if each.host == "xs-2"]
    assert found == ("changed MTU of PIF bond0: MTU: 1500 -> 9000",)


def test_versions_are_read_and_fail_nothing(pytester: pytest.Pytester, recorded: Stages) -> None:
    """After an upgrade they differ, which is what it was for."""
    draft = Draft(recorded.now)
    for host in draft.records["host"].values():
        host["software_version"] = {**host["software_version"], "product_version": "8.4.0"}
    run = compared(pytester, recorded.now, draft.read())
    assert run.not_passed() == {(host, "D-versions"): "warn" for host in ("xs-1", "xs-2")}
    assert run.exit_status == 0


def test_hosts_that_came_and_went_are_named(
    pytester: pytest.Pytester, recorded: Stages, capsys: pytest.CaptureFixture[str]
) -> None:
    """The new one has nothing to be compared with, and passes for nothing."""
    draft = Draft(recorded.now)
    draft.add_host("xs-3", like="xs-2")
    draft.remove_host("xs-2")
    run = compared(pytester, recorded.now, draft.read(), "-k", "drift")
    assert run.not_passed() == {("xs-1", "D-hosts"): "FAIL"}
    assert {each.host for each in run.results} == {"xs-1"}
    printed = " ".join(capsys.readouterr().out.split())
    assert "added host xs-3: uuid " in printed
    assert "removed host xs-2: uuid " in printed
    assert "1. hosts joined or left the pool: xs-1" in printed


def test_dom0_missing_in_the_baseline_is_an_error(
    pytester: pytest.Pytester, recorded: Stages
) -> None:
    """Nobody knows what it was like, so nobody may say that it is the same."""
    draft = Draft(recorded.now)
    draft.unreachable("xs-2", "connection refused")
    run = compared(pytester, draft.read(), recorded.now)
    wanted = ("D-nics", "D-bonds", "D-mtus", "D-addresses", "D-bridges")
    assert run.not_passed() == {("xs-2", id_): "ERROR" for id_ in wanted}


@pytest.mark.slow
def test_workers_compare_too(pytester: pytest.Pytester) -> None:
    """With xdist the baseline reaches the workers with the stages."""
    with provisioned_lab(tutorial(2)) as lab:
        keep_baseline(lab, pytester.path / "base.json")
        strike(lab, "leg-mtu@xs-2")
        words = [*pool_arguments(lab), "--xsbond-baseline=base.json", "-k", "drift", "-n1"]
        result = pytester.runpytest_subprocess("-p", "no:randomly", *words)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*seen *changed MTU of interface eth5: *"])


def test_stored_run_gives_the_same_verdicts(
    pytester: pytest.Pytester, tmp_path: Path, recorded: Stages
) -> None:
    """`--xsbond-save` keeps the baseline with the stages, and a later run forgets it."""
    from pytest_xsbond.claims.stages import store_stages  # noqa: PLC0415 - beside its only use

    draft = Draft(recorded.now)
    draft.pif("xs-2", "bond0")["MTU"] = "9000"
    store_stages(replace(recorded, now=draft.read(), baseline=recorded.now), tmp_path / "run")
    run = run_spec(pytester, f"--xsbond-replay={tmp_path / 'run'}", "-k", "drift")
    assert run.not_passed() == {("xs-2", "D-mtus"): "FAIL"}
    store_stages(recorded, tmp_path / "run")
    assert load_stages(tmp_path / "run").baseline is None


def test_without_a_baseline_nothing_is_compared(
    pytester: pytest.Pytester, recorded: Stages
) -> None:
    """The claims are deselected, as all that a run cannot judge."""
    stored = store(pytester.path / "stored", now=recorded.now)
    assert not judged(run_spec(pytester, f"--xsbond-replay={stored}")) & DRIFT


# --- evidence ---


def test_no_drift_claim_passes_without_what_it_rests_on(recorded: Stages) -> None:
    """Each record and each answer is needed by every drift claim that looked at it."""
    baseline = load_copy(recorded.now)
    stages = replace(recorded, baseline=baseline)
    claims = [each for each in all_claims() if set(each.outcomes) & DRIFT]
    found = [
        each
        for claim in claims
        for host in stages.now.hosts
        for each in needless(stages, claim, host)
    ]
    assert found == []
    for claim in claims:
        shown = texts(stages, claim, stages.now.pool.master)
        assert shown or claim.outcomes == ("D-vlans",), "the recorded pool has no VLANs"
        arguments(claim, stages, stages.now.pool.master, None)


def load_copy(snapshot: Snapshot) -> Snapshot:
    """Return an equal snapshot that is another object, as a baseline is."""
    return Draft(snapshot).read()
