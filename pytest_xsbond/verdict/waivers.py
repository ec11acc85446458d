"""Waivers that must not stay as they are: expired, or needed by nothing any more. Pure."""

from collections.abc import Iterator, Sequence

from pytest_xsbond.claims.outcomes import applies, is_own, outcomes_for
from pytest_xsbond.claims.results import Result
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.spec.shipped import all_claims
from pytest_xsbond.waivers.waiver import Waiver

_UNSEEN = frozenset({"n/j", "ERROR"})
"""Verdicts of claims that nobody has judged."""


def complaints(stages: Stages, results: Sequence[Result]) -> Iterator[str]:
    """Yield a line for each waiver that is to be renewed, or taken out of its file."""
    for waiver in stages.waivers:
        if reason := complaint(waiver, stages, results):
            yield f"{waiver.where}: {waiver.about} ({waiver.owner}): {reason}"


def complaint(waiver: Waiver, stages: Stages, results: Sequence[Result]) -> str:
    """Return why a waiver must not stay as it is; empty if it may.

    One whose claims were not all judged in this run may be of use in another.
    """
    if not waiver.counts_on(stages.day):
        return f"Waiver expired on {waiver.expires}. Renew it or remove it."
    if waiver.host not in stages.now.labels.values():
        return f"Waiver not needed: the pool has no host {waiver.host}. Remove it."
    networks = [bond.network for bond in stages.desired]
    if waiver.network and waiver.network not in networks:
        return f"Waiver not needed: no bond of network {waiver.network} is wanted. Remove it."
    own = is_own(waiver.outcome)
    wanted = list(_own_claims_of(waiver, results) if own else _claims_of(waiver, stages))
    if not wanted:
        return ""
    mine = [each for each in results if (_name(each), each.network) in wanted]
    mine = [each for each in mine if each.host == waiver.host]
    judged = {(_name(each), each.network) for each in mine if each.verdict not in _UNSEEN}
    if any(each.verdict == "waived" for each in mine) or judged != set(wanted):
        return ""
    return f"Waiver not needed: {waiver.outcome} passes on {waiver.host} now. Remove it."


def _name(result: Result) -> str:
    return result.test.rpartition("::")[2]


def _own_claims_of(waiver: Waiver, results: Sequence[Result]) -> Iterator[tuple[str, str]]:
    """Yield (test, network) of every claim of the user's own that ran and that it covers."""
    for each in results:
        if waiver.covers(each.outcomes, each.host, each.network):
            yield _name(each), each.network


def _claims_of(waiver: Waiver, stages: Stages) -> Iterator[tuple[str, str]]:
    """Yield (test, network) of every claim of the spec that this run can judge and it covers."""
    host = stages.now.host_ref(waiver.host)
    for claim in all_claims():
        own = outcomes_for(claim.outcomes, is_master=host == stages.now.pool.master)
        for network in [""] if claim.is_about_host else [each.network for each in stages.desired]:
            if waiver.covers(claim.outcomes, waiver.host, network) and any(
                applies(each, stages, host, network or None) for each in own
            ):
                yield claim.judge.__name__, network
