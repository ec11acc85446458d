"""Each clock is judged by the time that its own dom0 took to tell it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pytest_xsbond.claims.parts import clock_offset
from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from xsbond.model import CommandOutput
from xsbond.snapshot.snapshot import RawDom0, Snapshot, read_snapshot

BEGAN = 1_789_000_000
"""The master's time when the look began."""


def look(
    recorded: Snapshot,
    *,
    clocks: dict[str, tuple[float, float, float]],
    seconds: float,
    speed: float = 1.0,
) -> Snapshot:
    """Return a look that took so many seconds here, in a pool whose clock runs so fast.

    `clocks` tells host -> (ahead of the master, asked at, answered at).
    """
    draft = Draft(recorded)
    for host, (ahead, asked, answered) in clocks.items():
        uuid = draft.records["host"][draft.host(host)]["uuid"]
        told = CommandOutput(
            command="date +%s",
            exit=0,
            stdout=f"{BEGAN + ahead + (asked + answered) / 2 * speed:.0f}\n",
            asked_at=asked,
            answered_at=answered,
        )
        draft.dom0[uuid] = RawDom0(outputs={**draft.dom0[uuid].outputs, "clock": told})
    raw = draft.read().raw
    ends = BEGAN + seconds * speed
    return read_snapshot(
        replace(
            raw,
            clock=(_date(BEGAN), _date(ends)),
            clock_asked=((-0.01, 0.01), (seconds - 0.01, seconds + 0.01)),
        )
    )


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H:%M:%SZ")


def offsets(snapshot: Snapshot) -> dict[str, float]:
    """Return host -> by how much its clock is off."""
    return {name: clock_offset(snapshot, ref) for ref, name in snapshot.labels.items()}


def test_slow_host_does_not_hide_another_ones_clock(recorded: Stages) -> None:
    """xs-1 takes 20 s for its answers; xs-2's clock, 15 s ahead, was told in a moment."""
    clocks = {"xs-1": (0.0, 0.1, 0.2), "xs-2": (15.0, 0.1, 0.2)}
    found = offsets(look(recorded.now, clocks=clocks, seconds=20.0))
    assert abs(found["xs-2"] - 15) <= 1
    assert abs(found["xs-1"]) <= 1


def test_host_whose_own_answer_is_slow_is_given_that_time(recorded: Stages) -> None:
    """Nobody knows when within 20 s its clock was read, so nothing is said against it."""
    clocks = {"xs-1": (0.0, 0.1, 0.2), "xs-2": (0.0, 0.1, 20.0)}
    assert offsets(look(recorded.now, clocks=clocks, seconds=20.5))["xs-2"] == 0


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0, 1000.0])
@pytest.mark.parametrize("seconds", [0.3, 3.0, 30.0])
def test_pool_whose_clock_runs_at_another_speed_gives_no_false_alarm(
    recorded: Stages, speed: float, seconds: float
) -> None:
    """In a lab seconds are shorter: what was read late in the look shows a later time."""
    early, late = (0.0, 0.05, 0.06), (0.0, seconds - 0.06, seconds - 0.05)
    found = offsets(
        look(recorded.now, clocks={"xs-1": early, "xs-2": late}, seconds=seconds, speed=speed)
    )
    # The two readings of the master's clock are told in whole seconds, as those of dom0 are.
    assert max(abs(each) for each in found.values()) <= max(1.0, 0.02 * speed)


def test_look_of_an_earlier_release_is_judged_by_the_time_of_the_whole_look(
    recorded: Stages,
) -> None:
    """Where times were not kept, all of the look counts."""
    clocks = {"xs-1": (0.0, 0.0, 0.0), "xs-2": (15.0, 0.0, 0.0)}
    raw = look(recorded.now, clocks=clocks, seconds=20.0).raw
    found = offsets(read_snapshot(replace(raw, clock_asked=())))
    assert found == {"xs-1": 0, "xs-2": 0}
