"""Every option of ours, with and without the workers of xdist: a run, or a refusal in one line."""

import hashlib
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_xsbond.option_table import OPTIONS
from tests.support.labs import keep_baseline, provisioned_lab
from tests.support.refused import line_of
from tests.support.tiers import sampled, slow
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

BONDS = '[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\nmode = "balance-slb"\n'
WAIVERS = """
[[waiver]]
outcome = "H-mtu"
host = "xs-1"
reason = "known"
owner = "ops"
expires = 2000-01-01
"""
ONE_CLAIM = ("-k", "one_management")


@dataclass(frozen=True, slots=True)
class Cell:
    """A run with the option, and its exit status; with `line`, the refusal it ends with."""

    pool: str
    """`pool`, a kept lab that is reached like a pool of one's own; `lab` or `replay`."""
    options: tuple[str, ...]
    exit_status: int = 0
    line: str = ""


TABLE: Mapping[str, Cell] = {
    "plan": Cell("pool", ("--xsbond-plan",)),
    "apply": Cell("pool", ("--xsbond-apply",)),
    "repair": Cell("pool", ("--xsbond-repair",)),
    "yes": Cell("pool", ("--xsbond-repair", "--xsbond-yes")),
    "inherit": Cell("pool", ("--xsbond-inherit=create",)),
    "undo": Cell("pool", ("--xsbond-undo", "--xsbond-journal=empty"), 4, "says nothing about this"),
    "fleet": Cell("fleet", ("--xsbond-fleet=fleet.toml",)),
    "pools-at-once": Cell("fleet", ("--xsbond-fleet=fleet.toml", "--xsbond-pools-at-once=1")),
    "joiner": Cell("pool", ("--xsbond-joiner={pool}",), 1),
    "journal": Cell("pool", ("--xsbond-apply", "--xsbond-journal=journal")),
    "break-lock": Cell("pool", ("--xsbond-apply", "--xsbond-break-lock")),
    "bonds": Cell("replay", ("--xsbond-bonds=bonds.toml",)),
    "write-bonds": Cell("replay", ("--xsbond-write-bonds=made.toml",)),
    "dom0": Cell("pool", ("--xsbond-dom0=off", "--xsbond-insecure")),
    "wait": Cell("pool", ("--xsbond-wait=60",)),
    "listen": Cell("pool", ("--xsbond-listen=0.1",)),
    "failover": Cell("pool", ("--xsbond-failover",)),
    "save-baseline": Cell("replay", ("--xsbond-save-baseline=kept.json",)),
    "baseline": Cell("pool", ("--xsbond-baseline=baseline.json",)),
    "waivers": Cell("replay", ("--xsbond-waivers=waivers.toml",), 1),
    "only": Cell("replay", ("--xsbond-only=H-one-management",)),
    "hosts": Cell("replay", ("--xsbond-hosts=xs-2",)),
    "networks": Cell("replay", ("--xsbond-networks=PUB",)),
    "list": Cell("replay", ("--xsbond-list",)),
    "matrix": Cell("replay", ("--xsbond-matrix=all",)),
    "replay": Cell("replay", ()),
    "judge-altered": Cell("replay", ("--xsbond-judge-altered",)),
    "save": Cell("pool", ("--xsbond-save=saved",)),
    "evidence": Cell("replay", ("--xsbond-evidence=evidence",)),
    "json": Cell("replay", ("--xsbond-json=outcome.json",)),
    "change": Cell("replay", ("--xsbond-change=CHG1",)),
    "sign-key": Cell("replay", ("--xsbond-evidence=signed", "--xsbond-sign-key=key")),
    "detailed-exitcode": Cell("replay", ("--xsbond-plan", "--xsbond-detailed-exitcode")),
    "ssh-config": Cell("pool", ()),
    "ssh-identity-file": Cell("pool", ("--xsbond-ssh-identity-file=key",)),
    "password-file": Cell("pool", ()),
    "tls-fingerprint": Cell("pool", ("--xsbond-tls-fingerprint={fingerprint}",)),
    "ca-file": Cell("pool", ("--xsbond-ca-file=ca.pem",), 4, "its certificate is not trusted"),
    "insecure": Cell("pool", ("--xsbond-insecure",)),
    "lab-hosts": Cell("lab", ("--xsbond-lab-hosts=1",)),
    "lab-profile": Cell("lab", ("--xsbond-lab-profile=xcp-ng-8.3",)),
    "lab-fault": Cell("lab", ("--xsbond-lab-fault=leg-down@xs-2",)),
}
"""Option -> the run that is tried with it."""

QUICK = {"apply", "baseline", "evidence", "failover"}
"""What one process does for all, once: change, compare, write and drill."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab that has the bond."""
    with provisioned_lab(tutorial(2)) as lab:
        yield lab


@pytest.fixture(scope="module")
def made(lab: Lab, recorded_tutorial: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with all that an option names."""
    made = tmp_path_factory.mktemp("made")
    shutil.copytree(recorded_tutorial, made / "stored")
    (made / "bonds.toml").write_text(BONDS)
    (made / "waivers.toml").write_text(WAIVERS)
    keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(made / "key")]
    subprocess.run(keygen, check=True)
    (made / "ca.pem").write_text(certificate(lab, other=True))
    keep_baseline(lab, made / "baseline.json")
    pool = {
        "name": "one",
        "address": lab.master_url,
        "ssh_config": lab.ssh_config,
        "password_file": lab.password_file,
    }
    lines = [f'{key} = "{value}"\n' for key, value in pool.items()]
    (made / "fleet.toml").write_text("".join(["[[pool]]\n", *lines]))
    return made


@pytest.fixture
def files(made: Path, pytester: pytest.Pytester) -> Path:
    """The directory of the run, with all that an option names."""
    shutil.copytree(made, pytester.path, dirs_exist_ok=True)
    return pytester.path


def certificate(lab: Lab, *, other: bool = False) -> str:
    """Return the PEM that the master presents, or one that did not sign it."""
    if other:
        with Lab(tutorial(1)) as another:
            return certificate(another)
    address, port = lab.master_url.removeprefix("https://").split(":")
    return ssl.get_server_certificate((address, int(port)))


def arguments(cell: Cell, lab: Lab) -> list[str]:
    """Return what is typed for a cell."""
    pools = {
        "pool": (
            f"--pool={lab.master_url}",
            f"--xsbond-ssh-config={lab.ssh_config}",
            f"--xsbond-password-file={lab.password_file}",
        ),
        "lab": ("--pool=lab",),
        "replay": ("--xsbond-replay=stored",),
        "fleet": (),
    }
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate(lab))).hexdigest()
    typed = [word.format(fingerprint=fingerprint, pool=lab.master_url) for word in cell.options]
    return [*pools[cell.pool], *typed, *ONE_CLAIM]


def test_table_has_every_option() -> None:
    """In the order of the command line's own."""
    assert list(TABLE) == [option.name for option in OPTIONS]


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("workers", [slow(()), ("-n", "1")], ids=["alone", "workers"])
@pytest.mark.parametrize("name", sampled(TABLE, QUICK))
def test_option_with_and_without_workers(
    pytester: pytest.Pytester, lab: Lab, name: str, workers: tuple[str, ...]
) -> None:
    """The same either way."""
    cell = TABLE[name]
    typed = [*arguments(cell, lab), *workers]
    if cell.line:
        assert cell.line in line_of(pytester, typed)
        return
    result = pytester.runpytest_subprocess("-p", "no:randomly", *typed)
    assert result.ret == cell.exit_status, result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (
            [
                "--pool=xs-1",
                "--xsbond-lab-hosts=3",
                "--xsbond-lab-profile=current",
            ],
            (
                "--xsbond-lab-hosts, --xsbond-lab-profile: count only in a run on a lab"
                " (--pool=lab or --pool=lab:ovs); leave out what does not count here"
            ),
        ),
        (
            ["--pool=lab", "--xsbond-plan", "--xsbond-listen=3", "--xsbond-insecure"],
            (
                "--xsbond-listen: counts only in a run that looks at a pool and judges it;"
                " --xsbond-insecure: counts only in a run on a pool of your own (--pool=ADDRESS);"
                " leave out what does not count here"
            ),
        ),
        (
            ["--xsbond-replay=x", "--xsbond-wait=3"],
            (
                "--xsbond-wait: counts only in a run that looks at a pool and judges or changes it;"
                " leave out what does not count here"
            ),
        ),
        (
            ["--xsbond-plan", "--xsbond-bonds=x"],
            (
                "--xsbond-plan, --xsbond-bonds: there is no pool: give --pool=ADDRESS, --pool=lab"
                " or --xsbond-replay=DIR"
            ),
        ),
    ],
    ids=["lab-options", "plan", "replay", "no-pool"],
)
def test_what_means_nothing_is_refused_in_one_line(
    pytester: pytest.Pytester, typed: list[str], line: str, workers: tuple[str, ...]
) -> None:
    """All of it, with the runs in which it would mean something."""
    assert line_of(pytester, [*typed, *workers]) == line
