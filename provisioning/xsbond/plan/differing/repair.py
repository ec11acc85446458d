"""A plan whose changes in place are carried out, too: their order, and the refusals they end. Pure.

A host gets all it needs before the next one is touched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xsbond.plan.differing.settings import ChangeAddress, ChangeOverride
from xsbond.plan.differing.steps import Change, ScanNics, SetMode, SetMtu, SetProperty
from xsbond.plan.steps import RestartAgent, Step

Settled = frozenset[tuple[str, str, str]]
"""(host, or `pool`; network; what differs, as the refusals call it)."""


def settled_by(steps: Sequence[Change | Step]) -> Settled:
    """Return the differences that steps end, so that they are no reason to refuse."""
    return frozenset(each for step in steps for each in _settles(step))


def _settles(step: Change | Step) -> Iterator[tuple[str, str, str]]:
    match step:
        case SetMode():
            yield step.host, step.network, "mode"
        case SetProperty():
            yield step.host, step.network, step.name
        case ChangeAddress():
            yield step.host, step.network, "address"
        case ChangeOverride():
            yield step.host, step.network, f"other_config:{step.key}"
        case SetMtu():
            yield "pool", step.network, "MTU"
        case RestartAgent():
            yield from ((step.host, network, "legs") for network in step.networks)


def in_order(
    created: Sequence[Step], changes: Sequence[Change | Step], *, by_xapi: bool
) -> Iterator[Change | Step]:
    """Yield what one host needs: NICs that are found again, what is missing, what differs.

    A host is restarted once, for all networks.
    """
    restarts = [s for s in (*created, *changes) if isinstance(s, RestartAgent)]
    yield from (step for step in changes if isinstance(step, ScanNics))
    if restarts:
        networks = tuple(dict.fromkeys(n for step in restarts for n in step.networks))
        moves = any(step.moves_management for step in restarts)
        yield replace(restarts[0], networks=networks, by_xapi=by_xapi, moves_management=moves)
    yield from (step for step in created if not isinstance(step, RestartAgent))
    yield from (step for step in changes if not isinstance(step, RestartAgent | ScanNics))
