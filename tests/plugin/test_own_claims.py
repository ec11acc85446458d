"""Claims of a user's own: `@outcome("X-…")`, judged and shown beside the shipped ones."""

from pathlib import Path

import pytest

from tests.support.spec_run import SpecRun, run_spec

MINE = """
from pytest_xsbond import outcome

@outcome("X-NICS", claim="The bond has two NICs.")
def test_two_nics(here):
    assert len(here.legs) == 2

@outcome("X-ODD", claim="Hosts have odd numbers.")
def test_odd(xs_host):
    assert xs_host == "xs-1"

@outcome("X-WISH", claim="Hosts have even numbers.", warns=True)
def test_even(xs_host):
    assert xs_host == "xs-2"

@outcome("X-POOL")
def test_pool(pool):
    '''The pool has hosts.'''
    assert pool.hosts

@outcome("X-BROKEN", claim="Nobody knows.")
def test_broken(xs_host):
    raise KeyError(xs_host)

@outcome("X-MODE", claim="The bond is on a network of its own.")
def test_network_carries_the_wanted_name(here):
    assert here.network.bridge
"""


def judged(pytester: pytest.Pytester, recorded: Path, *words: str, text: str = MINE) -> SpecRun:
    """Run own claims on the recorded pool, in this process."""
    (pytester.path / "test_mine.py").write_text(text, encoding="utf-8")
    return run_spec(pytester, f"--xsbond-replay={recorded}", pytester.path / "test_mine.py", *words)


def verdicts(run: SpecRun) -> dict[tuple[str, str], str]:
    """Return (id, host) -> verdict."""
    return {(id_, each.host): each.verdict for each in run.results for id_ in each.outcomes}


def refusal(pytester: pytest.Pytester, recorded: Path, *words: str, text: str = MINE) -> str:
    """Return the line that such a run is refused with."""
    (pytester.path / "test_mine.py").write_text(text, encoding="utf-8")
    replay = f"--xsbond-replay={recorded}"
    result = pytester.runpytest_inprocess(replay, "test_mine.py", *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = (line for line in result.errlines if line.startswith("ERROR: "))
    return line


def test_each_claim_has_its_verdict(pytester: pytest.Pytester, recorded_tutorial: Path) -> None:
    """Pass, FAIL, warning, and ERROR where a claim ended without saying anything of the pool."""
    found = verdicts(judged(pytester, recorded_tutorial))
    assert found == {
        ("X-NICS", "xs-1"): "pass",
        ("X-NICS", "xs-2"): "pass",
        ("X-ODD", "xs-1"): "pass",
        ("X-ODD", "xs-2"): "FAIL",
        ("X-WISH", "xs-1"): "warn",
        ("X-WISH", "xs-2"): "pass",
        ("X-POOL", "xs-1"): "pass",
        ("X-BROKEN", "xs-1"): "ERROR",
        ("X-BROKEN", "xs-2"): "ERROR",
        ("X-MODE", "xs-1"): "pass",
        ("X-MODE", "xs-2"): "pass",
    }


def test_claim_is_told_in_the_words_of_its_mark(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """Without such words it is the first line of the docstring."""
    run = judged(pytester, recorded_tutorial, "--xsbond-only=X-NICS,X-POOL")
    told = {each.outcomes[0]: each.claim for each in run.results}
    assert told == {"X-NICS": "The bond has two NICs.", "X-POOL": "The pool has hosts."}


def test_only_takes_patterns_of_own_ids(pytester: pytest.Pytester, recorded_tutorial: Path) -> None:
    """As it takes those of shipped ones."""
    run = judged(pytester, recorded_tutorial, "--xsbond-only=X-N*")
    assert set(verdicts(run)) == {("X-NICS", "xs-1"), ("X-NICS", "xs-2")}


def test_own_claims_come_after_the_shipped_ones(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """In one run with `--pyargs pytest_xsbond.spec`, host by host."""
    run = judged(pytester, recorded_tutorial, "--pyargs", "pytest_xsbond.spec")
    ids = [each.outcomes[0] for each in run.results if each.host == "xs-1"]
    first = next(place for place, id_ in enumerate(ids) if id_.startswith("X-"))
    assert first > 30
    assert all(id_.startswith("X-") for id_ in ids[first:])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('@outcome("Y-1")\ndef test_a(xs_host): pass', "there is no outcome Y-1; an id of your"),
        ('@outcome("X-")\ndef test_a(xs_host): pass', "there is no outcome X-; an id of your own"),
        ("@outcome()\ndef test_a(xs_host): pass", "outcome has no id"),
        ('@outcome("X-A")\ndef test_a(xs_host): pass', "say what X-A claims"),
        (
            '@outcome("X-A", claim="A.", looks_at=["ovs"])\ndef test_a(here): pass',
            "looks_at: there is no ovs; there is ",
        ),
        (
            'import pytest\n@pytest.mark.outcome("X-A", clam="A.")\ndef test_a(xs_host): pass',
            "outcome has no clam; it has claim, looks_at, warns",
        ),
    ],
    ids=["other-letter", "no-name", "no-id", "no-words", "unknown-part", "unknown-word"],
)
def test_wrong_mark_is_one_line(
    pytester: pytest.Pytester, recorded_tutorial: Path, text: str, says: str
) -> None:
    """It names the test, and what to write."""
    line = refusal(pytester, recorded_tutorial, text=f"from pytest_xsbond import outcome\n{text}\n")
    assert line.startswith("ERROR: test_mine.py::test_a")
    assert says in line


def test_own_id_that_no_test_has_is_refused(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """With the ids that there are."""
    line = refusal(pytester, recorded_tutorial, "--xsbond-only=X-NIX")
    assert "X-NIX selects nothing" in line
    assert "there is X-BROKEN, X-MODE, X-NICS, X-ODD, X-POOL, X-WISH" in line


WAIVER = """
[[waiver]]
outcome = "{0}"
host = "xs-2"
reason = "It has always been so."
owner = "net-ops"
expires = 2999-01-01
"""


def test_own_claim_may_be_waived(pytester: pytest.Pytester, recorded_tutorial: Path) -> None:
    """By its id, as shipped ones are."""
    (pytester.path / "waivers.toml").write_text(WAIVER.format("X-ODD"))
    words = ("--xsbond-waivers", str(pytester.path / "waivers.toml"), "--xsbond-only=X-ODD")
    run = judged(pytester, recorded_tutorial, *words)
    assert verdicts(run)["X-ODD", "xs-2"] == "waived"
    assert run.exit_status == 0


def test_waiver_that_an_own_claim_does_not_need_fails_the_run(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """As everywhere else."""
    (pytester.path / "waivers.toml").write_text(WAIVER.format("X-NICS"))
    words = ("--xsbond-waivers", str(pytester.path / "waivers.toml"), "--xsbond-only=X-NICS")
    assert judged(pytester, recorded_tutorial, *words).exit_status == 1


SAME_NAME = """
from pytest_xsbond import outcome

@outcome("X-A", claim="A.")
def test_one_network_has_the_wanted_name(here):
    assert not here.networks

@outcome("X-B", claim="B.")
def test_other(here):
    assert here.network.bridge
"""
BONDS = '[[bond]]\nnetwork = "NONE"\nnics = ["eth1", "eth5"]\n'


def test_own_claim_of_a_shipped_name_tells_nobody_of_what_is_missing(
    pytester: pytest.Pytester, recorded_tutorial: Path
) -> None:
    """A claim follows from a shipped claim only, and only if that one runs."""
    (pytester.path / "bonds.toml").write_text(BONDS)
    bonds = ("--xsbond-bonds", str(pytester.path / "bonds.toml"))
    run = judged(pytester, recorded_tutorial, *bonds, text=SAME_NAME)
    of_b = [each for each in run.results if each.outcomes == ("X-B",)]
    assert [(each.verdict, each.follows) for each in of_b] == [("FAIL", None)] * 2
