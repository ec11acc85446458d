"""`--xsbond-listen`: a leg that hears nothing while others do; and legs that need their time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from tests.support.labs import connected, provisioned_lab, quiet, verify
from tests.support.spec_run import PUB, run_spec, store
from xsbond.bondfile import TUTORIAL
from xsbond.collect.listen import FIRST, LAST, heard, listen
from xsbond.collect.observe import observe
from xsbond.collect.settle import settled, waits_for_updelay
from xsbond.lab import Lab
from xsbond.model import CommandOutput

LACP = {**PUB, "mode": "lacp"}
MASTER_HEARS = {"eth1": 100, "eth5": 100}


def listened(draft: Draft, seconds: float, frames: dict[str, int], host: str = "xs-2") -> None:
    """Let both hosts have been listened to, and one of them have heard so many frames."""
    draft.listened = seconds
    for name in ("xs-1", "xs-2"):
        counts = frames if name == host else MASTER_HEARS
        for sample, more in ((FIRST, 0), (LAST, 1)):
            text = "".join(f"{leg} {1000 + more * count}\n" for leg, count in counts.items())
            draft.add_answer(name, sample, CommandOutput(command=sample, exit=0, stdout=text))


CASES: dict[str, tuple[float, dict[str, int], str]] = {
    "both-hear": (10, {"eth1": 40, "eth5": 900}, "pass"),
    "one-frame-is-enough": (10, {"eth1": 1, "eth5": 900}, "pass"),
    "one-is-deaf": (10, {"eth1": 0, "eth5": 900}, "FAIL"),
    "silent-lan": (10, {"eth1": 0, "eth5": 0}, "n/j"),
    "almost-silent-lan": (10, {"eth1": 0, "eth5": 4}, "n/j"),
    "not-counted": (10, {"eth5": 900}, "FAIL"),
}
"""Case -> seconds, frames that each leg of xs-2 received meanwhile, verdict."""


@pytest.mark.parametrize("case", CASES)
def test_deaf_leg_is_one_that_hears_nothing_while_another_does(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path, case: str
) -> None:
    """A LAN that is silent on all legs gives no verdict."""
    seconds, frames, verdict = CASES[case]
    draft = Draft(recorded.now)
    listened(draft, seconds, frames)
    run = run_spec(pytester, "--xsbond-replay", store(tmp_path / "s", [PUB], now=draft.read()))
    assert run.verdicts("xs-2")["H-leg-hears"] == verdict
    assert run.verdicts("xs-1")["H-leg-hears"] == "pass"


@pytest.mark.parametrize(("seconds", "verdict"), [(10, "n/j"), (30, "n/j"), (31, "FAIL")])
def test_lacp_leg_may_be_silent_between_two_lacpdus(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path, seconds: float, verdict: str
) -> None:
    """A partner need not send on a leg but every 30 s, so less is not judged."""
    draft = Draft(recorded.now)
    listened(draft, seconds, {"eth1": 0, "eth5": 900})
    run = run_spec(pytester, "--xsbond-replay", store(tmp_path / "s", [LACP], now=draft.read()))
    assert run.verdicts("xs-2")["H-leg-hears"] == verdict


def test_sample_that_is_lost_is_an_error(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """Half an answer judges nothing."""
    draft = Draft(recorded.now)
    listened(draft, 10, MASTER_HEARS)
    draft.forget("xs-2", LAST)
    run = run_spec(pytester, "--xsbond-replay", store(tmp_path / "s", [PUB], now=draft.read()))
    assert run.verdicts("xs-2")["H-leg-hears"] == "ERROR"


def test_run_that_did_not_listen_judges_no_hearing(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """Without the option there is no such claim."""
    run = run_spec(pytester, "--xsbond-replay", store(tmp_path / "s", [PUB], now=recorded.now))
    assert "H-leg-hears" not in run.verdicts("xs-2")


@pytest.mark.parametrize("given", ["0", "-1", "soon", "inf"])
def test_option_wants_a_time(pytester: pytest.Pytester, given: str) -> None:
    """Anything else ends the run in one line."""
    result = pytester.runpytest_subprocess("--pool=lab", f"--xsbond-listen={given}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--xsbond-listen: '{given}' is no number of seconds"])


# --- a live lab ---


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab whose legs are all enabled by the time somebody looks."""
    with provisioned_lab() as lab:
        lab.world.clock.skip(60)
        yield lab


def test_lab_is_listened_to(pytester: pytest.Pytester, lab: Lab) -> None:
    """A live run takes its two samples by itself, and everything holds."""
    run = verify(pytester, lab, "--xsbond-listen=1")
    assert (run.not_passed(), run.exit_status) == ({}, 0)
    assert {run.verdicts(host)["H-leg-hears"] for host in ("xs-1", "xs-2")} == {"pass"}


def test_samples_are_part_of_the_snapshot(lab: Lab) -> None:
    """What was heard can be judged again later."""
    with connected(lab) as connections:
        snapshot = listen(connections, observe(connections), 0.3)
    counts = heard(snapshot, snapshot.host_ref("xs-2"))
    assert snapshot.raw.listened == 0.3
    assert {"eth1", "eth5"} <= set(counts)
    assert min(counts["eth1"], counts["eth5"]) > 0


def test_host_lost_while_listening_is_out_of_reach(lab: Lab) -> None:
    """A dom0 that does not answer any more has no samples."""
    with connected(lab) as connections:
        snapshot = observe(connections)
    with connected(lab) as connections, lab.host("xs-2").without_ssh():
        snapshot = listen(connections, snapshot, 0.1)
    assert snapshot.raw.dom0[snapshot.hosts[snapshot.host_ref("xs-2")].uuid].unreachable


def test_run_waits_for_the_updelay() -> None:
    """A leg plugged a moment ago is waited for, and so is the count of links."""
    with provisioned_lab() as lab, connected(lab) as connections:
        first = observe(connections)
        last = settled(connections, first, TUTORIAL, 60, quiet)
    assert waits_for_updelay(first, TUTORIAL)
    assert not waits_for_updelay(last, TUTORIAL)
    assert {bond.links_up for bond in last.bonds.values()} == {2}


def test_run_waits_no_longer_than_it_may() -> None:
    """At the end of the time the last look is judged as it is."""
    with provisioned_lab() as lab, connected(lab) as connections:
        first = observe(connections)
        last = settled(connections, first, TUTORIAL, 0.0, quiet)
    assert last.raw.records is first.raw.records


def test_look_before_counts_if_the_pool_is_lost() -> None:
    """A pool that goes away while it is waited for is judged as it was seen last."""
    with provisioned_lab() as lab, connected(lab) as connections:
        first = observe(connections)

        def lose(line: str) -> None:
            assert line.startswith("waiting for ")
            lab.close()

        last = settled(connections, first, TUTORIAL, 60, lose)
    assert last.raw.records is first.raw.records


def test_pool_at_rest_is_not_looked_at_again(lab: Lab) -> None:
    """Nothing is under way, so the first look counts."""
    with connected(lab) as connections:
        settled(connections, observe(connections), TUTORIAL, 60, quiet)
        first = observe(connections)
        assert settled(connections, first, TUTORIAL, 60, quiet) is first
