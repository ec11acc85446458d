"""The page over all pools, and the exit status of the whole."""

import pytest

from pytest_xsbond.fleet.result import PoolResult, counted, exit_status_of, lines, told


def result(name: str, status: int | None, says: str = "") -> PoolResult:
    """Return what came of a pool."""
    bonds = [{"network": "PUB", "says": says}] if says else []
    return PoolResult(
        name=name,
        address=f"{name}.example.com",
        exit_status=status,
        shown=f"all of {name}\n",
        errors="ERROR: nobody is there\n" if status == 4 else "",
        outcome={"bonds": bonds},
    )


FINE, BAD = (
    result("paris", 0, "as wanted on both hosts"),
    result("rome", 1, "NOT AS WANTED on xs-3"),
)
AWAY, LEFT = result("oslo", 4), result("bern", None)


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ((FINE,), 0),
        ((FINE, BAD), 1),
        ((FINE, AWAY), 1),
        ((AWAY, AWAY), 4),
        ((FINE, LEFT), 1),
        ((FINE, result("kyiv", 6)), 6),
        ((AWAY, result("kyiv", 6)), 1),
        ((FINE, result("kyiv", 2)), 1),
    ],
)
def test_exit_status_is_never_better_than_a_pool(
    results: tuple[PoolResult, ...], status: int
) -> None:
    """0 only if every pool was judged and is as wanted."""
    assert exit_status_of(results) == status


def test_page_tells_what_is_wrong_in_full_and_all_in_a_line_each() -> None:
    """What is as wanted, or could not be asked, needs a line only."""
    page = list(lines((FINE, BAD, AWAY), plans=False))
    assert "all of rome" in page
    assert "all of paris" not in page
    assert page[-4:] == [
        "paris  as wanted      PUB: as wanted on both hosts",
        "rome   NOT AS WANTED  PUB: NOT AS WANTED on xs-3",
        "oslo   ERROR          nobody is there",
        "1 of 3 pools as wanted, 1 not as wanted, 1 could not be asked, or refused",
    ]


def test_plans_are_shown_of_all() -> None:
    """A plan is what was asked for."""
    page = list(lines((FINE, AWAY), plans=True))
    assert "all of paris" in page
    assert page[-1] == "1 of 2 pools planned, 1 could not be asked, or refused"


def test_count_names_what_was_not_begun() -> None:
    """An apply stops at the first pool that does not end as wanted."""
    assert counted((BAD, LEFT), plans=False) == (
        "0 of 2 pools as wanted, 1 not as wanted, 1 not begun"
    )


def test_programs_are_told_the_same() -> None:
    """With each pool's own status."""
    page = told((FINE, AWAY))
    assert [(each["name"], each["state"], each["exit_status"]) for each in page["pools"]] == [
        ("paris", "as wanted", 0),
        ("oslo", "ERROR", 4),
    ]
