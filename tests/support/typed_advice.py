"""Type what failures advise, literally: each `HOST# command` in that dom0, over the lab's SSH."""

import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xsbond.lab.anylab import AnyLab

_LINE = re.compile(r"(?P<host>[\w.-]+)# (?P<command>.+)")
_PATIENCE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One line that was typed, and how the command ended."""

    line: str
    exit: int
    said: str


def dom0_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the lines that are to be typed in a dom0, each once, in their order."""
    return tuple(dict.fromkeys(line for line in lines if _LINE.fullmatch(line)))


def typed(lab: AnyLab[Any], lines: Sequence[str]) -> tuple[Typed, ...]:
    """Type lines one after the other; those for no dom0 are left out."""
    return tuple(_typed(lab, line) for line in dom0_lines(lines))


def _typed(lab: AnyLab[Any], line: str) -> Typed:
    found = _LINE.fullmatch(line)
    assert found
    command = ["ssh", "-n", "-F", str(lab.ssh_config), found["host"], found["command"]]
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False
    )
    return Typed(line=line, exit=done.returncode, said=done.stdout + done.stderr)
