"""pytest-xsbond: an executable spec for network bonds on XenServer and XCP-ng pools."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_xsbond.failover_claims import LegOnHost
    from pytest_xsbond.here import BondOnHost
    from pytest_xsbond.host_in_pool import HostInPool
    from pytest_xsbond.stages import Stages
    from xsbond.model import DesiredBond
    from xsbond.snapshot import Snapshot

__all__ = [
    "BondOnHost",
    "DesiredBond",
    "HostInPool",
    "LegOnHost",
    "PoolWarning",
    "Snapshot",
    "Stages",
    "outcome",
]

outcome = pytest.mark.outcome
"""`@outcome("PM-4.5.1", "M-3.5.2", looks_at=["ovs_bonds"])`: the ids a test judges.

`looks_at` names the parts of a dom0 it rests on; one that could not be read makes an error of the
test, not a failure.
"""


class PoolWarning(pytest.PytestWarning):
    """Something about a pool that is worth a look, and no reason to fail a run."""


def __getattr__(name: str) -> Any:
    # pytest imports this package in every run; only runs with a pool pay for the rest.
    if name == "BondOnHost":
        from pytest_xsbond.here import BondOnHost  # noqa: PLC0415

        return BondOnHost
    if name == "HostInPool":
        from pytest_xsbond.host_in_pool import HostInPool  # noqa: PLC0415

        return HostInPool
    if name == "LegOnHost":
        from pytest_xsbond.failover_claims import LegOnHost  # noqa: PLC0415

        return LegOnHost
    if name == "Stages":
        from pytest_xsbond.stages import Stages  # noqa: PLC0415

        return Stages
    if name == "DesiredBond":
        from xsbond.model import DesiredBond  # noqa: PLC0415

        return DesiredBond
    if name == "Snapshot":
        from xsbond.snapshot import Snapshot  # noqa: PLC0415

        return Snapshot
    raise AttributeError(name)
