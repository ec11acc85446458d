"""The command line of one pool's run, made of what was typed for all."""

import pytest

from pytest_xsbond.fleet.commands import complaint_of, words_of
from pytest_xsbond.fleet.file import FleetPool
from pytest_xsbond.fleet.running import UnsetVariableError, environment_of

PARIS = FleetPool(
    name="paris",
    address="xs-1",
    options=("--xsbond-bonds=paris.toml", "--xsbond-dom0=off"),
    username_variable="PARIS_USER",
    password_variable="PARIS_PASSWORD",
)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--xsbond-fleet=fleet.toml", "-q"), ("-q",)),
        (("--xsbond-fleet", "fleet.toml", "-q"), ("-q",)),
        (("--pool=xs-1", "--pool", "xs-2", "--xsbond-pools-at-once=2"), ()),
        (("--html=a.html", "--junitxml", "b.xml", "-k", "bond"), ("-k", "bond")),
        (
            ("--xsbond-apply", "--xsbond-inherit=create"),
            ("--xsbond-apply", "--xsbond-inherit=create"),
        ),
    ],
)
def test_options_of_the_fleet_are_left_out(typed: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Those of all stay, after those of the file."""
    assert words_of(PARIS, typed, {}) == ("--pool=xs-1", *PARIS.options, *words)


def test_option_typed_for_all_counts_more_than_the_file() -> None:
    """As on any command line."""
    words = words_of(PARIS, ("--xsbond-bonds=all.toml",), {})
    assert words == ("--pool=xs-1", "--xsbond-dom0=off", "--xsbond-bonds=all.toml")


def test_each_pool_writes_files_of_its_own() -> None:
    """No two pools write to one file."""
    written = {"--xsbond-evidence": "e", "--html": "out/report.html", "--junitxml": "junit.xml"}
    own = words_of(PARIS, ("--html=out/report.html",), written)[-3:]
    assert own == (
        "--xsbond-evidence=e/paris",
        "--html=out/report-paris.html",
        "--junitxml=junit-paris.xml",
    )


def test_run_has_the_credentials_of_its_pool() -> None:
    """Nothing of the fleet is left that would start another one."""
    given = {
        "PARIS_USER": "ann",
        "PARIS_PASSWORD": "s3cret",
        "XSBOND_FLEET": "f",
        "XSBOND_POOL": "a",
    }
    own = environment_of(PARIS, given)
    assert (own["XSBOND_USERNAME"], own["XSBOND_PASSWORD"]) == ("ann", "s3cret")
    assert not {"XSBOND_FLEET", "XSBOND_POOL"} & set(own)


def test_variable_that_is_not_set_is_named() -> None:
    """The password itself is in no message."""
    with pytest.raises(UnsetVariableError, match="no PARIS_USER; the fleet file names it"):
        environment_of(PARIS, {"PARIS_PASSWORD": "s3cret"})


def test_complaint_is_the_first_line() -> None:
    """Without pytest's word before it."""
    assert complaint_of("\nERROR: xs-1: SSH: nothing listens there\n\n") == (
        "xs-1: SSH: nothing listens there"
    )
    assert complaint_of("") == "it ended without a word"
