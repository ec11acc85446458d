"""The table of refusals: each rule is provoked, told once, and documented."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.apply.test_management_moves import REFUSED as OF_MANAGEMENT
from tests.apply.test_undo_refused import USES
from tests.plan.test_described import REFUSALS as OF_DESCRIBED
from tests.plan.test_plan import REFUSALS, only_refusal
from tests.support.build import Draft
from xsbond.bondfile import TUTORIAL
from xsbond.plan.plan import plan_for
from xsbond.plan.preflight import Circumstances, Guest
from xsbond.plan.refusals import RULES, table
from xsbond.snapshot.snapshot import RawDom0, Snapshot

Change = Callable[[Draft], object]


@pytest.fixture
def before(recorded: Stages) -> Snapshot:
    """The pool of the tutorial before the guest bond."""
    assert recorded.before is not None
    return recorded.before


def nothing(draft: Draft) -> None:
    """Leave the pool as it is."""
    del draft


def nic(**fields: object) -> Change:
    """Change a member's second leg."""
    return lambda draft: draft.pif("xs-2", "eth5").update(fields)


def no_carrier(draft: Draft) -> None:
    """Let XAPI say that there is no link where dom0 cannot be asked."""
    draft.forget("xs-2", "sysfs-net")
    draft.metrics("xs-2", "eth5")["carrier"] = False


def no_kernel_carrier(draft: Draft) -> None:
    """Let the kernel say so; XAPI has not noticed."""
    _sysfs(draft, "eth5 carrier 1", "eth5 carrier 0")


def gone(draft: Draft) -> None:
    """Let the kernel have no such NIC; XAPI still lists it."""
    uuid = draft.records["host"][draft.host("xs-2")]["uuid"]
    lines = draft.dom0[uuid].outputs["sysfs-net"].stdout.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("eth5 ")]
    assert kept != lines
    draft.answer("xs-2", "sysfs-net", "".join(kept))


def _sysfs(draft: Draft, old: str, new: str) -> None:
    uuid = draft.records["host"][draft.host("xs-2")]["uuid"]
    text = draft.dom0[uuid].outputs["sysfs-net"].stdout
    assert old in text
    draft.answer("xs-2", "sysfs-net", text.replace(old, new))


def other_build(draft: Draft) -> None:
    """Let a host have another xapi of the same release, as half-way through an update."""
    software = draft.records["host"][draft.host("xs-2")]["software_version"]
    software["xapi_build"] = "26.1.0"


def occupied(draft: Draft) -> None:
    """Let another NIC of a member be on a network of the wanted name."""
    record = {**draft.network("NAS"), "uuid": "pub", "name_label": "PUB", "PIFs": []}
    draft.records["network"]["OpaqueRef:pub"] = record
    draft.pif("xs-2", "eth3")["network"] = "OpaqueRef:pub"


def distrusted(draft: Draft) -> None:
    """Let a member show a host key that nobody knows."""
    uuid = draft.records["host"][draft.host("xs-2")]["uuid"]
    draft.dom0[uuid] = RawDom0(unreachable="key", distrusted=True)


def around(draft: Draft, **facts: Any) -> Circumstances:
    """Return circumstances; `guests` and hosts by name."""
    host = draft.host("xs-2")
    if facts.get("guests"):
        network = draft.pif("xs-2", "eth5")["network"]
        facts["guests"] = (Guest(name="web", host=host, network=network),)
    for name in ("emergency", "fcoe_hosts"):
        if facts.get(name):
            facts[name] = frozenset({host})
    if reason := facts.get("unreachable"):
        facts["unreachable"] = {host: reason}
    return Circumstances(**facts)


CASES: Mapping[str, tuple[str, Change, Mapping[str, Any], str]] = {
    "tunnel": ("nic-tunnels", nic(tunnel_transport_PIF_of=["OpaqueRef:t"]), {}, "carries a tunnel"),
    "sriov": ("nic-sriov", nic(sriov_physical_PIF_of=["OpaqueRef:s"]), {}, "is shared out by"),
    "unmanaged": ("nic-unmanaged", nic(managed=False), {}, "is not managed by XAPI"),
    "no-link-in-xapi": ("nic-no-link", no_carrier, {}, "has no link, as XAPI has it"),
    "no-link-in-dom0": ("nic-no-link", no_kernel_carrier, {}, "has no link, as dom0 has it"),
    "gone-from-dom0": ("nic-gone", gone, {}, "is not in dom0 of xs-2, though XAPI still lists it"),
    "fcoe-in-use": (
        "nic-fcoe",
        nic(capabilities=["fcoe"]),
        {"fcoe_hosts": True},
        "carries storage over FCoE (the NIC can, and the host has such an SR)",
    ),
    "fcoe-unknown": (
        "nic-fcoe",
        nic(capabilities=["fcoe"]),
        {"fcoe_hosts": None},
        "carries storage over FCoE (the NIC can, and whether it does is not known)",
    ),
    "guests": (
        "nic-guests",
        nothing,
        {"guests": True},
        "NIC eth5: VM 'web' runs on its network Pool-wide network",
    ),
    "occupied": (
        "network-occupied",
        occupied,
        {},
        "xs-2: network PUB: PIF eth3 already connects this host to it",
    ),
    "emergency": ("host-emergency", nothing, {"emergency": True}, "xs-2: host: is in emergency"),
    "unreachable": (
        "host-unreachable",
        nothing,
        {"unreachable": "CANNOT_CONTACT_HOST"},
        "xs-2: host: does not answer the pool master (CANNOT_CONTACT_HOST)",
    ),
    "distrusted": ("dom0-distrusted", distrusted, {}, "xs-2: dom0: is not proven to be it (key)"),
    "clustering": ("pool-clustering", nothing, {"clustered": True}, "the pool is clustered"),
    "build": ("pool-versions", other_build, {}, "the hosts run xapi 26.1.0 and 26.17.0"),
    "permissions": (
        "pool-permissions",
        nothing,
        {"user": "ann", "forbidden": ("Bond.create", "network.create")},
        "pool: permissions: user ann may not call Bond.create, network.create",
    ),
    "locked": (
        "pool-locked",
        nothing,
        {"locked_by": "ann@box, process 7"},
        "pool: lock: another run is changing this pool: ann@box, process 7",
    ),
}
"""What is changed, what else is known -> the rule, and part of its words."""


@pytest.mark.parametrize("case", CASES)
def test_reason_is_told_once_with_a_way_out(before: Snapshot, case: str) -> None:
    """Each reason refuses the plan alone, names host and object, and says what to do."""
    rule, change, facts, words = CASES[case]
    draft = Draft(before)
    change(draft)
    plan = plan_for(TUTORIAL, draft.read(), around=around(draft, **facts))
    (refusal,) = plan.refusals
    assert refusal.rule == rule
    assert words in str(refusal)
    assert refusal.way_out


NO_REASONS: Mapping[str, tuple[Change, Mapping[str, Any]]] = {
    "fcoe-capable": (nic(capabilities=["fcoe"]), {}),
    "stale-xapi-carrier": (
        lambda draft: draft.metrics("xs-2", "eth5").update(carrier=False),
        {},
    ),
}


@pytest.mark.parametrize("case", NO_REASONS)
def test_what_hurts_nobody_is_no_reason(before: Snapshot, case: str) -> None:
    """A NIC that could do FCoE and does not, and a link that only XAPI misses, are fine."""
    change, facts = NO_REASONS[case]
    draft = Draft(before)
    change(draft)
    assert plan_for(TUTORIAL, draft.read(), around=around(draft, **facts)).refusals == ()


def test_circumstances_count_only_where_there_is_something_to_change(recorded: Stages) -> None:
    """A finished pool may have HA, clustering, a lock and guests."""
    draft = Draft(recorded.now)
    next(iter(draft.records["pool"].values()))["ha_enabled"] = True
    facts = {"guests": True, "clustered": True, "locked_by": "ann", "emergency": True}
    assert plan_for(TUTORIAL, draft.read(), around=around(draft, **facts)).refusals == ()


def test_all_reasons_are_told_at_once(before: Snapshot) -> None:
    """Every rule that applies is told in one go, so that nobody has to try again and again."""
    draft = Draft(before)
    for change in (no_carrier, other_build, nic(tunnel_transport_PIF_of=["OpaqueRef:t"])):
        change(draft)
    facts = {"guests": True, "clustered": True, "emergency": True, "locked_by": "ann"}
    plan = plan_for(TUTORIAL, draft.read(), around=around(draft, **facts))
    assert {refusal.rule for refusal in plan.refusals} == {
        *("nic-no-link", "nic-tunnels", "nic-guests", "host-emergency"),
        *("pool-versions", "pool-clustering", "pool-locked"),
    }


def test_every_rule_is_provoked(before: Snapshot) -> None:
    """No rule of an apply is without a test that makes it refuse."""
    provoked = {rule for rule, *_ in CASES.values()}
    for change, _ in REFUSALS.values():
        provoked.add(only_refusal(before, change).rule)
    provoked |= set(OF_DESCRIBED) | {refused[2] for refused in OF_MANAGEMENT}
    elsewhere = {
        "bond-differs",
        "mode-differs",
        "management-ipv6",
        "inherits-otherwise",
        "vlan-tag-taken",
        "pool-moved",
    }
    elsewhere |= {"mtu-differs", "property-differs", "address-differs", "management-undeclared"}
    of_undo = {rule for rule in RULES if rule.startswith("undo-")}
    assert provoked | elsewhere == set(RULES) - of_undo
    assert len(USES) >= len(of_undo)


def test_refusals_in_the_docs_are_those_of_the_table() -> None:
    """`python -m xsbond.plan.refusals` was pasted after the last change."""
    page = Path(__file__).parents[2] / "docs" / "provisioning.md"
    assert table() in page.read_text(encoding="utf-8")
