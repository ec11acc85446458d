"""The catalogue of outcomes and the tests that carry them cannot drift apart."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

import pytest_xsbond.spec
from pytest_xsbond.claims.outcomes import CATALOGUE, outcomes_for

TUTORIAL = {
    "PM": "1 2 3 4.1 4.2.1 4.2.2 4.2.3 4.2.4 4.3.1 4.3.2 4.4.1 4.4.2 4.4.3 4.5.1 4.5.2 4.5.3",
    "M": "1.1 1.2 1.3 1.4 1.5.1 1.5.2 2 3.1 3.2 3.3.1 3.3.2 3.3.3 3.4 3.5.1 3.5.2",
}
"""The steps of the tutorial that end in something to be seen."""
HEALTH = (
    "nics both-views legs-up leg-hears same-nics mac mtu speed vlans vlans-run leg-clean"
    " one-management backend slb-not-lacp lacp alerts hosts naming standby-speed settings bridge"
    " flows addresses modes management wanted-vlans ipv6 overrides device properties"
    " lacp-legs lacp-partner"
)
"""What goes beyond it."""
FAILOVER = "carries-on counted returns"
"""What a bond does when a leg fails."""
DRIFT = "hosts networks nics pifs vlans bonds mtus addresses bridges versions partners"
"""What may have changed since a baseline was taken."""


def claims() -> Iterator[FunctionType]:
    """Yield every test function of the shipped spec."""
    assert pytest_xsbond.spec.__file__
    for path in sorted(Path(pytest_xsbond.spec.__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"pytest_xsbond.spec.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_"):
                yield function


def marked(function: FunctionType) -> tuple[str, ...]:
    """Return the outcome ids of a test."""
    marks: list[pytest.Mark] = getattr(function, "pytestmark", [])
    return tuple(id_ for mark in marks if mark.name == "outcome" for id_ in mark.args)


def test_catalogue_holds_the_steps_of_the_tutorial() -> None:
    """Every step that shows something is there, in order; what goes beyond them comes last."""
    said = {**TUTORIAL, "H": HEALTH, "F": FAILOVER, "D": DRIFT}
    wanted = [f"{who}-{step}" for who, steps in said.items() for step in steps.split()]
    assert list(CATALOGUE) == wanted


def test_every_outcome_is_judged_by_a_test() -> None:
    """No outcome is without a test, and no test names one that does not exist."""
    assert {id_ for function in claims() for id_ in marked(function)} == set(CATALOGUE)


@pytest.mark.parametrize("function", list(claims()), ids=lambda function: function.__name__)
def test_claim_is_one_sentence(function: FunctionType) -> None:
    """A test's docstring is its claim: one line, one sentence."""
    assert function.__doc__
    assert marked(function)
    assert ("\n" in function.__doc__, function.__doc__.endswith(".")) == (False, True)


@pytest.mark.parametrize(
    ("ids", "is_master", "expected"),
    [
        (["PM-4.5.3", "M-3.5.1"], True, ["PM-4.5.3"]),
        (["PM-4.5.3", "M-3.5.1"], False, ["M-3.5.1"]),
        (["PM-2"], False, ["PM-2"]),
        (["M-2"], True, []),
        (["H-mac"], True, ["H-mac"]),
        (["H-mac"], False, ["H-mac"]),
    ],
    ids=[
        "master-of-both",
        "member-of-both",
        "member-of-a-master-claim",
        "master-of-a-member-claim",
        "master-of-a-health-claim",
        "member-of-a-health-claim",
    ],
)
def test_host_is_judged_under_its_own_ids(
    ids: list[str], is_master: bool, expected: list[str]
) -> None:
    """The master is judged under PM ids, a member under M ids, or PM where there is no M."""
    assert [outcome.id for outcome in outcomes_for(ids, is_master=is_master)] == expected
