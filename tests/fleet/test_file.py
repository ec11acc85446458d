"""What a fleet file may say, and what becomes of it."""

from pathlib import Path

import pytest

from pytest_xsbond.fleet.file import FleetPool, fleet_of, read_fleet
from xsbond.errors import OptionError

GOOD = """
[[pool]]
name = "paris"
address = "xs-1.paris.example.com"
bonds = "bonds/paris.toml"
dom0 = "off"
username_variable = "PARIS_USER"
password_variable = "PARIS_PASSWORD"

[[pool]]
name = "oslo"
address = "https://10.0.0.1:4430"
"""


def read(tmp_path: Path, text: str) -> tuple[FleetPool, ...]:
    """Read a fleet file that says this."""
    (tmp_path / "fleet.toml").write_text(text, encoding="utf-8")
    return read_fleet(tmp_path / "fleet.toml")


def test_pools_are_read_in_order_with_paths_beside_the_file(tmp_path: Path) -> None:
    """Keys become the options of the same name."""
    paris, oslo = read(tmp_path, GOOD)
    assert paris == FleetPool(
        name="paris",
        address="xs-1.paris.example.com",
        options=(f"--xsbond-bonds={tmp_path}/bonds/paris.toml", "--xsbond-dom0=off"),
        username_variable="PARIS_USER",
        password_variable="PARIS_PASSWORD",
    )
    assert (oslo.name, oslo.options) == ("oslo", ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[pool", "fleet.toml: is no TOML"),
        ("", "fleet.toml: pool: write one [[pool]] table for each pool"),
        ("[pool]\nname = 'a'", "fleet.toml: pool: write one [[pool]] table"),
        ("[[pools]]\nname = 'a'", "fleet.toml: pools: unknown key"),
        (
            GOOD.replace("bonds =", "bond ="),
            "unknown field `bond`; a pool has name, address, bonds",
        ),
        (GOOD.replace('"oslo"', '"os/lo"'), "pool[2].name"),
        (GOOD.replace('"oslo"', '"paris"'), "two pools have the name paris"),
        (
            GOOD.replace("https://10.0.0.1:4430", "xs-1.paris.example.com"),
            "two pools have the addr",
        ),
        (GOOD.replace('name = "oslo"\n', ""), "missing required field `name`"),
    ],
)
def test_mistake_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    """With the file, the table and the key."""
    with pytest.raises(OptionError) as raised:
        read(tmp_path, text)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """In one line."""
    with pytest.raises(OptionError, match=r"no\.toml: cannot be read: No such file"):
        read_fleet(tmp_path / "no.toml")


def test_repeated_pool_names_itself() -> None:
    """By its address, as a file name allows it."""
    pools = fleet_of(("xs-1", "https://10.0.0.1:4430"))
    assert [pool.name for pool in pools] == ["xs-1", "10.0.0.1-4430"]


def test_pool_named_twice_is_refused() -> None:
    """It would be changed twice."""
    with pytest.raises(OptionError, match="two pools have the name xs-1"):
        fleet_of(("xs-1", "xs-1"))
