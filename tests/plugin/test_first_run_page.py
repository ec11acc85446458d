"""docs/first-run.md: each of its commands is typed, in order, on the lab that it names."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.labs import pool_arguments
from tests.support.spec_run import run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial, with_nics

PAGE = (Path(__file__).parents[2] / "docs" / "first-run.md").read_text(encoding="utf-8")
SECTIONS = {
    title: text
    for title, text in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    if "--nics" in text
}
"""Heading -> the section below it."""


def blocks(section: str) -> list[tuple[str, str]]:
    """Return (language, text) of what is to be typed, or to be written to bonds.toml."""
    return re.findall(r"^```(console|toml)\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def typed(block: str) -> list[tuple[list[str], list[str]]]:
    """Return (words of a command, lines that it prints)."""
    commands = [part.splitlines() for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]
    return [(shlex.split(command)[1:], printed) for command, *printed in commands]


def squeezed(text: str) -> str:
    """Return text without what the width of a terminal puts in."""
    return " ".join(text.split())


@pytest.mark.parametrize("title", SECTIONS)
def test_section_can_be_typed(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    title: str,
) -> None:
    """Each command prints what the page shows; the last one finds all as wanted."""
    monkeypatch.setenv("XDG_STATE_HOME", str(pytester.path))
    (counts,) = re.findall(r"xsbond\.lab --nics ([\d,]+)", SECTIONS[title])
    status = None
    with Lab(with_nics(tutorial(2), [int(each) for each in counts.split(",")])) as lab:
        for language, block in blocks(SECTIONS[title]):
            if language == "toml":
                with Path("bonds.toml").open("a", encoding="utf-8") as file:
                    file.write(f"\n{block}")
                continue
            for (pool, *words), printed in typed(block):
                assert pool == "--pool=xs-1"
                status = run_spec(pytester, *pool_arguments(lab), *words).exit_status
                shown = squeezed("".join(capsys.readouterr()))
                for line in printed:
                    assert squeezed(line) in shown
    assert status == pytest.ExitCode.OK
