"""`--xsbond-dom0=off`: a run without SSH says so, and does what needs none."""

import hashlib
import ssl
from collections.abc import Iterator

import pytest

from tests.support.labs import pool_arguments, provisioned_lab
from tests.support.spec_run import run_spec
from xsbond.collect.address import PoolAddress
from xsbond.lab import Lab


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A pool with the tutorial's bond."""
    with provisioned_lab() as lab:
        yield lab


def fingerprint(lab: Lab) -> str:
    """Return the option that pins the certificate of the pool master."""
    address = PoolAddress.parse(lab.master_url)
    pem = ssl.get_server_certificate((address.host, address.port))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    return f"--xsbond-tls-fingerprint={digest}"


def test_run_by_xapi_alone_is_green_and_says_what_is_missing(
    pytester: pytest.Pytester, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    """Header, verdict and each claim without one; the status is that of what was judged."""
    words = [each for each in pool_arguments(lab) if "ssh-config" not in each]
    run = run_spec(pytester, *words, "--xsbond-dom0=off", fingerprint(lab))
    told = " ".join(capsys.readouterr().out.split())
    assert run.exit_status == pytest.ExitCode.OK
    assert (
        "xsbond dom0: HALF OF THE EVIDENCE IS MISSING: dom0 was not asked (--xsbond-dom0=off);"
        " XAPI alone tells" in told
    )
    assert "as wanted on both hosts, by XAPI alone on both hosts" in told
    assert "dom0 was not asked (--xsbond-dom0=off)" in told.rpartition("n/j")[2]
    verdicts = {each.verdict for each in run.results}
    assert verdicts == {"pass", "n/j"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ((), "XAPI's certificate cannot be read over SSH; give its SHA-256"),
        (("--xsbond-insecure", "--xsbond-apply"), "add --xsbond-inherit: restart-agent restarts"),
        (("--xsbond-insecure", "--xsbond-failover"), "--xsbond-failover needs SSH to dom0"),
        (("--xsbond-insecure", "--xsbond-listen=3"), "--xsbond-listen needs SSH to dom0"),
        (("--xsbond-undo",), "--xsbond-dom0: counts only in a run on a pool of your own"),
    ],
)
def test_what_needs_ssh_is_refused_in_one_line(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], says: str
) -> None:
    """Before anything is contacted."""
    run = run_spec(pytester, "--pool=xs-1.invalid", "--xsbond-dom0=off", *more)
    assert run.exit_status == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "xsbond" in line]
    assert says in line
