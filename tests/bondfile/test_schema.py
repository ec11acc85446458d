"""The JSON schema that comes with the package agrees with the reader."""

import tomllib
from pathlib import Path
from urllib.parse import urlparse

import jsonschema
import pytest

from tests.bondfile.test_mistakes import MISTAKES
from tests.support.bond_files import DESCRIBED
from xsbond.bondfile import parse_bond_file
from xsbond.bondfile.schema import FILE, editor_line, schema, text
from xsbond.bondfile.shape import BondTable, VlanTable
from xsbond.errors import BondFileError


def complaint(document: str) -> str:
    """Return what the schema says against TOML text; empty if it accepts it."""
    found = jsonschema.Draft202012Validator(schema()).iter_errors(tomllib.loads(document))
    return "; ".join(error.message for error in found)


def test_packaged_file_is_made_of_the_reader() -> None:
    """What is in the package is what the reader's tables come to; the docstring says how."""
    assert FILE.read_text(encoding="utf-8") == text()


def test_it_is_a_schema() -> None:
    """The schema itself keeps to its dialect."""
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", DESCRIBED)
def test_what_the_reader_accepts_is_valid(name: str) -> None:
    """Each bond file of the docs is read, and valid against the schema."""
    assert parse_bond_file(DESCRIBED[name])
    assert complaint(DESCRIBED[name]) == ""


def test_every_key_is_in_an_example() -> None:
    """No key of the reader's tables is missing in the examples that are held against the schema."""
    tables = [bond for each in DESCRIBED.values() for bond in tomllib.loads(each)["bond"]]
    vlans = [vlan for bond in tables for vlan in bond.get("vlans", ())]
    assert {key for bond in tables for key in bond} == set(BondTable.__struct_fields__)
    assert {key for vlan in vlans for key in vlan} == set(VlanTable.__struct_fields__)


def test_what_the_schema_refuses_the_reader_refuses() -> None:
    """The schema is never stricter than the reader, and catches most of the mistakes of writing."""
    refused = 0
    for document, _, __ in MISTAKES:
        try:
            tomllib.loads(document)
        except tomllib.TOMLDecodeError:
            continue
        if complaint(document):
            refused += 1
            with pytest.raises(BondFileError):
                parse_bond_file(document)
    assert refused > len(MISTAKES) // 3


def test_editor_line_leads_to_the_file() -> None:
    """The line for an editor names the packaged file as a URL."""
    directive, _, url = editor_line().partition(" ")
    assert (directive, Path(urlparse(url).path).samefile(FILE)) == ("#:schema", True)
