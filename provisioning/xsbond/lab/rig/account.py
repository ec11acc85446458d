"""Files by which root of a host logs in."""

import ctypes
import os
import secrets
from collections.abc import Mapping, Sequence

from xsbond.lab.rig.agent.agent import PATH
from xsbond.lab.rig.values import Access

SHADOW = "/etc/shadow"
AUTHORIZED_KEYS = "/root/.ssh/authorized_keys"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
SSHD_CONFIG = "/etc/ssh/sshd_config"
LOG = "/var/log/secure"
PRIVATE = 0o600
_CRYPT = ("libcrypt.so.1", "libcrypt.so.2")
_METHOD = "$6$rounds=1000$"
"""SHA-512, and the least number of rounds it knows: these passwords live as long as a lab."""
_NEVER = "*"
"""Fits no password, and unlike `!` locks nobody out (shadow(5))."""
_SALT_BYTES = 8


def sshd_command(program: str) -> list[str]:
    """Return what serves one connection on its standard input and output."""
    return [program, "-i", "-f", SSHD_CONFIG, "-E", LOG]


def hashed(password: str) -> str:
    """Return a password as shadow(5) keeps it, by the library sshd judges it with."""
    if not password:
        return _NEVER
    library = _library()
    library.crypt.restype = ctypes.c_char_p
    salt = _METHOD + secrets.token_hex(_SALT_BYTES)
    hashed_one: bytes | None = library.crypt(password.encode(), salt.encode())
    return hashed_one.decode() if hashed_one else _NEVER


def _library() -> ctypes.CDLL:
    for name in _CRYPT:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise OSError(0, "there is no libcrypt on this machine")


def shadow(password: str) -> str:
    """Return /etc/shadow with this password of root."""
    return f"root:{hashed(password)}:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n"


def files_of(access: Access, uid: int, gid: int) -> Mapping[str, tuple[str, int]]:
    """Return path -> text and mode; `uid` is root's, other than 0 if only one id is mapped."""
    return {
        "/etc/passwd": (_passwd(uid, gid), 0o644),
        "/etc/group": (_group(gid), 0o644),
        SHADOW: (shadow(access.password), PRIVATE),
        AUTHORIZED_KEYS: (_lines(access.public_keys), PRIVATE),
        SSHD_CONFIG: (_SSHD, 0o644),
        "/etc/profile.d/xensource.sh": (f"PATH={PATH}\n", 0o644),
        "/root/.bashrc": ("[ -z \"$PS1\" ] || PS1='[\\u@\\h \\W]\\$ '\n", 0o644),
    }


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _passwd(uid: int, gid: int) -> str:
    return _lines(
        [
            f"root:x:{uid}:{gid}:root:/root:/bin/bash",
            "sshd:x:74:74:Privilege-separated SSH:/run/sshd:/usr/sbin/nologin",
            "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin",
        ]
    )


def _group(gid: int) -> str:
    # sshd gives terminals to the group tty, which it may not where only one id is mapped.
    tty = ["tty:x:5:"] if os.geteuid() == 0 or gid == 0 else []
    return _lines([f"root:x:{gid}:", *tty, "sshd:x:74:", "nogroup:x:65534:"])


_SSHD = f"""\
# Each connection has an sshd of its own, started with -i.
HostKey {HOST_KEY}
AuthorizedKeysFile {AUTHORIZED_KEYS}
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
UseDNS no
PrintMotd no
PrintLastLog no
X11Forwarding no
MaxSessions 64
Subsystem sftp internal-sftp
SetEnv PATH={PATH}
"""
