"""`--xsbond-write-bonds`: the first run on one's own pool."""

from collections.abc import Iterator

import pytest

from tests.support.labs import pool_arguments
from tests.support.spec_run import run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


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


def test_first_run_that_does_not_fit_says_what_the_pool_has(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pool without the NICs of the default bond: its own bonds, and how to describe them."""
    with Lab(tutorial(1)) as small:
        for device in ("eth1", "eth5"):
            (pif,) = (
                ref
                for ref, record in small.hosts[0].toolstack.call("PIF.get_all_records").items()
                if record["device"] == device
            )
            small.hosts[0].toolstack.call("PIF.forget", pif)
        run = run_spec(pytester, *pool_arguments(small))
    assert run.exit_status == pytest.ExitCode.USAGE_ERROR
    assert (
        "the pool has bonds on NAS (eth2+eth4): --xsbond-write-bonds=bonds.toml writes a bond file"
        " that describes them" in capsys.readouterr().err
    )


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
