"""The order of claims: one host's whole story before the next, in the order of the tutorial."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.claims.stash import OUTCOMES
from xsbond.plan.plan import by_name


def subject(item: pytest.Item) -> tuple[str, str | None]:
    """Return host name and network label a claim is about."""
    assert isinstance(item, pytest.Function)
    parameters: Mapping[str, Any] = item.callspec.params
    return parameters["xs_host"], parameters["bond"].network if "bond" in parameters else None


def places(
    stages: Stages, judged: Sequence[pytest.Item]
) -> Callable[[pytest.Item], tuple[int, ...]]:
    """Return the sort key: host by host, bond by bond, in the order of the tutorial, leg by leg.

    A module's claims stay together; its first one decides where.
    """
    hosts = {stages.now.labels[ref]: place for place, ref in enumerate(by_name(stages.now))}
    networks = {bond.network: place for place, bond in enumerate(stages.desired)}
    outcomes = {id_: place for place, id_ in enumerate(CATALOGUE)}

    def step(item: pytest.Item) -> int:
        return outcomes[item.stash[OUTCOMES][0].id]

    def leg(item: pytest.Item, bond: int) -> int:
        assert isinstance(item, pytest.Function)
        nics, device = stages.desired[bond].nics, item.callspec.params.get("leg")
        return nics.index(device) if device in nics else 0

    modules: dict[object, int] = {}
    for item in judged:
        modules[item.path] = min(step(item), modules.get(item.path, len(outcomes)))

    def place(item: pytest.Item) -> tuple[int, ...]:
        host, network = subject(item)
        bond = networks[network] if network else 0
        return hosts[host], bond, modules[item.path], leg(item, bond), step(item)

    return place
