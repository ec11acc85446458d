"""The order of claims: one host's whole story before the next, in the order of the tutorial."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from pytest_xsbond.claims.outcomes import place as in_catalogue
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.claims.stash import OUTCOMES
from pytest_xsbond.runs.stash import RUN
from xsbond.model import DesiredBond
from xsbond.plan.plan import by_name
from xsbond.snapshot.lookup import master_name


def subject(item: pytest.Item) -> tuple[str, str | None]:
    """Return host name and network label a claim is about.

    One that takes no host is about the pool, and is shown with the pool master.
    """
    given = parameters(item)
    host, bond = given.get("xs_host"), given.get("bond")
    if host is None:
        host = master_name(item.config.stash[RUN].expected().now)
    return str(host), bond.network if isinstance(bond, DesiredBond) else None


def parameters(item: pytest.Item) -> Mapping[str, Any]:
    """Return what a test is parametrised with."""
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec else {}


def places(
    stages: Stages, judged: Sequence[pytest.Item]
) -> Callable[[pytest.Item], tuple[object, ...]]:
    """Return the sort key: host by host, bond by bond, in the order of the tutorial, leg by leg.

    A module's claims stay together; its first one decides where.
    """
    hosts = {stages.now.labels[ref]: place for place, ref in enumerate(by_name(stages.now))}
    networks = {bond.network: place for place, bond in enumerate(stages.desired)}

    def step(item: pytest.Item) -> int:
        # A user's own claims come after ours, in the order of their file.
        return in_catalogue(item.stash[OUTCOMES][0].id)[0]

    def leg(item: pytest.Item, bond: int) -> int:
        nics, device = stages.desired[bond].nics, parameters(item).get("leg")
        return nics.index(device) if device in nics else 0

    modules: dict[object, int] = {}
    for item in judged:
        modules[item.path] = min(step(item), modules.get(item.path, step(item)))

    def place(item: pytest.Item) -> tuple[object, ...]:
        host, network = subject(item)
        bond = networks[network] if network else 0
        return hosts[host], bond, modules[item.path], leg(item, bond), step(item)

    return place
