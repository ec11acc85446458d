"""Causes are found where they are at work, and are ruled out or left open elsewhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_xsbond.causes import causes_of, is_at_work
from pytest_xsbond.known_causes import CAUSES
from pytest_xsbond.outcomes import CATALOGUE
from pytest_xsbond.runbook import runbook
from pytest_xsbond.stages import Stages
from tests.build import Draft
from tests.views import view

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


def disabled(draft: Draft) -> None:
    """Let the member be in maintenance."""
    draft.records["host"][draft.host("xs-2")]["enabled"] = False


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lost_leg, "bond lacks a leg"),
        (other_leg, "other NICs are bonded"),
        (renamed_network, "network is missing"),
        (override, "mode is overridden"),
        (address, "bond PIF has another address"),
        (dead, "host is down"),
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


def test_unknown_names_stay_visible(recorded: Stages) -> None:
    """Where there is no bond, its uuid is left to the reader."""
    assert recorded.created is not None
    commands = CAUSE["mode differs"].commands(view(recorded.created))
    assert commands == ("xs-1# xe bond-set-mode uuid=BOND-UUID mode=balance-slb",)


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
    page = Path(__file__).parents[1] / "docs" / "runbook.md"
    assert page.read_text() == runbook()
