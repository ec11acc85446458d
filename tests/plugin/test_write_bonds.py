"""`--xsbond-write-bonds`: the first run on one's own pool."""

import re
from collections.abc import Iterator

import pytest

from tests.support.labs import pool_arguments
from tests.support.spec_run import run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial, with_nics


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A pool that has a storage bond, and no guest bond."""
    with Lab(tutorial(2)) as lab:
        yield lab


def test_pool_is_green_by_the_file_it_wrote(
    pytester: pytest.Pytester, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last line is the command to type next, with the options of this run."""
    reached = pool_arguments(lab)
    first = run_spec(pytester, *reached, "--xsbond-write-bonds=bonds.toml")
    *_, command = capsys.readouterr().out.splitlines()
    assert first.exit_status == pytest.ExitCode.OK
    assert first.results == ()
    assert all(str(word) in command for word in reached)
    assert command.endswith(" --xsbond-bonds=bonds.toml")
    again = run_spec(pytester, *reached, "--xsbond-bonds=bonds.toml")
    assert (again.exit_status, again.not_passed()) == (0, {})
    assert {result.network for result in again.results} >= {"NAS"}


def test_first_run_on_a_pool_of_five_nics_ends_in_a_bond_file(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two commands, both as the header of the first one has them."""
    with Lab(with_nics(tutorial(1), (5,))) as small:
        reached = pool_arguments(small)
        first = run_spec(pytester, *reached)
        (line,) = [x for x in capsys.readouterr().out.splitlines() if "xsbond bond file:" in x]
        (write,) = re.findall(r"--xsbond-write-bonds=\S+", line)
        written = run_spec(pytester, *reached, write)
        again = run_spec(pytester, *reached, write.replace("write-bonds", "bonds"))
    assert (first.exit_status, written.exit_status, again.exit_status) == (0, 0, 0)
    assert {result.network for result in again.results} == {"NAS", ""}
    assert "bond file" not in capsys.readouterr().out.rpartition("xsbond bonds:")[2]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ((), "there.toml is there already; name another file, or remove it"),
        (("--xsbond-write-bonds=no/b.toml",), "there is no directory no"),
        (("--xsbond-write-bonds=b.toml", "--xsbond-apply"), "only looks; it excludes --xsbond-app"),
        (("--xsbond-write-bonds=b.toml", "--xsbond-listen=3"), "--xsbond-listen: counts only in"),
    ],
)
def test_file_that_cannot_be_written_is_refused(
    pytester: pytest.Pytester,
    lab: Lab,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, ...],
    says: str,
) -> None:
    """Before the pool is asked; nothing is written over."""
    there = pytester.path / "there.toml"
    there.write_text("mine")
    run = run_spec(pytester, *pool_arguments(lab), "--xsbond-write-bonds=there.toml", *more)
    assert run.exit_status == pytest.ExitCode.USAGE_ERROR
    assert says in capsys.readouterr().err
    assert there.read_text() == "mine"
    assert not (pytester.path / "b.toml").exists()
