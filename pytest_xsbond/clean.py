"""The output edge: text from a pool as it is shown, unable to command a terminal or a browser.

What is stored stays as it was received; whatever is printed, reported or put on a page goes
through `clean`.
"""

import re

import pytest
from _pytest._code.code import ExceptionChainRepr, ReprEntry, ReprEntryNative

_LONGEST_LINE = 4000
"""Characters; a line for a person has some hundreds, and hostile names have millions."""
_LONGEST_TEXT = 64 * 1024
"""Characters of one raw answer on a page; `ifconfig -a` of a host with 60 NICs has 40,000."""

_LINE_BREAKS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def clean(text: str, most: int = _LONGEST_LINE) -> str:
    """Return the text with what is not printable written out as Python does, and cut.

    Newlines and tabs stay. Written out are control characters, those that turn the direction of
    writing (Unicode category Cf), lone surrogates and unassigned code points.
    """
    cut = text if len(text) <= most else f"{text[:most]}… ({len(text) - most} characters more)"
    if cut.isprintable():
        return cut
    return "".join(map(_visible, cut))


def clean_line(text: str, most: int = _LONGEST_LINE) -> str:
    """Return the text cleaned, in one line."""
    return clean(_LINE_BREAKS.sub(" ", text), most)


def clean_lines(text: str) -> str:
    """Return the text with each of its lines cleaned."""
    return "\n".join(map(clean, text.split("\n")))


def clean_answer(text: str) -> str:
    """Return a raw answer cleaned, for a page."""
    return clean(text, _LONGEST_TEXT)


def clean_report(report: pytest.TestReport) -> None:
    """Clean what a report says of a failure or a skip; the source lines in it are no worse off."""
    told = report.longrepr
    if isinstance(told, tuple):
        path, line, reason = told
        report.longrepr = path, line, clean_line(reason)
    elif isinstance(told, str):
        report.longrepr = clean_lines(told)
    elif isinstance(told, ExceptionChainRepr):
        for traceback, crash, _ in told.chain:
            for entry in traceback.reprentries:
                entry.lines = [clean_lines(line) for line in entry.lines]
                _bound_locals(entry)
            if crash:
                crash.message = clean_lines(crash.message)
    report.sections = [(clean_line(title), text) for title, text in report.sections]


def _bound_locals(entry: ReprEntry | ReprEntryNative) -> None:
    """Cut the local variables of a frame: pytest shows them whole if it is very verbose."""
    if isinstance(entry, ReprEntry) and entry.reprlocals:
        lines = entry.reprlocals.lines
        entry.reprlocals.lines = [clean(line) for line in lines]


def _visible(letter: str) -> str:
    if letter.isprintable() or letter in "\n\t":
        return letter
    return letter.encode("unicode_escape").decode("ascii")
