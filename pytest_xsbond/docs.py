"""`python -m pytest_xsbond.docs` lists the pages of documentation; with a name it prints one."""

import sys
from collections.abc import Sequence
from pathlib import Path

_HERE = Path(__file__).parent
PAGES = next(path for path in (_HERE / "pages", _HERE.parent / "docs") if path.is_dir())
"""Where the pages are: in what is installed, or in a checkout."""


def main(arguments: Sequence[str]) -> int:
    """Print the page that is named, or the names of all; return the exit status."""
    pages = {path.stem: path for path in sorted(PAGES.glob("*.md"))}
    name = arguments[0] if arguments else ""
    if name in pages:
        sys.stdout.write(pages[name].read_text(encoding="utf-8"))
        return 0
    if name:
        sys.stderr.write(f"there is no page {name}; there are: {', '.join(pages)}\n")
        return 2
    sys.stdout.write("".join(f"{each}\n" for each in pages))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
