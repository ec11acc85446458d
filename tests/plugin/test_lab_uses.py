"""What else a user does with a lab: ask a member, add tests, keep artefacts, wish for a fault."""

from collections.abc import Iterator

import pytest

from tests.support.labs import db, pool_arguments
from tests.support.spec_run import run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A fresh lab of two hosts, without the guest bond."""
    with Lab(tutorial(2)) as lab:
        yield lab


@pytest.mark.slow
def test_member_as_address_leads_to_the_master(pytester: pytest.Pytester, lab: Lab) -> None:
    """HOST_IS_SLAVE is followed: any host of the pool will do."""
    first, second = (host.address for host in lab.hosts)
    url = lab.master_url.replace(first, second)
    _, *arguments = pool_arguments(lab)
    run = run_spec(pytester, f"--pool={url}", *arguments, "--xsbond-apply")
    assert (run.exit_status, run.not_passed()) == (0, {})


def test_own_tests_get_the_fixtures(pytester: pytest.Pytester, lab: Lab) -> None:
    """A test of one's own runs once for every host, with dom0 at hand."""
    pytester.makepyfile(
        """
        def test_name(xs_host, dom0, pool):
            assert dom0.run("hostname").stdout.strip() == xs_host
            assert len(pool.hosts) == 2
        """
    )
    result = pytester.runpytest_subprocess(
        "-p", "no:randomly", *pool_arguments(lab), "test_own_tests_get_the_fixtures.py"
    )
    result.assert_outcomes(passed=2)


@pytest.mark.slow
def test_no_secret_is_in_any_artefact(pytester: pytest.Pytester, lab: Lab) -> None:
    """Neither the password nor a session reference is printed or stored."""
    result = pytester.runpytest_subprocess(
        *pool_arguments(lab),
        "--xsbond-apply",
        "--html=report.html",
        "--junitxml=junit.xml",
        "--xsbond-save=stages",
        "-vv",
        "--showlocals",
    )
    assert result.ret == 0
    stored = [path for path in pytester.path.rglob("*") if path.is_file()]
    artefacts = [path.read_text(encoding="utf-8", errors="replace") for path in stored]
    artefacts += [result.stdout.str(), result.stderr.str()]
    with lab.world.lock:
        sessions = db(lab).refs("session")
    assert len(stored) >= 6
    for secret in (lab.password, "PRIVATE KEY", *sessions):
        assert not [text for text in artefacts if secret in text]


def test_fault_that_the_bond_cannot_have_ends_the_run_in_one_line(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is known once the bond is there; no claim is blamed for it."""
    run = run_spec(pytester, "--pool=lab", "--xsbond-lab-fault=lacp-fallen-back@xs-2")
    told = capsys.readouterr()
    reason = "--xsbond-lab-fault: the bond of xs-2 speaks no LACP to fall back from"
    assert (run.exit_status, run.results) == (pytest.ExitCode.USAGE_ERROR, ())
    assert reason in told.out + told.err
