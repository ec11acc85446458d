"""A detached signature of the manifest, by OpenSSH's own `ssh-keygen -Y` and the user's own key."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from pytest_xsbond.manifest import NAME, SIGNATURE, BundleError

NAMESPACE = "pytest-xsbond"
"""What the signature is for: one made for something else, as a git commit, is none."""
_SIGNER = "signer"
_PATIENCE = 120.0
"""Seconds: a key may want its passphrase, or a finger on a token."""


class SigningError(BundleError):
    """The signature could not be made, or does not hold."""


def sign(directory: Path, key: Path) -> None:
    """Sign the manifest; `key` is a private key, or a public one whose other half an agent has."""
    manifest = directory / NAME
    (directory / SIGNATURE).unlink(missing_ok=True)
    done = _ssh_keygen(
        directory, "-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE, str(manifest)
    )
    if done.returncode or not (directory / SIGNATURE).is_file():
        raise SigningError(manifest, f"is not signed: {_said(done)}")
    (directory / SIGNATURE).chmod(0o600)


def complaint_about(key: Path) -> str:
    """Return why a file cannot be the key to sign with; empty if it can. Asks no passphrase."""
    if not key.is_file():
        return f"{key} is no file"
    done = _ssh_keygen(key, "-l", "-f", str(key))
    return f"{key} is no key of OpenSSH: {_said(done)}" if done.returncode else ""


def verify_by_key(directory: Path, public_key: Path) -> None:
    """Check that the manifest was signed by this key; SigningError if not."""
    try:
        kind, key, *_ = public_key.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise SigningError(public_key, "is no public key of OpenSSH") from error
    with tempfile.NamedTemporaryFile("w", suffix=".allowed", encoding="ascii") as file:
        file.write(f"{_SIGNER} {kind} {key}\n")
        file.flush()
        verify_by_signers(directory, Path(file.name), _SIGNER)


def verify_by_signers(directory: Path, allowed: Path, identity: str) -> None:
    """Check that the manifest was signed by a principal of an allowed signers file."""
    signature = directory / SIGNATURE
    if not signature.is_file():
        raise SigningError(signature, "is not there: the bundle is not signed")
    asked = ("-Y", "verify", "-f", str(allowed), "-I", identity)
    about = ("-n", NAMESPACE, "-s", str(signature))
    done = _ssh_keygen(directory, *asked, *about, stdin=(directory / NAME).read_bytes())
    if done.returncode:
        raise SigningError(signature, f"does not hold: {_said(done)}")


def _ssh_keygen(
    directory: Path, *arguments: str, stdin: bytes | None = None
) -> "subprocess.CompletedProcess[bytes]":
    program = shutil.which("ssh-keygen")
    if program is None:
        raise SigningError(directory, "needs ssh-keygen, of OpenSSH 8.2 or later")
    try:
        return subprocess.run(  # noqa: S603 - ssh-keygen, with arguments and no shell
            (program, *arguments),
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SigningError(directory, f"ssh-keygen took longer than {_PATIENCE:g} s") from error


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    text = done.stdout.decode("utf-8", "backslashreplace")
    return " ".join(text.split()) or f"ssh-keygen ended with {done.returncode}"
