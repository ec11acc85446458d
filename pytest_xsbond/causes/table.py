"""The table of causes, in the order to look for them."""

from pytest_xsbond.causes.bond import BOND_CAUSES
from pytest_xsbond.causes.by_hand import BY_HAND_CAUSES
from pytest_xsbond.causes.cause import Cause
from pytest_xsbond.causes.declared import DECLARED_CAUSES
from pytest_xsbond.causes.described import DESCRIBED_CAUSES
from pytest_xsbond.causes.dom0 import DOM0_CAUSES
from pytest_xsbond.causes.drift import DRIFT_CAUSES, with_drift
from pytest_xsbond.causes.health import HEALTH_CAUSES
from pytest_xsbond.causes.legs.failover import FAILOVER_CAUSES
from pytest_xsbond.causes.legs.lacp import LACP_CAUSES
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.seen import Missing


def _cannot_tell(here: BondOnHost) -> bool:
    """No snapshot tells who changed what."""
    raise Missing(f"nothing seen of {here.name} tells who changed it")


_LAST = Cause(
    name="somebody else works on the pool",
    says="Something changed while this run was at work that it did not change itself.",
    holds=_cannot_tell,
    explains=(
        *("PM-4.1", "PM-4.2.1", "PM-4.2.2", "PM-4.4.1", "M-3.1"),
        *("M-1.1", "M-1.2", "M-1.3", "M-1.4", "M-1.5.1", "M-1.5.2"),
    ),
    next=("{master}# xe task-list", "{host}# tail -50 /var/log/audit.log"),
)

CAUSES = with_drift(
    (
        *BOND_CAUSES,
        *DECLARED_CAUSES,
        *DOM0_CAUSES,
        *BY_HAND_CAUSES,
        *HEALTH_CAUSES,
        *LACP_CAUSES,
        *DESCRIBED_CAUSES,
        *FAILOVER_CAUSES,
        *DRIFT_CAUSES,
        _LAST,
    )
)
"""All causes; what explains most comes first."""


def causes_of(outcome: str) -> tuple[Cause, ...]:
    """Return the likely causes of a failed outcome, in the order to look for them."""
    return tuple(cause for cause in CAUSES if outcome in cause.explains)
