"""However much pytest is asked to tell, a pool's answers fill neither terminal nor disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.spec_run import run_spec, store
from xsbond.model import CommandOutput
from xsbond.snapshot.snapshot import RawDom0, read_snapshot

LOUD = ("-vv", "--showlocals", "--full-trace", "--tb=long")
"""Everything that pytest tells of a failure, its local variables whole."""
CLAIM = "in_the_wanted_mode"
MOST = 200_000
"""Characters that a claim may be told in: a hundred frames, some with a look among its locals."""


def told(pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], stored: Path) -> str:
    """Return what a loud run tells of one claim that does not pass."""
    run = run_spec(pytester, f"--xsbond-replay={stored}", *LOUD, "-k", f"{CLAIM} and xs-2")
    assert len(run.not_passed()) == 1
    return capsys.readouterr().out


def test_one_host_out_of_reach_costs_little(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], recorded: Stages, tmp_path: Path
) -> None:
    """The frames of the error hold the whole look, and do not show it."""
    now = recorded.now
    away = RawDom0(unreachable="no route to host")
    raw = replace(now.raw, dom0={**now.raw.dom0, now.hosts[now.host_ref("xs-2")].uuid: away})
    shown = told(pytester, capsys, store(tmp_path / "away", now=read_snapshot(raw)))
    assert "no route to host" in shown
    assert len(shown) < MOST


def test_answer_of_megabytes_costs_little(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], recorded: Stages, tmp_path: Path
) -> None:
    """The frames of a parser hold all that dom0 has printed, and show the beginning."""
    now = recorded.now
    uuid = now.hosts[now.host_ref("xs-2")].uuid
    noise = CommandOutput(command="ovs-appctl bond/list", exit=0, stdout="noise " * 500_000)
    outputs = {**now.raw.dom0[uuid].outputs, "ovs-bond-list": noise}
    raw = replace(now.raw, dom0={**now.raw.dom0, uuid: RawDom0(outputs=outputs)})
    shown = told(pytester, capsys, store(tmp_path / "noise", now=read_snapshot(raw)))
    assert "noise noise" in shown
    assert len(shown) < MOST
