"""What is judged in a test's own process is what a whole run says: verdicts, status, causes.

The other tests of this folder may therefore do without a run for each situation.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_xsbond.claims.results import Result
from pytest_xsbond.claims.stages import Stages, load_stages
from tests.support.build import Draft
from tests.support.drills import hurried_lab
from tests.support.fault_table import ARGUMENTS, DRILLED, EXPECTED
from tests.support.judging import Judgement, judge
from tests.support.kept_labs import STRUCK, KeptLabs
from tests.support.labs import pool_arguments
from tests.support.pool_runs import drilled_stages, stages_of
from tests.support.spec_run import PUB, SpecRun, run_spec, store
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import strike
from xsbond.model import DesiredBond
from xsbond.snapshot.snapshot import save

SAMPLE = {
    # Of each kind of verdict: FAIL and warn, ERROR, none at all.
    *("leg-down", "switch-daemon-dead", "login-banner"),
    # Of each kind of look: of a dom0 that is gone, of another mode.
    *("dom0-unreachable", "lacp-fallen-back"),
    # About the pool, and on several hosts.
    "vlan-tag-differs",
}


def claim(result: Result) -> tuple[str, str, tuple[str, ...]]:
    """Return which claim a result is of."""
    return result.host, result.network, result.outcomes


def told(run: SpecRun | Judgement) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return what came of every claim, in an order of its own."""
    return sorted((*claim(result), result.verdict) for result in run.results)


def assert_alike(judged: Judgement, run: SpecRun, printed: str) -> None:
    """Claim that a run has found what was judged, failed for it, and named the same causes.

    With -v a run tells each failure with all the causes it may have, and in one line what follows
    from another failure.
    """
    assert told(run) == told(judged)
    assert run.exit_status == (1 if judged.fails else 0)
    lines = {line.partition(": ")[0] for line in printed.splitlines()}
    assert {line[8:] for line in lines if line.startswith("cause   ")} <= judged.causes
    roots = {claim(result) for result in run.results if not result.follows}
    causes = {
        c for result, found in judged.causes_of.items() if claim(result) in roots for c in found
    }
    assert [c for c in causes if not {f"cause   {c}", f"        {c}"} & lines] == []


@pytest.mark.parametrize("fault", sorted(SAMPLE))
def test_whole_run_says_the_same_of_a_fault(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], labs: KeptLabs, fault: str
) -> None:
    """Of a struck lab, looked at by the run itself."""
    with labs.struck_by(fault) as kept:
        judged = kept.judged_after(fault)
        save(kept.baseline.raw, pytester.path / "baseline.json")
        run = run_spec(
            pytester,
            "-v",
            *pool_arguments(kept.lab),
            f"--xsbond-bonds={bond_file(pytester.path, kept.desired)}",
            f"--xsbond-baseline={pytester.path / 'baseline.json'}",
            *ARGUMENTS.get(fault, ()),
        )
    assert_alike(judged, run, capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(set(EXPECTED) - DRILLED - SAMPLE))
def test_replay_says_the_same_of_a_fault(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], labs: KeptLabs, fault: str
) -> None:
    """Of the look that was judged here: what a run sees by itself, the sample above has shown."""
    with labs.struck_by(fault) as kept:
        stages = kept.stages_after(fault)
        save(kept.baseline.raw, pytester.path / "baseline.json")
    (bond,) = kept.desired
    wanted = {"network": bond.network, "nics": list(bond.nics), "mode": bond.mode.value}
    stored = store(pytester.path / "stored", [wanted], now=stages.now)
    baseline = f"--xsbond-baseline={pytester.path / 'baseline.json'}"
    run = run_spec(pytester, "-v", "--xsbond-replay", stored, baseline)
    replayed = replace(stages, now=load_stages(stored).now)
    assert_alike(judge(replayed), run, capsys.readouterr().out)


def test_whole_run_says_the_same_of_a_drill(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of legs that were taken down by a run, and by what a run is made of."""
    with hurried_lab() as lab:
        strike(lab, f"monitor-stopped@{STRUCK}")
        judged = judge(drilled_stages(lab))
        run = run_spec(pytester, "-v", *pool_arguments(lab), "--xsbond-failover")
    assert_alike(judged, run, capsys.readouterr().out)


def test_whole_run_says_the_same_of_what_it_provisions(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two labs that are alike, with stages and all."""
    with Lab(tutorial(2)) as lab, Lab(tutorial(2)) as other:
        judged = judge(stages_of(lab, mode="apply"))
        run = run_spec(pytester, "-v", *pool_arguments(other), "--xsbond-apply")
    assert_alike(judged, run, capsys.readouterr().out)


def test_whole_run_says_the_same_of_all_stages(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], recorded_tutorial: Path
) -> None:
    """Of what only a run that provisions can judge, as it was recorded."""
    run = run_spec(pytester, "-v", "--xsbond-replay", recorded_tutorial)
    assert_alike(judge(load_stages(recorded_tutorial)), run, capsys.readouterr().out)


def test_whole_run_says_the_same_of_a_changed_pool(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], recorded: Stages, tmp_path: Path
) -> None:
    """Of a pool whose XAPI and dom0 are both ill, and whose messages nobody asked for."""
    draft = Draft(recorded.now)
    draft.pif("xs-2", "bond1")["MTU"] = "9000"
    draft.answer("xs-1", "ovs-bond-list", "?\n")
    draft.records.pop("message")
    stages = store(tmp_path / "s", [PUB], now=draft.read())
    run = run_spec(pytester, "-v", "--xsbond-replay", stages)
    assert_alike(judge(load_stages(stages)), run, capsys.readouterr().out)


def bond_file(directory: Path, desired: Sequence[DesiredBond]) -> Path:
    """Write a bond file for the tutorial's bond in a mode."""
    (bond,) = desired
    path = directory / "bonds.toml"
    text = f'[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\nmode = "{bond.mode.value}"\n'
    path.write_text(text)
    return path
