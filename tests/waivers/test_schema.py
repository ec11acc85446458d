"""The JSON schema of the waiver file that comes with the package agrees with the reader."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlparse

import jsonschema
import msgspec
import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.waivers.file import read_waivers
from pytest_xsbond.waivers_schema import FILE, editor_line, schema, text
from xsbond.errors import OptionError

PAGE = (Path(__file__).parents[2] / "docs" / "waivers.md").read_text(encoding="utf-8")
(GOOD,) = re.findall(r"```toml\n(\[\[waiver.*?)```", PAGE, re.DOTALL)


def complaint(document: str) -> str:
    """Return what the schema says against TOML text; empty if it accepts it."""
    # An editor takes a date for the text that it is (taplo).
    plain = msgspec.to_builtins(tomllib.loads(document))
    checker = jsonschema.Draft202012Validator(
        schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return "; ".join(error.message for error in checker.iter_errors(plain))


def test_packaged_file_is_made_of_the_reader() -> None:
    """What is in the package is what the reader's tables come to; the docstring says how."""
    assert FILE.read_text(encoding="utf-8") == text()


def test_it_is_a_schema() -> None:
    """The schema itself keeps to its dialect."""
    jsonschema.Draft202012Validator.check_schema(schema())


def test_what_the_reader_accepts_is_valid(tmp_path: Path) -> None:
    """The waiver file of the docs."""
    (tmp_path / "waivers.toml").write_text(GOOD, encoding="utf-8")
    assert read_waivers(tmp_path / "waivers.toml", CATALOGUE)
    assert complaint(GOOD) == ""


@pytest.mark.parametrize(
    ("mistake", "made"),
    [
        ("unknown outcome", ('"H-speed"', '"H-sped"')),
        ("no owner", ('owner = "network team"\n', "")),
        ("unknown key", ("owner", "ownr")),
        ("a blank reason", ('"test address for the migration"', '"  "')),
        ("a date that is none", ("2027-03-31", '"soon"')),
        ("another table", ("[[waiver]]", "[[waver]]")),
    ],
)
def test_mistake_is_refused_by_both(tmp_path: Path, mistake: str, made: tuple[str, str]) -> None:
    """What an editor marks, a run refuses."""
    document = GOOD.replace(*made)
    assert complaint(document), mistake
    (tmp_path / "waivers.toml").write_text(document, encoding="utf-8")
    with pytest.raises(OptionError):
        read_waivers(tmp_path / "waivers.toml", CATALOGUE)


def test_editor_line_leads_to_the_file() -> None:
    """The line for an editor names the packaged file as a URL."""
    directive, _, url = editor_line().partition(" ")
    assert (directive, Path(urlparse(url).path).samefile(FILE)) == ("#:schema", True)
