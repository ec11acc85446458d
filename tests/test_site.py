"""README and documentation: links lead somewhere, and what is named is there."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.option_table import OPTIONS
from tests.support import terminal_picture

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
TEXTS = {"README": README, **PAGES}
MISTAKES = {"H-sped"}
"""What a page shows as one."""


def anchors(page: str) -> set[str]:
    """Return what headings of a page are called in a link."""
    heads = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return {re.sub(r"[\s-]+", "-", each.strip()) for each in kept}


def test_links_of_the_readme_lead_to_what_is_there() -> None:
    """In a checkout: a page and its anchor, a picture, or a folder."""
    targets = re.findall(r"\]\(([^)]+)\)", README)
    assert targets
    for target in targets:
        path, _, anchor = target.partition("#")
        assert (ROOT / path).exists(), target
        assert not anchor or anchor in anchors(PAGES[Path(path).stem]), target


def test_every_page_has_a_place() -> None:
    """Once, in the navigation."""
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    assert sorted(re.findall(r"([\w-]+)\.md$", nav, re.MULTILINE)) == sorted(PAGES)


@pytest.mark.parametrize("name", TEXTS)
def test_options_that_a_page_names_are_there(name: str) -> None:
    """Of ours; `python -m` has others."""
    known = {f"--xsbond-{option.name}" for option in OPTIONS}
    named = set(re.findall(r"--xsbond-[a-z0-9]+(?:-[a-z0-9]+)*", TEXTS[name]))
    assert named <= known


@pytest.mark.parametrize("name", TEXTS)
def test_outcomes_that_a_page_names_are_there(name: str) -> None:
    """In the catalogue."""
    named = set(
        re.findall(r"(?<![\w-])(?:PM-\d[\w.]*|M-\d[\w.]*|[HFD]-[a-z][a-z0-9-]*)", TEXTS[name])
    )
    whole = {each.rstrip(".-") for each in named}
    prefixes = {id_.rpartition(".")[0] for id_ in CATALOGUE} | {"PM-4.4", "PM-4"}
    assert whole - set(CATALOGUE) - prefixes - MISTAKES == set()


def test_picture_fetches_nothing() -> None:
    """It is SVG that any page can show."""
    drawn = terminal_picture.picture("\x1b[31mFAIL\x1b[0m <xs-2>\n")
    text = "".join(ET.fromstring(drawn).itertext())  # noqa: S314 - drawn here
    assert "FAIL" in text
    assert not re.search(r"url\((?!#)|href=", drawn)


def test_shipped_picture_is_of_the_command_that_the_readme_has() -> None:
    """What is below the picture in the README is what was run for it."""
    text = "".join(ET.parse(DOCS / "terminal.svg").getroot().itertext())  # noqa: S314 - as above
    typed = f"pytest {' '.join(terminal_picture.WORDS)}"
    assert f"$ {typed}" in text.replace("\xa0", " ")
    assert f"$ .venv/bin/{typed} " in README


@pytest.mark.slow
def test_picture_is_of_a_real_run() -> None:
    """The script runs it on the lab, and the run fails as the picture says."""
    text = "".join(ET.fromstring(terminal_picture.picture(terminal_picture.output())).itertext())  # noqa: S314
    assert "NOT AS WANTED on 1 of 2 hosts (xs-2)" in text.replace("\xa0", " ")
