"""The closing page: the verdict first, each cause once, in few lines at any number of hosts.

With WRITE_GOLDEN_PAGES=1 the pages below golden/ are written anew, to be read before a commit.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.closing_pages import SCENES, Judged, judged
from tests.support.tiers import sampled

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (80, 200)
ONE_CAUSE = 25
"""Lines: so long may the page of one missing bond be, at any number of hosts."""
TWO_CAUSES = 40
MISSING = [name for name in SCENES if "network-missing" in name]
QUICK = {name for name in SCENES if not name.endswith("-64")}

_JUDGED: dict[str, Judged] = {}


@pytest.fixture
def scene(pytester: pytest.Pytester, recorded: Stages, tmp_path: Path) -> Callable[[str], Judged]:
    """A scene by its name, judged once for all tests."""

    def judge(name: str) -> Judged:
        if name not in _JUDGED:
            _JUDGED[name] = judged(SCENES[name], recorded, pytester, tmp_path)
        return _JUDGED[name]

    return judge


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", sampled(SCENES, QUICK))
def test_page_is_the_golden_one(scene: Callable[[str], Judged], name: str, width: int) -> None:
    """What an administrator reads is what was read and found good."""
    text, file = scene(name).text(width), GOLDEN / f"{name}-{width}.txt"
    if os.environ.get("WRITE_GOLDEN_PAGES"):
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", sampled(SCENES, QUICK))
def test_no_line_is_wider_than_the_terminal(
    scene: Callable[[str], Judged], name: str, width: int
) -> None:
    """The terminal has no word to break."""
    assert max(map(len, scene(name).text(width).splitlines())) <= width


@pytest.mark.parametrize("name", sampled(MISSING, QUICK & {*MISSING}))
def test_one_missing_bond_is_told_in_few_lines(scene: Callable[[str], Judged], name: str) -> None:
    """As many hosts as a pool can have make the page no longer."""
    assert len(scene(name).text(80).splitlines()) + _COMMAND <= ONE_CAUSE


_COMMAND = 5
"""Lines that end the page: that nothing was changed, what to do next, the command."""


def test_two_faults_are_told_in_few_lines(scene: Callable[[str], Judged]) -> None:
    """Each of them is told once."""
    assert len(scene("two-faults-16").text(80).splitlines()) + _COMMAND <= TWO_CAUSES


@pytest.mark.parametrize("name", sampled(SCENES, QUICK))
def test_page_shows_no_python(scene: Callable[[str], Judged], name: str) -> None:
    """No value is shown as Python writes it."""
    text = scene(name).text(80)
    signs = ("frozenset", "assert", "Missing", "Error:", "<", "True", "False", "None", "('")
    assert [sign for sign in signs if sign in text] == []


def test_each_cause_is_told_once(scene: Callable[[str], Judged]) -> None:
    """Sixteen hosts without a network are one matter."""
    (finding,) = scene("network-missing-16").page.findings
    assert (finding.cause, len(finding.hosts), finding.ids) == ("network is missing", 16, ("PM-1",))


def test_what_follows_is_counted_apart(scene: Callable[[str], Judged]) -> None:
    """Only the claim that tells the cause fails by itself; the others fail the run, too."""
    run = scene("network-missing-2")
    counts = run.page.counts
    assert (counts.failed, counts.passed, run.exit_status) == (2, 16, 1)
    assert counts.follow == len(run.results) - 18


def test_two_faults_are_two_findings(scene: Callable[[str], Judged]) -> None:
    """Each has its own host, and its own next command."""
    told = [(each.cause, each.hosts) for each in scene("two-faults-16").page.findings]
    assert told == [("bond lacks a leg", ("xs-7",)), ("mode differs", ("xs-9",))]


def test_unreachable_dom0_is_no_verdict(scene: Callable[[str], Judged]) -> None:
    """Nobody looked at that host: the bond is neither right nor wrong there."""
    (bond,) = [each for each in scene("dom0-unreachable-16").page.bonds if each.network]
    assert (bond.state, bond.unseen, bond.bad) == ("not known", ("xs-9",), ())


@pytest.mark.slow
def test_healthy_pool_needs_no_matrix(scene: Callable[[str], Judged]) -> None:
    """Two lines say that all is well, at 64 hosts, too."""
    assert len(scene("healthy-64").text(80).splitlines()) <= 4


def test_whole_matrix_has_every_host_and_row(scene: Callable[[str], Judged]) -> None:
    """It is there for whoever wants it, and fits the terminal."""
    run = scene("one-legged-16")
    text = run.text(80, whole=True)
    assert all(f" xs-{number}" in text for number in range(1, 17))
    assert all(row.ids in text for row in run.page.rows)
    assert max(map(len, text.splitlines())) <= 80
