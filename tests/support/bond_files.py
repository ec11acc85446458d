"""The bond files that docs/bond-file.md shows, by the heading they stand under."""

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "bond-file.md"
_PART = re.compile(r"^#+ (.*?)$|^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _described() -> Mapping[str, str]:
    found, heading = dict[str, str](), ""
    for part in _PART.finditer(PAGE.read_text(encoding="utf-8")):
        if part[1]:
            heading = part[1]
        else:
            assert heading not in found, f"two bond files under {heading}"
            found[heading] = part[2]
    return found


DESCRIBED = _described()
"""Heading -> TOML text."""
