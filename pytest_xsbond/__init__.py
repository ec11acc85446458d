"""pytest-xsbond: an executable spec for network bonds on XenServer and XCP-ng pools."""

import importlib
from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_xsbond.claims.bond_on_host import BondOnHost
    from pytest_xsbond.claims.host_in_pool import HostInPool
    from pytest_xsbond.claims.leg_on_host import LegOnHost
    from pytest_xsbond.claims.since_baseline import SinceBaseline
    from pytest_xsbond.claims.stages import Stages
    from xsbond.model import DesiredBond
    from xsbond.snapshot.snapshot import Snapshot

__all__ = [
    "BondOnHost",
    "DesiredBond",
    "HostInPool",
    "LegOnHost",
    "PoolWarning",
    "SinceBaseline",
    "Snapshot",
    "Stages",
    "outcome",
]


def outcome(
    *ids: str, claim: str = "", looks_at: Sequence[str] = (), warns: bool = False
) -> pytest.MarkDecorator:
    """Return the mark that makes a claim of a test: `@outcome("X-JUMBO", claim="…")`.

    `ids` are the outcomes it judges; ids of your own begin with `X-`.
    `claim` is what it claims, in words; without it the first line of the docstring is.
    `looks_at` names the parts of a dom0 it rests on, such as `ovs_bonds`; one that could not be
    read makes an ERROR of the test, not a FAILED.
    `warns` makes a warning of an outcome of your own: shown everywhere, and failing no run.
    """
    said: dict[str, Any] = {"claim": claim, "looks_at": looks_at, "warns": warns}
    given = {name: value for name, value in said.items() if value}
    mark: pytest.MarkDecorator = pytest.mark.outcome
    return mark.with_args(*ids, **given)


class PoolWarning(pytest.PytestWarning):
    """Something about a pool that is worth a look, and no reason to fail a run."""


_HOMES = MappingProxyType(
    {
        "BondOnHost": "pytest_xsbond.claims.bond_on_host",
        "HostInPool": "pytest_xsbond.claims.host_in_pool",
        "LegOnHost": "pytest_xsbond.claims.leg_on_host",
        "SinceBaseline": "pytest_xsbond.claims.since_baseline",
        "Stages": "pytest_xsbond.claims.stages",
        "DesiredBond": "xsbond.model",
        "Snapshot": "xsbond.snapshot.snapshot",
    }
)
"""Name -> module. pytest imports this package in every run; only those with a pool pay for them."""


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(name)
