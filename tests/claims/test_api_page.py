"""docs/api.md is made of the public names."""

from pathlib import Path

import pytest_xsbond
from tests.support.api_page import page

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_page_is_up_to_date() -> None:
    """`python -m tests.support.api_page > docs/api.md` prints it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_page_has_every_public_name() -> None:
    """Each has a section."""
    heads = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "## "]
    assert len(heads) == len(pytest_xsbond.__all__)
