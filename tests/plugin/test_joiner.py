"""`--xsbond-joiner`: a pre-check of a host, instead of tests."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.plan.test_joining import newcomer
from tests.support.labs import pool_arguments
from tests.support.spec_run import run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A pool."""
    with Lab(tutorial(1)) as lab:
        yield lab


def test_host_is_judged_before_it_joins(
    pytester: pytest.Pytester, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    """With one line for each check, and what it means in the last one."""
    with Lab(replace(newcomer(), password=lab.password)) as host:
        words = [each for each in pool_arguments(lab) if "ssh-config" not in each]
        asked = ("--xsbond-insecure", "--xsbond-dom0=off", f"--xsbond-joiner={host.master_url}")
        run = run_spec(pytester, *words, *asked)
    told = capsys.readouterr().out.splitlines()
    assert run.exit_status == pytest.ExitCode.OK, told
    assert told[0] == "may xs-3 join the pool of xs-1? Nothing is changed."
    assert "J-bonds       pass  The host has no bonds of its own; it inherits the pool's." in told
    assert told[-1] == "xs-3: yes, as far as was looked at"


def test_host_that_may_not_fails_the_run(
    pytester: pytest.Pytester, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    """A host of the pool itself has bonds already."""
    run = run_spec(pytester, *pool_arguments(lab), f"--xsbond-joiner={lab.master_url}")
    told = capsys.readouterr().out
    assert run.exit_status == pytest.ExitCode.TESTS_FAILED
    assert "it is a host of this pool already" in told
    assert "xs-1: NO: 2 of 8 checks fail" in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--pool=lab", "--xsbond-joiner=x"), "--xsbond-joiner: counts only in a run on a pool"),
        (("--pool=a", "--xsbond-apply", "--xsbond-joiner=x"), "a pool of your own that only looks"),
        (("--pool=a", "--pool=b", "--xsbond-joiner=x"), "--xsbond-joiner: is for one pool a run"),
    ],
)
def test_pre_check_of_no_pool_is_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    """In one line."""
    off = [word for name in ("randomly", "cacheprovider", "xdist") for word in ("-p", f"no:{name}")]
    assert pytest.main([*off, *words]) == pytest.ExitCode.USAGE_ERROR
    assert says in capsys.readouterr().err
