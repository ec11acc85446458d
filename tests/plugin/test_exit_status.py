"""Exit statuses of runs that judge no claims: one scheme for plan and apply."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.labs import pool_arguments
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

REFUSED = '[[bond]]\nnetwork = "X"\nnics = ["eth0", "eth2"]\n'
"""The management interface, and a leg of another bond."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab without the bond, which no test here changes."""
    with Lab(tutorial(2)) as lab:
        yield lab


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--xsbond-plan",), 0),
        (("--xsbond-plan", "--xsbond-detailed-exitcode"), 6),
        (("--xsbond-plan", "--xsbond-bonds=refused.toml"), 4),
        (("--xsbond-plan", "--xsbond-detailed-exitcode", "--xsbond-bonds=refused.toml"), 4),
        (("--xsbond-apply", "--xsbond-bonds=refused.toml"), 4),
    ],
    ids=["plan", "pending", "refused-plan", "refused-plan-detailed", "refused-apply"],
)
def test_status_of_a_run(
    pytester: pytest.Pytester, lab: Lab, options: tuple[str, ...], status: int
) -> None:
    """As docs/options.md has it."""
    (pytester.path / "refused.toml").write_text(REFUSED)
    result = pytester.runpytest_subprocess(*pool_arguments(lab), *options)
    assert result.ret == status, result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("detailed", [(), ("--xsbond-detailed-exitcode",)])
def test_nothing_pending_is_done(
    pytester: pytest.Pytester, recorded_tutorial: Path, detailed: tuple[str, ...]
) -> None:
    """A pool that has the bond needs no change, however it is asked."""
    replay = f"--xsbond-replay={recorded_tutorial}"
    words = (replay, "--xsbond-plan", "--xsbond-json=plan.json", *detailed)
    result = pytester.runpytest_subprocess(*words)
    assert result.ret == pytest.ExitCode.OK
    written = json.loads((pytester.path / "plan.json").read_text())
    assert (written["to_create"], written["hosts"], written["steps"]) == (0, 2, [])
    result.stdout.fnmatch_lines(
        [
            f"plan for replay of {recorded_tutorial} (2 hosts); nothing is changed",
            "nothing to do: every host has every wanted bond",
            "note: it was planned from a stored look; *",
            "json: *plan.json",
        ]
    )


def test_replay_plans_from_the_stored_look(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """What it shows is refused, though no pool is asked."""
    (pytester.path / "refused.toml").write_text(REFUSED)
    replay = f"--xsbond-replay={recorded_tutorial}"
    result = pytester.runpytest_subprocess(replay, "--xsbond-plan", "--xsbond-bonds=refused.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["  - xs-1: NIC eth0: is the management interface; *"])
