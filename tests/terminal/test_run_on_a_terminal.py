"""A run as a person or a pipe sees it: colour on a terminal only, no Python, selection by names."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.spec_run import store

_ESCAPE = "\x1b["


@pytest.fixture
def missing(recorded: Stages, tmp_path: Path) -> Path:
    """A stored look at a pool without the wanted network."""
    assert recorded.before is not None
    return store(tmp_path / "missing", now=recorded.before)


def command(*words: str | Path) -> list[str]:
    """Return what starts a run of its own."""
    return [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        *map(str, words),
    ]


def on_terminal(tmp_path: Path, *words: str | Path, **environment: str) -> str:
    """Run on a terminal of 80 columns; return what it shows."""
    ours, theirs = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    own = {**plain, "TERM": "xterm-256color", "COLUMNS": "80", **environment}
    with subprocess.Popen(
        command(*words), stdin=theirs, stdout=theirs, stderr=theirs, env=own, cwd=tmp_path
    ) as run:
        os.close(theirs)
        shown = b""
        # Linux ends a terminal that nobody writes to any more with an error.
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:
            pass
        run.wait()
    os.close(ours)
    return shown.decode()


def in_pipe(tmp_path: Path, *words: str | Path) -> str:
    """Run with its output in a pipe; return what it writes."""
    own = {**os.environ, "COLUMNS": "80"}
    run = subprocess.run(
        command(*words), capture_output=True, text=True, check=False, env=own, cwd=tmp_path
    )
    return run.stdout + run.stderr


def test_terminal_shows_colour(missing: Path, tmp_path: Path) -> None:
    """What is bad stands out."""
    shown = on_terminal(tmp_path, f"--xsbond-replay={missing}")
    assert _ESCAPE in shown
    assert "NOT AS WANTED on both hosts" in shown


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_plain_terminal_shows_none(
    missing: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Whoever asks for plain text gets it."""
    shown = on_terminal(tmp_path, f"--xsbond-replay={missing}", **environment)
    assert _ESCAPE not in shown
    assert "NOT AS WANTED on both hosts" in shown


def test_pipe_holds_text_only(missing: Path, tmp_path: Path) -> None:
    """Neither colour nor what moves a cursor, and the whole page in few lines."""
    text = in_pipe(tmp_path, f"--xsbond-replay={missing}")
    assert not {"\x1b", "\r"} & set(text)
    page = text[text.index("PUB  eth1+eth5") :]
    assert len(page.strip().splitlines()) <= 25


def test_default_output_shows_no_frames(missing: Path, tmp_path: Path) -> None:
    """No source line, no frame, and pytest's own summary says nothing once more."""
    text = in_pipe(tmp_path, f"--xsbond-replay={missing}")
    signs = ("FAILURES", "short test summary", "def test_", ".py:", "AssertionError")
    assert [sign for sign in signs if sign in text] == []


@pytest.mark.parametrize("words", [["--tb=long"], ["-vv"], ["--showlocals"]])
def test_frames_come_back_where_they_are_asked_for(
    missing: Path, tmp_path: Path, words: list[str]
) -> None:
    """Whoever writes claims needs them."""
    text = in_pipe(tmp_path, f"--xsbond-replay={missing}", "-k", "wanted_name", *words)
    assert "def test_one_network_has_the_wanted_name" in text


def test_summary_lists_claims_where_it_is_asked_for(missing: Path, tmp_path: Path) -> None:
    """`-ra` is pytest's own, and what follows is in it."""
    text = in_pipe(tmp_path, f"--xsbond-replay={missing}", "-ra")
    assert "FAILED test_networks.py::test_one_network_has_the_wanted_name[xs-1]" in text
    assert "FOLLOWS from PM-1 test_bonds.py::test_bond_joins_the_wanted_nics[xs-1]" in text


def test_printed_node_id_runs_again_from_anywhere(missing: Path, tmp_path: Path) -> None:
    """What is printed can be pasted."""
    id_ = "test_networks.py::test_one_network_has_the_wanted_name[xs-1]"
    assert "1 failed in" in in_pipe(tmp_path, f"--xsbond-replay={missing}", id_)


@pytest.mark.parametrize(
    ("words", "counted"),
    [
        (["--xsbond-only=PM-1,H-hos*"], "2 failed, 2 passed"),
        (["--xsbond-only=PM-1", "--xsbond-hosts=xs-2"], "1 failed,"),
        (["--xsbond-only=PM-3"], "2 failed,"),
        (["--xsbond-networks=PUB", "--xsbond-only=PM-1"], "2 failed,"),
    ],
)
def test_claims_are_selected_by_what_is_printed(
    missing: Path, tmp_path: Path, words: list[str], counted: str
) -> None:
    """Ids with wildcards, hosts and networks; without the root another claim tells the cause."""
    assert counted in in_pipe(tmp_path, f"--xsbond-replay={missing}", *words)


@pytest.mark.parametrize(
    ("word", "refusal"),
    [
        ("--xsbond-only=H-host", "--xsbond-only: there is no outcome 'H-host'; is it H-hosts?"),
        ("--xsbond-hosts=xs2", "--xsbond-hosts: there is no host of the pool 'xs2'; is it xs-2?"),
        (
            "--xsbond-networks=pub",
            "--xsbond-networks: there is no network of a wanted bond 'pub'; is it PUB?",
        ),
        ("--xsbond-only=M-1.2", "M-1.2 needs a run in which this member gets this bond"),
    ],
)
def test_what_selects_nothing_is_refused(
    missing: Path, tmp_path: Path, word: str, refusal: str
) -> None:
    """In one line, with the nearest name."""
    assert refusal in in_pipe(tmp_path, f"--xsbond-replay={missing}", word)


def test_list_needs_no_pool(tmp_path: Path) -> None:
    """Every outcome with its claim and what it needs."""
    text = " ".join(in_pipe(tmp_path, "--xsbond-list").split())
    assert "M-2 The member's xapi was started anew" in text
    assert "Needs a run in which this member's xapi is restarted." in text
