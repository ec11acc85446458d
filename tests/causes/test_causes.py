"""Causes are found where they are at work, and are ruled out or left open elsewhere."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_xsbond.causes.cause import is_at_work
from pytest_xsbond.causes.runbook import runbook
from pytest_xsbond.causes.table import CAUSES, causes_of
from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from tests.support.views import view
from xsbond.snapshot.snapshot import SERVER_TIME

CAUSE = {cause.name: cause for cause in CAUSES}


def found(draft: Draft, host: str = "xs-2") -> list[str]:
    """Return the names of the causes at work on a host."""
    return [cause.name for cause in CAUSES if is_at_work(cause, view(draft.read(), host))]


def test_healthy_host_has_no_cause_at_work(recorded: Stages) -> None:
    """Nothing is found on a host on which everything holds."""
    assert found(Draft(recorded.now)) == []


def test_member_without_the_bond_has_not_inherited_it(recorded: Stages) -> None:
    """Before its restart a member lacks the bond that the master has."""
    assert recorded.created is not None
    assert found(Draft(recorded.created))[0] == "bond not inherited"


def test_master_without_the_bond_has_nothing_to_inherit(recorded: Stages) -> None:
    """A network without a bond on the master is a bond that does not exist."""
    assert recorded.created is not None
    draft = Draft(recorded.created)
    pif = draft.pif("xs-1", "bond1")
    del draft.records["Bond"][pif["bond_master_of"][0]]
    assert found(draft, "xs-1")[0] == "bond does not exist"


def lost_leg(draft: Draft) -> None:
    """Leave the bond of the member one leg."""
    bond = draft.bond("xs-2", "bond1")
    bond["slaves"] = [bond["primary_slave"]]


def other_leg(draft: Draft) -> None:
    """Give the bond of the member another second leg."""
    bond, stranger = draft.bond("xs-2", "bond1"), draft.pif("xs-2", "eth3")
    refs = {id(record): ref for ref, record in draft.records["PIF"].items()}
    bond["slaves"] = [bond["primary_slave"], refs[id(stranger)]]


def renamed_network(draft: Draft) -> None:
    """Let no network have the wanted name."""
    draft.network("PUB")["name_label"] = "guests"


def override(draft: Draft) -> None:
    """Override the mode on the bond's PIF."""
    draft.pif("xs-2", "bond1")["other_config"] = {"bond-mode": "active-backup"}


def address(draft: Draft) -> None:
    """Give the bond's PIF an address."""
    draft.pif("xs-2", "bond1").update(IP="10.9.9.9", ip_configuration_mode="Static")


def dead(draft: Draft) -> None:
    """Let the pool have lost the member."""
    metrics = draft.records["host"][draft.host("xs-2")]["metrics"]
    draft.records["host_metrics"][metrics]["live"] = False


def not_enabled(draft: Draft, seconds: float) -> None:
    """Let the member be disabled, with an xapi that has been running for so long."""
    record = draft.records["host"][draft.host("xs-2")]
    looked = dt.datetime.strptime(draft.clock[-1], SERVER_TIME).replace(tzinfo=dt.UTC)
    record["enabled"] = False
    record["other_config"]["agent_start_time"] = f"{looked.timestamp() - seconds:.0f}."


def starting(draft: Draft) -> None:
    """Let the member not be enabled yet: its xapi has started some seconds ago."""
    not_enabled(draft, 5)


def disabled(draft: Draft) -> None:
    """Let the member be in maintenance, with an xapi that has been running for a day."""
    not_enabled(draft, 86400)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lost_leg, "bond lacks a leg"),
        (other_leg, "other NICs are bonded"),
        (renamed_network, "network is missing"),
        (override, "mode is overridden"),
        (address, "bond PIF has another address"),
        (dead, "xapi does not run"),
        (starting, "xapi has just started"),
        (disabled, "host is in maintenance"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_cause_is_the_first_one_found(
    recorded: Stages, change: Callable[[Draft], None], cause: str
) -> None:
    """What was done to the pool is what the facts point to first."""
    draft = Draft(recorded.now)
    change(draft)
    assert found(draft)[0] == cause


def test_cause_that_cannot_be_looked_at_is_left_open(recorded: Stages) -> None:
    """Nobody knows what Open vSwitch of an unreachable dom0 runs."""
    draft = Draft(recorded.now)
    draft.unreachable("xs-2", "connection refused")
    assert is_at_work(CAUSE["dom0 was changed by hand"], view(draft.read())) is None


def test_every_outcome_has_a_cause() -> None:
    """No failure leaves its reader without a first thing to look at."""
    assert [id_ for id_ in CATALOGUE if not causes_of(id_)] == []


def test_causes_explain_known_outcomes_only() -> None:
    """A misspelt id would never be shown."""
    assert {id_ for cause in CAUSES for id_ in cause.explains} <= set(CATALOGUE)


def test_commands_are_filled_in(recorded: Stages) -> None:
    """Host and uuid of the commands are those of the pool."""
    seen = view(recorded.now)
    mode = CAUSE["mode differs"].commands(seen)
    assert mode == (f"xs-1# xe bond-set-mode uuid={seen.bond.uuid} mode=balance-slb",)


def test_line_with_a_name_that_the_pool_does_not_show_is_left_out(recorded: Stages) -> None:
    """Where there is no bond, there is no uuid, and nothing to type about it."""
    assert recorded.created is not None
    assert CAUSE["mode differs"].commands(view(recorded.created)) == ()


def typed(draft: Draft, cause: str, host: str = "xs-2") -> tuple[str, ...]:
    """Return what is to be typed next about a cause."""
    return CAUSE[cause].commands(view(draft.read(), host))


@pytest.mark.parametrize("leg", ["eth1", "eth5"])
def test_commands_name_the_leg_that_is_ill(recorded: Stages, leg: str) -> None:
    """Not the other one, whose cable is well."""
    draft = Draft(recorded.now)
    draft.replace("xs-2", "sysfs-net", f"{leg} carrier 1", f"{leg} carrier 0")
    first, *_ = typed(draft, "no carrier")
    assert first == f"xs-2# cat /sys/class/net/{leg}/carrier"


def test_commands_name_every_leg_where_all_are_ill(recorded: Stages) -> None:
    """A line about a leg is said once for each of them."""
    draft = Draft(recorded.now)
    for leg in ("eth1", "eth5"):
        draft.replace("xs-2", "sysfs-net", f"{leg} carrier 1", f"{leg} carrier 0")
    assert [line for line in typed(draft, "no carrier") if "carrier" in line] == [
        "xs-2# cat /sys/class/net/eth1/carrier",
        "xs-2# cat /sys/class/net/eth5/carrier",
    ]


def test_runbook_in_the_docs_is_the_one_the_table_makes() -> None:
    """`python -m pytest_xsbond.runbook > docs/runbook.md` was run after the last change."""
    page = Path(__file__).parents[2] / "docs" / "runbook.md"
    assert page.read_text() == runbook()


@pytest.mark.parametrize("field", [{"management": True}, {"IP": "10.0.0.9"}])
def test_bond_that_its_host_talks_through_is_not_destroyed(
    recorded: Stages, field: dict[str, object]
) -> None:
    """It is only looked at, whatever NICs it has."""
    draft = Draft(recorded.now)
    other_leg(draft)
    draft.pif("xs-2", "bond1").update(field, ip_configuration_mode="Static")
    uuid = draft.pif("xs-2", "bond1")["uuid"]
    assert typed(draft, "other NICs are bonded") == (f"xs-1# xe pif-param-list uuid={uuid}",)


IN_USE: dict[str, dict[str, object]] = {
    "has an IP configuration": {"IP": "10.0.0.9", "ip_configuration_mode": "Static"},
    "is the management interface": {"management": True},
    "is a leg of another bond": {"bond_slave_of": "OpaqueRef:another"},
}


@pytest.mark.parametrize("why", IN_USE)
@pytest.mark.parametrize(
    ("host", "cause"), [("xs-2", "bond not inherited"), ("xs-1", "bond does not exist")]
)
def test_nic_that_is_in_use_is_told_instead_of_a_restart(
    recorded: Stages, why: str, host: str, cause: str
) -> None:
    """As the plan refuses it: a start of xapi, and an apply, would make no bond either."""
    assert recorded.created is not None
    assert recorded.before is not None
    draft = Draft(recorded.created if host == "xs-2" else recorded.before)
    draft.pif(host, "eth5").update(IN_USE[why])
    lines = typed(draft, cause, host)
    assert lines
    assert all(line.startswith(f"{host}: NIC eth5: ") for line in lines)
    assert any(why in line for line in lines)
