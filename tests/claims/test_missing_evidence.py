"""No claim passes on what is not there: whatever it rests on is taken away, piece by piece."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, replace

import pytest

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.seen import Evidence
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.spec.shipped import Claim, all_claims, arguments
from tests.support.build import Draft
from xsbond.errors import UnexpectedOutput, XsbondError
from xsbond.model import Bond, CommandOutput, Host, Network, Pif
from xsbond.snapshot.snapshot import Snapshot, read_snapshot

PUB = "PUB"
ONLY_EARLIER = {
    "test_member_has_no_pif_on_it_yet",
    "test_bond_of_the_master_is_visible",
    "test_new_network_is_visible_from_the_member",
    "test_dom0_interfaces_are_as_before",
    "test_bridges_of_the_legs_are_still_there",
    "test_switch_has_no_such_bond_yet",
}
"""Claims about the stage at which only the master has its bond."""
FIELDS = [
    (kind, each.name)
    for kind, facts in (("PIF", Pif), ("Bond", Bond), ("network", Network), ("host", Host))
    for each in fields(facts)
    if each.default is MISSING and each.default_factory is MISSING
]
"""The fields that claims read and every release has."""


def texts(stages: Stages, claim: Claim, host: str) -> Mapping[str, str]:
    """Judge a claim and return title -> text of what it looked at now, not before."""
    found: dict[str, str] = {}
    given = arguments(claim, stages, host, PUB)
    claim.judge(**given)
    for view in given.values():
        seen = view.evidence if isinstance(view, BondOnHost) else getattr(view, "evidence", None)
        if isinstance(seen, Evidence) and seen.snapshot is stages.now:
            found |= seen.texts
    return found


def without(snapshot: Snapshot, title: str) -> Snapshot:
    """Return a snapshot that lacks one record, or in which one command answered nothing."""
    if "# " in title:
        return _silenced(snapshot, *title.split("# ", 1))
    kind, ref = title.split(" ")
    draft = Draft(snapshot)
    del draft.records[kind][ref]
    return draft.read()


def _silenced(snapshot: Snapshot, host: str, command: str) -> Snapshot:
    uuid = snapshot.hosts[snapshot.host_ref(host)].uuid
    outputs = {
        name: CommandOutput(command=command, exit=0, stdout="")
        if answer.command == command
        else answer
        for name, answer in snapshot.raw.dom0[uuid].outputs.items()
    }
    dom0 = {**snapshot.raw.dom0, uuid: replace(snapshot.raw.dom0[uuid], outputs=outputs)}
    return read_snapshot(replace(snapshot.raw, dom0=dom0))


def passes(stages: Stages, claim: Claim, host: str) -> bool:
    """Tell whether a claim holds; what cannot be read or judged does not."""
    try:
        claim.judge(**arguments(claim, stages, host, PUB))
    except (AssertionError, XsbondError, pytest.skip.Exception):
        return False
    return True


def judged(stages: Stages) -> Iterator[tuple[Claim, str]]:
    """Yield every claim on a look at the pool, with every host it holds for."""
    for claim in (each for each in all_claims() if not each.needs_a_drill):
        for host in stages.now.hosts:
            if passes(stages, claim, host):
                yield claim, host


SEARCHED = {
    "test_one_network_has_the_wanted_name": ("network", "PIF"),
    "test_other_bonds_are_untouched": ("PIF",),
    "test_bridge_is_up_without_an_address": ("PIF",),
    "test_no_interface_has_gained_an_address": ("network", "PIF"),
    "test_bridge_replaces_those_of_its_legs": ("PIF",),
    "test_no_alert_is_unanswered": ("message",),
    "test_wanted_nics_can_be_used": ("PIF",),
}
"""Claim -> the kinds of record it looks through, for one that should not be there or that tells
which network of several is meant: it holds just as well without most of them."""
COMPARED = "on all hosts"
"""Title of what a claim shows of the other hosts."""


def needless(stages: Stages, claim: Claim, host: str) -> Iterator[str]:
    """Yield the titles of what a claim looked at and does not miss when it is gone."""
    for title in texts(stages, claim, host):
        kind = title.partition(" ")[0]
        if title == COMPARED or kind in SEARCHED.get(claim.judge.__name__, ()):
            continue
        try:
            now = without(stages.now, title)
        except UnexpectedOutput:
            # A pool without its master cannot be read at all.
            continue
        if host in now.hosts and passes(replace(stages, now=now), claim, host):
            yield f"{claim.judge.__name__} on {stages.now.labels[host]}: {title}"


def test_no_claim_passes_without_what_it_rests_on(recorded: Stages) -> None:
    """Each record and each answer is needed by every claim that looked at it."""
    found = [each for claim, host in judged(recorded) for each in needless(recorded, claim, host)]
    assert found == []


def test_every_claim_rests_on_something(recorded: Stages) -> None:
    """A claim that looked at nothing could not show why it passed."""
    claims = [claim for claim, host in judged(recorded) if not texts(recorded, claim, host)]
    assert {claim.judge.__name__ for claim in claims} <= ONLY_EARLIER


def test_record_without_one_of_its_fields_is_refused(recorded: Stages) -> None:
    """A field that a release does not send is never taken for its default."""
    for kind, field in FIELDS:
        draft = Draft(recorded.now)
        del next(iter(draft.records[kind].values()))[field]
        with pytest.raises(UnexpectedOutput, match=field):
            draft.read()
