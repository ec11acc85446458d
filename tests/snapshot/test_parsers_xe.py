"""Records are read from what `xe` prints for a person, or refused."""

from pathlib import Path

import pytest

from xsbond.errors import UnexpectedOutput
from xsbond.snapshot.parsers import parse_xe_list

CORPUS = Path(__file__).parent / "corpus" / "dom0"


def test_networks_of_the_tutorial() -> None:
    """A member sees the pool's networks with their bridges."""
    assert parse_xe_list((CORPUS / "xe-network-list-6.2-tutorial.txt").read_text()) == (
        {"uuid": "929521ce-0cd6-db0a-0501-4a6829192378", "name-label": "NAS", "bridge": "xapi0"},
        {"uuid": "01abebfb-9b44-4a99-305e-b0cc94f068df", "name-label": "PUB", "bridge": "xapi1"},
    )


def test_networks_of_a_recorded_host() -> None:
    """Labels keep their blanks, and records their order."""
    records = parse_xe_list((CORPUS / "xe-network-list-8.3.txt").read_text())
    assert [(record["name-label"], record["bridge"]) for record in records] == [
        ("NAS", "xapi0"),
        ("PUB", "xapi1"),
        ("Pool-wide network 3", "xenbr3"),
        ("Host internal management network", "xenapi"),
        ("Pool-wide network 0", "xenbr0"),
        ("Pool-wide network 1", "xenbr1"),
        ("Pool-wide network 5", "xenbr5"),
        ("Pool-wide network 4", "xenbr4"),
        ("Pool-wide network 2", "xenbr2"),
    ]


def test_bonds_of_a_recorded_host() -> None:
    """Each record has the fields that were asked for."""
    records = parse_xe_list((CORPUS / "xe-bond-list-8.3.txt").read_text())
    assert (len(records), records[1]) == (
        4,
        {
            "uuid": "15a94569-8785-4c28-e629-303d414e94aa",
            "master": "7da719ad-5ff7-3c45-d9ca-2605758d493c",
            "mode": "balance-slb",
        },
    )


def test_no_text_is_no_records() -> None:
    """`xe` prints nothing where no record matches."""
    assert parse_xe_list("") == ()


VALUES = {
    "empty": "",
    "colons": "a ( RO): b",
    "blanks": "  two  blanks ",
    "not-ascii": "Gäste-Netz \u2028 \x0c",
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_value_is_everything_behind_the_colon(value: str) -> None:
    """A label may hold whatever a person typed on one line."""
    text = f"uuid ( RO)          : u\n    name-label ( RW): {value}\n\n\n"
    assert parse_xe_list(text) == ({"uuid": "u", "name-label": value},)


def test_maps_and_sets_are_fields_as_well() -> None:
    """`xe` marks a map with M and a set with S."""
    text = "properties (MRO): gro: on\n    labels (SRW): a; b\n\n\n"
    assert parse_xe_list(text) == ({"properties": "gro: on", "labels": "a; b"},)


TWO = """\
uuid ( RO)      : 1
    bridge ( RO): xapi0


uuid ( RO)      : 2
    bridge ( RO): xapi1


"""
DAMAGE = {
    "banner-first": ("uuid ( RO)      : 1", "Welcome\nuuid ( RO)      : 1"),
    "filtered-by-grep": ("xapi0\n\n\n", "xapi0\n\n--\n"),
    "field-lost": ("    bridge ( RO): xapi0\n", ""),
    "first-field-lost": ("uuid ( RO)      : 1\n", ""),
    "field-twice": ("xapi0\n", "xapi0\n    bridge ( RO): xapi0\n"),
    "field-twice-in-all": ("    bridge", "    bridge ( RO): xapi9\n    bridge"),
    "label-of-two-lines": ("xapi0\n", "xapi0\nand more\n"),
    "other-column": ("    bridge ( RO): xapi0", "  bridge ( RO): xapi0"),
    "no-access": ("bridge ( RO): xapi0", "bridge: xapi0"),
    "unknown-access": ("bridge ( RO): xapi0", "bridge ( WO): xapi0"),
    "two-records-run-together": ("xapi0\n\n\n", "xapi0\n\n"),
    "cut-within-a-value": ("xapi1\n\n\n", "xap"),
    "cut-behind-a-field": ("xapi1\n\n\n", "xapi1\n"),
    "error-after-it": ("xapi1\n\n\n", "xapi1\n\n\nLost connection to the server.\n"),
}


@pytest.mark.parametrize(("old", "new"), DAMAGE.values(), ids=DAMAGE)
def test_xe_list_refuses(old: str, new: str) -> None:
    """Whatever one thing is wrong, the answer is refused rather than guessed at."""
    damaged = TWO.replace(old, new)
    assert damaged != TWO
    with pytest.raises(UnexpectedOutput):
        parse_xe_list(damaged)
