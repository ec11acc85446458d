"""Runs a script as a user without privileges, on a machine arranged for it.

The arrangement is a mount namespace of its own: nothing of it is seen outside.
"""

import shlex
import subprocess
import sys
from pathlib import Path

UID = 54321
_NAME = "rigtest"
_PLACE = Path("/mnt")
_PROVISIONING = Path(__file__).parents[3] / "provisioning"


def closed_parent(path: Path) -> Path | None:
    """Return the first directory on the way to a path that others may not pass."""
    parents = reversed(path.parents)
    return next((each for each in parents if not each.stat().st_mode & 0o001), None)


def _arrangement(*, subids: bool, tun: bool) -> list[str]:
    """Return commands of a shell that arrange the machine."""
    prefix = Path(sys.base_prefix)
    user = f"{_NAME}:x:{UID}:{UID}::/tmp:/bin/sh"
    subid = f"{_NAME}:200000:65536" if subids else ""
    lines = [
        f"mount -t tmpfs -o mode=755 tmpfs {_PLACE}",
        f"cd {_PLACE} && mkdir provisioning python",
        f"mount --bind {shlex.quote(str(_PROVISIONING))} provisioning",
        f"{{ cat /etc/passwd; echo {user}; }} > passwd && mount --bind passwd /etc/passwd",
        f"echo {subid} > ids; touch /etc/subuid /etc/subgid",
        "mount --bind ids /etc/subuid; mount --bind ids /etc/subgid",
    ]
    closed = closed_parent(prefix)
    if closed:
        lines += [
            f"mount --bind {prefix} python",
            f"mount -t tmpfs -o mode=755 tmpfs {closed}",
            f"mkdir -p {prefix} && mount --move python {prefix}",
        ]
    if Path("/dev/net/tun").exists():
        mode = "666" if tun else "600"
        lines.append(f"mknod tun c 10 200 && chmod {mode} tun && mount --bind tun /dev/net/tun")
    return lines


def run_as_user(script: str, *, subids: bool, tun: bool) -> subprocess.CompletedProcess[str]:
    """Run Python with this script; it can import the parts of the lab that need no package."""
    interpreter = getattr(sys, "_base_executable", sys.executable)
    command = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", interpreter]
    environment = f"PYTHONPATH={_PLACE}/provisioning HOME=/tmp PYTHONDONTWRITEBYTECODE=1"
    arranged = " && ".join(_arrangement(subids=subids, tun=tun))
    words = f"cd / && exec env {environment} {shlex.join([*command, '-c', script])}"
    return subprocess.run(
        ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", f"{arranged} && {words}"],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
