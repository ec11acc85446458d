"""The seal of a bundle: what was altered is named, and a signature proves who sealed it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.evidence.__main__ import DIFFERS, HOLDS, UNUSABLE
from pytest_xsbond.manifest import digest, seal
from tests.support.labs import pool_arguments
from tests.support.sealed import checked, run
from xsbond.lab import Lab


def test_manifest_is_that_of_coreutils(sealed: tuple[Path, object]) -> None:
    """`sha256sum -c` checks it without this product."""
    subprocess.run(["sha256sum", "-c", "--quiet", "MANIFEST.sha256"], cwd=sealed[0], check=True)  # noqa: S607


def alter(bundle: Path) -> None:
    """Change a verdict."""
    path = bundle / "results.jsonl"
    path.write_text(path.read_text().replace("FAIL", "pass"))


def link(bundle: Path) -> None:
    """Put a link to an equal file in the place of a file."""
    path = bundle / "summary.md"
    path.rename(bundle.parent / "elsewhere")
    path.symlink_to(bundle.parent / "elsewhere")


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        (alter, "altered: results.jsonl"),
        (link, "altered: summary.md"),
        (lambda bundle: (bundle / "junit.xml").unlink(), "missing: junit.xml"),
        (lambda bundle: (bundle / "raw/x").touch(), "added: raw/x"),
    ],
    ids=["altered", "linked", "missing", "added"],
)
def test_tampering_is_named(
    bundle: Path, capsys: pytest.CaptureFixture[str], tamper: Any, line: str
) -> None:
    """The file and what became of it, in one line; exit status 1."""
    assert checked(capsys, bundle)[0] == HOLDS
    tamper(bundle)
    status, (_, *found) = checked(capsys, bundle)
    assert (status, found) == (DIFFERS, [line])


def test_signature_that_nobody_checks_is_told(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a key the digests are checked, and a line says that the signature is not."""
    told = f"{bundle / 'MANIFEST.sha256.sig'}: signature not checked; give the signer's key with"
    assert checked(capsys, bundle)[1][0].startswith(told)
    (bundle / "MANIFEST.sha256.sig").unlink()
    assert "signature not checked" not in "".join(checked(capsys, bundle)[1])


@pytest.mark.parametrize("digits", [12, 40, 64])
@pytest.mark.parametrize("end", ["", "…"], ids=["plain", "dots"])
def test_beginning_of_the_digest_will_do(
    bundle: Path, capsys: pytest.CaptureFixture[str], digits: int, end: str
) -> None:
    """From 12 digits on, in capitals or not; one that is another's is told."""
    true = digest((bundle / "MANIFEST.sha256").read_bytes())
    given = true[:digits]
    assert checked(capsys, bundle, "--manifest-sha256", given.upper() + end)[0] == HOLDS
    other = given[:-1] + ("0" if given[-1] != "0" else "1")
    status, (_, *found) = checked(capsys, bundle, "--manifest-sha256", other + end)
    told = f"altered: MANIFEST.sha256: its SHA-256 is {true}, not {other}"
    assert (status, found) == (DIFFERS, [told])


@pytest.mark.parametrize(
    "given",
    ["", "67f62651", "67f62651dd…", "g" * 12, "0" * 65],
    ids=["nothing", "8-digits", "10-digits-and-dots", "no-hex", "65-digits"],
)
def test_what_is_no_digest_is_a_mistake_of_the_caller(
    bundle: Path, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    """It says nothing about the bundle: one line, exit status 4."""
    with pytest.raises(SystemExit) as ended:
        checked(capsys, bundle, "--manifest-sha256", given)
    told = f"{given!r} is no SHA-256: give its 64 hex digits, or the first 12 at least\n"
    assert ended.value.code == UNUSABLE
    assert capsys.readouterr().err.endswith(told)


def test_signature_holds(bundle: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the public key, or by a file of allowed signers."""
    public = key.with_suffix(".pub")
    allowed = bundle.parent / "allowed"
    allowed.write_text(f"ann@example.org {public.read_text()}")
    assert checked(capsys, bundle, "--key", public)[0] == HOLDS
    signers = ("--allowed-signers", allowed, "--identity")
    assert checked(capsys, bundle, *signers, "ann@example.org")[0] == HOLDS
    assert checked(capsys, bundle, *signers, "bob@example.org")[0] == DIFFERS


def test_signature_does_not_hold_for_another_manifest(
    bundle: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who alters a file and seals anew cannot sign."""
    alter(bundle)
    seal(bundle)
    assert checked(capsys, bundle)[0] == HOLDS
    status, lines = checked(capsys, bundle, "--key", key.with_suffix(".pub"))
    assert status == DIFFERS
    assert "MANIFEST.sha256.sig: does not hold" in lines[-1]


def test_unsigned_bundle_is_told(
    bundle: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who asks for a signature is not put off with a digest."""
    (bundle / "MANIFEST.sha256.sig").unlink()
    status, lines = checked(capsys, bundle, "--key", key.with_suffix(".pub"))
    assert (status, lines[-1].rpartition(": ")[2]) == (DIFFERS, "the bundle is not signed")


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (None, "cannot be read: No such file or directory"),
        ("nonsense\n", "line 1 is no digest and file of this directory"),
        ("0" * 64 + "  ../../etc/passwd\n", "line 1 is no digest and file of this directory"),
    ],
    ids=["none", "nonsense", "outside"],
)
def test_what_is_no_bundle_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], manifest: str | None, reason: str
) -> None:
    """The file and the reason; exit status 4."""
    if manifest is not None:
        (tmp_path / "MANIFEST.sha256").write_text(manifest)
    assert checked(capsys, tmp_path) == (UNUSABLE, [f"{tmp_path / 'MANIFEST.sha256'}: {reason}"])


def test_signature_that_cannot_be_made_is_loud(lab: Lab, key: Path, tmp_path: Path) -> None:
    """The bundle is there, the summary says that it is not signed, and the run fails."""
    shutil.copy(key.with_suffix(".pub"), tmp_path / "k.pub")
    options = ("--xsbond-evidence=out", "--xsbond-sign-key=k.pub", "-k", "xs-1")
    done = run(tmp_path, *pool_arguments(lab), *options)
    assert "NOT SIGNED: " in done.stdout
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
