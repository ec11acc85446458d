"""Several commands in one exec: each bounded in dom0 itself, its answer found between marks.

A mark is random, so that it is found wherever it stands: behind a login banner that does not end
its line, or in the middle of what a command printed.
"""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from shlex import quote

import paramiko

from xsbond.collect.remote.channel import STDERR, STDOUT, arrivals, refuse_broken
from xsbond.model import CommandOutput

MOST_SECONDS = 10
"""Seconds a command that only looks may take in dom0 until it is killed."""
PATIENCE = MOST_SECONDS + 20.0
"""Seconds between two marks at most: a command that cannot be ended, or no dom0 any more."""
MOST_BYTES = 4 * 1024 * 1024
"""Of one stream of one command; a dom0 with 4,000 interfaces prints a quarter of it."""

_KILLED = 128 + 9
"""Exit status of timeout(1), and of a shell, if a command had to be killed."""
ENDLESS = f"it printed more than {MOST_BYTES // 1024 // 1024} MiB"
STUCK = f"it did not end, and could not be ended, within {PATIENCE:g} s"

_PREPARE = (
    # What root's .bashrc has set would end the script, or hide programs from it.
    "set +e +u",
    "export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin:/opt/xensource/bin",
)


def _asking() -> list[str]:
    """Return what defines `ask COMMAND`: it ends the command, and what that has started, in time.

    timeout kills its whole process group. A milder signal first would end the shell, and timeout
    with it, but not a child of theirs that ignores the signal. Dom0s up to product 6.5 have
    coreutils 5.97 (CentOS 5), without timeout. There the command leads a session of its own, which
    is killed as a whole.
    """
    return [
        f"if timeout -s KILL {MOST_SECONDS} true 2>/dev/null",
        f'then ask() {{ timeout -s KILL {MOST_SECONDS} sh -c "$1"; }}',
        "else ask() {",
        '  setsid sh -c "$1" & p=$!',
        f"  k='sleep {MOST_SECONDS}; kill -KILL -$1 || kill -KILL $1'",
        '  setsid sh -c "$k" sh $p >/dev/null 2>&1 & w=$!',
        "  wait $p; s=$?",
        "  { kill -KILL -$w || kill -KILL $w; wait $w; } 2>/dev/null",
        "  return $s",
        "}; fi",
    ]


def looking(commands: Mapping[str, str], mark: str) -> str:
    """Return a script that runs commands one after the other, each bounded in time."""
    section = _marked(mark, '"$1"', ['ask "$2"'])
    lines = [*_PREPARE, *_asking(), "section() {", *section, "}"]
    lines += [f"section {name} {quote(command)}" for name, command in commands.items()]
    return "\n".join(lines)


def changing(command: str, mark: str, installation: str) -> str:
    """Return a script that runs one command, as long as it takes, on this installation only.

    The first section tells the inventory's line, whether or not it is the one that was expected.
    """
    lines = [*_PREPARE, f"i=$({IDENTITY})", *_marked(mark, INSTALLATION, ['echo "$i"'])]
    guarded = [f"(\n{command}\n)"]
    if installation:
        wanted = quote(f"INSTALLATION_UUID='{installation}'")
        guarded = [f'if [ "$i" = {wanted} ]; then', *guarded, "else false; fi"]
    return "\n".join([*lines, *_marked(mark, ANSWER, guarded)])


IDENTITY = "grep '^INSTALLATION_UUID=' /etc/xensource-inventory"
INSTALLATION, ANSWER = "installation", "answer"
"""Names of the two sections of `changing`; the first is asked for with every look, too."""


def _marked(mark: str, name: str, lines: Iterable[str]) -> list[str]:
    return [
        f"echo {mark} {name}; echo {mark} {name} >&2",
        *lines,
        f"r=$?; echo; echo {mark} over $r; echo >&2; echo {mark} over $r >&2",
    ]


@dataclass(slots=True)
class Stream:
    """What came on one stream: the sections that are whole, and the rest."""

    mark: str
    rest: bytearray = field(default_factory=bytearray)
    whole: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Name -> (text, exit status)."""

    def has_begun(self, name: str) -> bool:
        """Tell whether a section was begun and is not whole."""
        return f"{self.mark} {name}\n".encode() in self.rest

    def take(self, piece: bytes) -> None:
        """Take what came; only where a section may have ended is all of it searched."""
        over = f"{self.mark} over ".encode()
        # The mark may have come in two pieces, and its status and newline later still.
        searched = max(0, len(self.rest) - 2 * len(over))
        self.rest += piece
        pattern = rf"{self.mark} ([\w-]+)\n(.*?)\n{self.mark} over (\d+)\n".encode()
        while self.rest.find(over, searched) >= 0:
            if not (match := re.search(pattern, self.rest, re.DOTALL)):
                return
            text = match[2].decode("utf-8", "backslashreplace")
            self.whole[match[1].decode()] = text, int(match[3])
            del self.rest[: match.end()]
            searched = 0


def _trouble(status: int) -> str:
    """Return why an exit status means that a command was ended; empty if it means something else.

    Killed may also be one whose memory dom0 needed.
    """
    if status != _KILLED:
        return ""
    return f"it was killed, as is what does not end within {MOST_SECONDS} s"


class Batch:
    """The answers to the commands of one script, as they come."""

    def __init__(
        self, commands: Mapping[str, str], mark: str, *, ends: float | None = None
    ) -> None:
        """Wait until `ends`, as time.monotonic has it; PATIENCE for each section if None."""
        self._commands, self._ends = commands, ends
        self._streams = {STDOUT: Stream(mark), STDERR: Stream(mark)}
        self._sent = self._moved = time.monotonic()
        self._answers: dict[str, CommandOutput] = {}

    @property
    def answers(self) -> Mapping[str, CommandOutput]:
        """Name -> answer of those commands that have one; the last may have none but a trouble."""
        return self._answers

    @property
    def last_words(self) -> str:
        """The end of what came on standard output and belongs to no whole answer."""
        return self._streams[STDOUT].rest[-_LAST_WORDS:].decode("utf-8", "backslashreplace")

    def read(self, channel: paramiko.Channel) -> None:
        """Read until each command has its answer, or one of them keeps the others from theirs.

        Raises TimeoutError and EOFError as `channel.drain`, ValueError for a stream without end
        that is no command's.
        """
        try:
            for stream, piece in arrivals(channel, self._deadline):
                self._take(stream, piece)
                if len(self._answers) == len(self._commands) or self._is_endless():
                    return
        except TimeoutError:
            if self._ends is not None or not (name := self._under_way()):
                raise
            self._spoil(name, STUCK)
        else:
            refuse_broken(channel)

    def _deadline(self) -> float:
        return self._moved + PATIENCE if self._ends is None else self._ends

    def _take(self, stream: int, piece: bytes) -> None:
        self._streams[stream].take(piece)
        for name in self._commands.keys() - self._answers.keys():
            if all(name in each.whole for each in self._streams.values()):
                self._moved = time.monotonic()
                self._answers[name] = self._answer(name)

    def _answer(self, name: str) -> CommandOutput:
        text, status = self._streams[STDOUT].whole[name]
        return CommandOutput(
            command=self._commands[name],
            exit=status,
            stdout=text,
            stderr=self._streams[STDERR].whole[name][0],
            trouble=_trouble(status) if self._ends is None else "",
            asked_at=self._sent,
            answered_at=self._moved,
        )

    def _is_endless(self) -> bool:
        long = [each for each in self._streams.values() if len(each.rest) > MOST_BYTES]
        if not long:
            return False
        # Who has printed that is told by this very stream: the other one may be behind.
        names = [name for name in self._commands if long[0].has_begun(name)]
        if self._ends is not None or not names:
            raise ValueError("the answer has no end")
        self._spoil(names[0], ENDLESS)
        return True

    def _under_way(self) -> str:
        """Return the command whose answer is waited for; empty if none was begun."""
        name = next(each for each in self._commands if each not in self._answers)
        streams = self._streams.values()
        begun = any(each.has_begun(name) or name in each.whole for each in streams)
        return name if begun else ""

    def _spoil(self, name: str, trouble: str) -> None:
        """Let a command have this for its answer."""
        self._answers[name] = CommandOutput(
            command=self._commands[name],
            exit=_KILLED,
            stdout="",
            trouble=trouble,
            asked_at=self._sent,
            answered_at=time.monotonic(),
        )


_LAST_WORDS = 200
"""Bytes of an answer that is cut short that its error repeats."""
