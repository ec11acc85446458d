"""`python -m pytest_xsbond.evidence`: check a bundle offline, or print the JSON file's schema.

Exit status: 0 if it is what was sealed, 1 if it is not, 4 if it could not be checked.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from pytest_xsbond import manifest
from pytest_xsbond.evidence import signature
from pytest_xsbond.manifest import BundleError

SCHEMA = Path(__file__).with_name("outcome.schema.json")
HOLDS, DIFFERS, UNUSABLE = 0, 1, 4
_ENOUGH = 12
"""Digits of a digest that nobody hits upon by chance, and that a person can read out."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except signature.SigningError as error:
        return _complain(str(error), DIFFERS)
    except BundleError as error:
        return _complain(str(error), UNUSABLE)


def _verify(given: argparse.Namespace) -> int:
    directory: Path = given.directory
    files = manifest.read_manifest(directory)
    seal = manifest.digest((directory / manifest.NAME).read_bytes())
    found = list(manifest.compare(directory).lines())
    wanted = given.manifest_sha256
    if wanted and not seal.startswith(wanted):
        found.insert(0, f"altered: {manifest.NAME}: its SHA-256 is {seal}, not {wanted}")
    _check_signature(given)
    for line in found:
        sys.stdout.write(f"{line}\n")
    if found:
        return DIFFERS
    sys.stdout.write(f"{directory}: {len(files)} files as sealed; {manifest.NAME} {seal}\n")
    return HOLDS


def _print_schema(given: argparse.Namespace) -> int:
    del given
    sys.stdout.write(SCHEMA.read_text(encoding="utf-8"))
    return HOLDS


def _check_signature(given: argparse.Namespace) -> None:
    if given.key:
        signature.verify_by_key(given.directory, given.key)
    if given.allowed_signers:
        signature.verify_by_signers(given.directory, given.allowed_signers, given.identity)
    path: Path = given.directory / manifest.SIGNATURE
    if given.key or given.allowed_signers:
        sys.stdout.write(f"{path}: holds\n")
    elif path.exists():
        # Anybody can seal altered files anew; only the signer can sign them.
        sys.stdout.write(f"{path}: signature not checked; give the signer's key with --key FILE\n")


def _complain(line: str, status: int) -> int:
    sys.stderr.write(f"{line}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m pytest_xsbond.evidence", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="{verify,schema}")
    verify = commands.add_parser("verify", help="check that nothing was altered, taken or added")
    verify.set_defaults(run=_verify)
    schema = commands.add_parser("schema", help="print the schema of what --xsbond-json writes")
    schema.set_defaults(run=_print_schema)
    verify.add_argument("directory", type=Path, metavar="DIR")
    verify.add_argument(
        "--manifest-sha256",
        type=_digest,
        metavar="HEX",
        help=f"the digest of the manifest, as the run printed it, or its first {_ENOUGH} digits",
    )
    verify.add_argument("--key", type=Path, metavar="FILE", help="the public key it was signed by")
    verify.add_argument(
        "--allowed-signers", type=Path, metavar="FILE", help="or a file as ssh-keygen(1) has it"
    )
    verify.add_argument("--identity", default="", help="the principal in that file")
    return parser


def _digest(text: str) -> str:
    """Return the digest of a manifest, or its beginning; argparse tells what is neither."""
    given = text.removesuffix("…").lower()
    if not re.fullmatch(f"[0-9a-f]{{{_ENOUGH},64}}", given):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no SHA-256: give its 64 hex digits, or the first {_ENOUGH} at least"
        )
    return given


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints have this product's exit status for a mistake of the caller."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in a line, and end."""
        self.exit(UNUSABLE, f"{self.prog}: {message}\n")


if __name__ == "__main__":
    sys.exit(main())
