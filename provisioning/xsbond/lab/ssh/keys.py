"""Ed25519 keys for hosts and for the one client, made anew for each lab."""

import io
from dataclasses import dataclass

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key pair in OpenSSH's formats."""

    private: str
    """PEM, as in a file id_ed25519."""
    public: str
    """One line, as in known_hosts and authorized_keys: type and key."""

    def loaded(self) -> paramiko.Ed25519Key:
        """Return the pair as paramiko uses it."""
        return paramiko.Ed25519Key.from_private_key(io.StringIO(self.private))


def new_key() -> Key:
    """Return a new key pair."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return Key(private=private.decode(), public=public.decode())
