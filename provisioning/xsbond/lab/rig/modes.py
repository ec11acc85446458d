"""How this machine lets a rig be built: as whom, and on which datapath."""

import contextlib
import functools
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PROGRAM_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"
_NAMESPACES = ("--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--mount-proc")
_END_WITH_ME = "--kill-child=SIGKILL"
_TUN = "/dev/net/tun"
_MAPS = {
    "root": (),
    "subuid": ("--user", "--map-root-user", "--map-auto"),
    "ambient": ("--user", "--map-current-user", "--keep-caps"),
}

Mode = Literal["root", "subuid", "ambient"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What a rig stands on."""

    mode: Mode
    """root; subuid: root of a user namespace with many ids; ambient: one id, with capabilities."""
    datapath_type: Literal["netdev", "dummy"]
    """Of Open vSwitch; with `dummy` its bridges have no interfaces, and stand-ins are shown."""

    @property
    def unshare(self) -> list[str]:
        """Return the command that starts a program in namespaces of its own."""
        program = find("unshare") or "unshare"
        return [program, *_MAPS[self.mode], *_NAMESPACES, _END_WITH_ME]

    @property
    def ids(self) -> tuple[int, int]:
        """Return the user and group id of root in the namespaces."""
        return (os.geteuid(), os.getegid()) if self.mode == "ambient" else (0, 0)


def find(program: str) -> str | None:
    """Return the path of a program, looked for where administrators' programs are, too."""
    return shutil.which(program, path=PROGRAM_PATH)


def footing() -> Footing:
    """Return the best this machine and user allow; whether that suffices, `missing` tells."""
    return Footing(mode=_mode(), datapath_type="netdev" if _may_tun() else "dummy")


def _mode() -> Mode:
    if os.geteuid() == 0:
        return "root"
    return "subuid" if _has_subids() and _can_map() else "ambient"


def _has_subids() -> bool:
    """Tell whether newuidmap may map more ids than the user's own."""
    owners = [str(os.geteuid())]
    with contextlib.suppress(KeyError):
        owners.append(pwd.getpwuid(os.geteuid()).pw_name)
    return all(
        any(line.split(":")[0] in owners for line in _lines(Path("/etc", file)))
        for file in ("subuid", "subgid")
    ) and all(find(program) for program in ("newuidmap", "newgidmap"))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


@functools.cache
def _can_map() -> bool:
    """Tell whether unshare(1) and newuidmap(1) get along: it needs util-linux 2.38, and set-uid."""
    command = [find("unshare") or "unshare", *_MAPS["subuid"], "true"]
    try:
        return _status(command) == 0
    except OSError:
        return False


def _status(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603 - ours


def _may_tun() -> bool:
    try:
        os.close(os.open(_TUN, os.O_RDWR))
    except OSError:
        return False
    return True
