"""The line at the bottom of a terminal that says what is waited for, drawn by rich."""

from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text


class LiveLine:
    """One line that is drawn anew in its place, and leaves nothing behind."""

    def __init__(self, out: TextIO) -> None:
        self._console = Console(file=out, force_terminal=True, highlight=False)
        self._live: Live | None = None
        self._spinner = Spinner("dots")

    def show(self, text: str) -> None:
        """Draw the text, cut to the width of the terminal."""
        self._spinner.update(text=Text(f"xsbond: {text}", no_wrap=True, overflow="ellipsis"))
        if self._live is None:
            self._live = Live(
                self._spinner,
                console=self._console,
                transient=True,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._live.refresh()

    def hide(self) -> None:
        """Take the line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None
