"""docs/terminal.svg: what a run looks like, drawn from a real one.

`python -m tests.support.terminal_picture > docs/terminal.svg` runs it on the lab and draws it anew.
"""

import io
import os
import subprocess
import sys

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

WORDS = ("--pool=lab", "--xsbond-lab-fault=leg-down@xs-2")
_WIDTH = 92
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>A run of pytest-xsbond on a terminal</title>
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""rich's own, without the fonts that a reader's browser would fetch from elsewhere."""


def output() -> str:
    """Return what the run prints on a terminal, colours and all."""
    quiet = ("-p", "no:randomly", "-p", "no:sugar", "-p", "no:cacheprovider", "-p", "no:xdist")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *WORDS, "--color=yes", "-q", "-c", os.devnull, *quiet],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": str(_WIDTH)},
    )
    # What was typed to keep this machine's plugins out is no part of the picture.
    return done.stdout.replace(f" --color=yes -q -c {os.devnull} {' '.join(quiet)}", "")


def picture(printed: str) -> str:
    """Return the picture of a terminal's text."""
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ pytest {' '.join(WORDS)}\n{printed}"))
    title = "pytest-xsbond"
    return console.export_svg(title=title, theme=MONOKAI, code_format=_FORMAT, unique_id="xsbond")


if __name__ == "__main__":
    sys.stdout.write(picture(output()))
