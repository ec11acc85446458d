"""What every parser starts from: the whole text of one answer, taken apart without loss."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xsbond.errors import UnexpectedOutput

INTERFACE_NAME = r"[A-Za-z0-9_][\w.+@-]{0,14}"
"""A network interface: 15 characters at most (linux/if.h, IFNAMSIZ), none of them a separator."""

PORT_NAME = r"[A-Za-z0-9_][\w.+@-]*"
"""A port of Open vSwitch; a bond's name is no interface name, so the kernel's limit is not its."""

MAC = r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"

MOST_UINT, MOST_INT = 2**32 - 1, 2**31 - 1
"""What fits the kernel's and Open vSwitch's own fields: `unsigned int` as dev->mtu, `int` as the
delays of a bond."""
MOST_COUNTER = 2**64 - 1
"""What fits a counter of rtnl_link_stats64."""

_LONGEST_QUOTE = 80
"""Characters of a line that a reason repeats."""
_LONGEST_REASON = 300
"""Characters of a reason; what it names may be as long as the answer."""


def pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern for a whole line; digits and letters are ASCII's only."""
    return re.compile(text, re.ASCII)


def quoted(line: str) -> str:
    """Return a line as a reason repeats it."""
    return repr(line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE] + "…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The text that a command printed or a file holds."""

    source: str
    """The command line, or the path of the file."""
    text: str

    def unexpected(self, reason: str) -> UnexpectedOutput:
        """Return the error that says what is wrong with this answer."""
        shown = reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON] + "…"
        return UnexpectedOutput(self.source, self.text, shown)

    def lines(self) -> list[str]:
        """Return the lines of a text that must have one, each of them complete."""
        # str.splitlines would also split at form feeds and Unicode separators.
        return self._without_end("\n").split("\n")

    def paragraphs(self, blank_lines: int = 1) -> list[list[str]]:
        """Return the lines of each paragraph; that many blank lines end every one of them."""
        gap = "\n" * (blank_lines + 1)
        return [paragraph.split("\n") for paragraph in self._without_end(gap).split(gap)]

    def _without_end(self, end: str) -> str:
        if not self.text:
            raise self.unexpected("it says nothing")
        if not self.text.endswith(end):
            raise self.unexpected("it is cut short")
        return self.text.removesuffix(end)

    def match(self, line: str, patterns: Iterable[re.Pattern[str]]) -> re.Match[str]:
        """Return the match of the first pattern that is the whole line."""
        for candidate in patterns:
            if match := candidate.fullmatch(line):
                return match
        raise self.unexpected(f"line {quoted(line)} is not understood")

    def figure(self, digits: str, about: str, most: int) -> int:
        """Return a figure that is written in ASCII's digits; more than `most` no source can hold.

        Its length is looked at first: int() takes its time with thousands of digits, or refuses.
        """
        if len(digits) > len(str(most)) or int(digits) > most:
            raise self.unexpected(f"{about} is {quoted(digits)}, more than {most}")
        return int(digits)

    def facts(self, about: str, matches: Iterable[re.Match[str]]) -> "Facts":
        """Return what the named groups of several lines say about one thing."""
        found: dict[str, list[str]] = defaultdict(list)
        for match in matches:
            for name, value in match.groupdict().items():
                if value is not None:
                    found[name].append(value)
        return Facts(answer=self, about=about, found=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the lines of one paragraph say, by the names of the groups that matched."""

    answer: Answer
    about: str
    found: Mapping[str, list[str]]

    def every(self, name: str) -> tuple[str, ...]:
        """Return all that is said under this name, in order."""
        return tuple(self.found.get(name, ()))

    def once(self, name: str) -> str:
        """Return what must be said exactly once."""
        values = self.every(name)
        if len(values) != 1:
            raise self.unexpected(f"has {len(values)} times {name}, not once")
        return values[0]

    def at_most_once(self, name: str) -> str | None:
        """Return what may be said once, None where it is not."""
        return self.once(name) if self.every(name) else None

    def figure(self, name: str, most: int) -> int:
        """Return the figure that must be said exactly once, `most` at most."""
        return self.answer.figure(self.once(name), f"{name} of {self.about}", most)

    def unexpected(self, reason: str) -> UnexpectedOutput:
        """Return the error that says what is wrong with the thing these facts are about."""
        return self.answer.unexpected(f"{self.about} {reason}")
