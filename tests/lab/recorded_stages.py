"""The tutorial on a real pool, stage by stage, and the same calls made to a lab."""

import xmlrpc.client
from collections.abc import Mapping
from typing import Any

from tests.lab.worlds import PASSWORD, pif, recorded, restart
from xsbond.lab.timing.clock import Clock
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World

Stage = dict[str, dict[str, dict[str, Any]]]
"""Class -> reference -> record."""

STAGES = (
    "before",
    "created",
    "created-settled",
    "after",
    "after-settled",
    "after-second-restart",
)
CLASSES = (
    "pool",
    "host",
    "host_metrics",
    "network",
    "PIF",
    "PIF_metrics",
    "Bond",
    "VLAN",
    "task",
    "message",
)
BY_HAND = Delays(monitoring=1e9, inheriting=0.125)
"""Nobody looks at the links but who plays the tutorial."""
FIRST_LEG = 4.53
"""Seconds from the bond to its first leg being seen, as recorded."""
BOTH_LEGS = 30.0
"""Seconds from there to both."""
RESTART = 25.0
"""Seconds that a member needs for a restart, about."""


def recorded_stages() -> dict[str, Stage]:
    """Return the stages, each of which is recorded as what changed since the one before."""
    changes: dict[str, Stage] = recorded("stages.json")
    now: Stage = {name: {} for name in CLASSES}
    stages: dict[str, Stage] = {}
    for stage in STAGES:
        now = {name: _merged(now[name], changes[stage].get(name, {})) for name in CLASSES}
        stages[stage] = now
    return stages


def recorded_before_in_json() -> Stage:
    """Return the first stage as a JSON client saw it: recorded is where it is another value."""
    before, changes = recorded_stages()["before"], recorded("stage-in-json.json")
    return {name: _merged(before[name], changes.get(name, {})) for name in CLASSES}


def _merged(
    before: Mapping[str, dict[str, Any]], changes: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    return dict(before) | {ref: before.get(ref, {}) | new for ref, new in changes.items()}


class LookingClock(Clock):
    """A clock under which a member's links are seen while it starts, before its bonds are copied.

    So they were in the recording, whose member took longer from one to the other. It stands still
    but for what is skipped, so that a machine that is busy does not let a leg come up too early.
    """

    world: World

    def now(self) -> float:
        """Return the lab seconds that were skipped."""
        return self._skipped

    def real(self, seconds: float) -> float:
        """Return how many real seconds so many lab seconds take."""
        if seconds == BY_HAND.inheriting:
            self.world.monitor.sample()
        return super().real(seconds)


def play(world: World, proxy: xmlrpc.client.ServerProxy) -> dict[str, Stage]:
    """Make the tutorial's calls over HTTPS and return what the lab was at each stage."""
    first, second = world.hosts
    session = _value(proxy.session.login_with_password("root", PASSWORD, "2.21", "tutorial"))
    stages = {"before": stage_of(proxy, session)}
    network = _value(proxy.network.create(session, PUB))
    legs = [pif(world, first, device) for device in ("eth1", "eth5")]
    _value(proxy.Bond.create(session, network, legs, "", "balance-slb", {}))
    stages["created"] = stage_of(proxy, session)
    _settle(world)
    stages["created-settled"] = stage_of(proxy, session)
    world.clock.skip(RESTART)
    restart(second)
    stages["after"] = stage_of(proxy, session)
    _settle(world)
    stages["after-settled"] = stage_of(proxy, session)
    world.clock.skip(RESTART)
    restart(second)
    stages["after-second-restart"] = stage_of(proxy, session)
    return stages


PUB = {"MTU": "1500", "name_description": "", "name_label": "PUB", "other_config": {}}


def stage_of(proxy: xmlrpc.client.ServerProxy, session: str) -> Stage:
    """Return all records as an XML-RPC client decodes them, dates as their text."""
    return {
        name: _plain(_value(getattr(proxy, f"{name}.get_all_records")(session))) for name in CLASSES
    }


def _settle(world: World) -> None:
    """Let the new bond's legs come up, one after the other, and be seen."""
    for seconds in (FIRST_LEG, BOTH_LEGS):
        world.clock.skip(seconds)
        with world.lock:
            world.monitor.sample()


def _value(reply: Any) -> Any:
    assert reply["Status"] == "Success", reply
    return reply["Value"]


def _plain(value: Any) -> Any:
    match value:
        case xmlrpc.client.DateTime():
            return str(value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
    return value
