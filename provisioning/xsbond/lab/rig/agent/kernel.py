"""System calls that Python does not offer: namespaces, mounts, capabilities."""

import ctypes
import os
from pathlib import Path

# sched.h
NEW_MOUNTS, NEW_HOSTNAME, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_PROCESSES, NEW_NETWORK = 0x20000000, 0x40000000
# sys/mount.h
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE = 32, 4096, 16384, 1 << 18
_DETACH = 2
# linux/mount.h; the number of mount_setattr is the same on all architectures but Alpha.
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _ATTR_READ_ONLY = 442, -100, 0x8000, 1
# linux/prctl.h
_DROP_BOUNDING, _AMBIENT, _AMBIENT_LOWER = 24, 47, 3

_KEPT = frozenset(
    {
        0,  # CAP_CHOWN
        1,  # CAP_DAC_OVERRIDE
        3,  # CAP_FOWNER
        4,  # CAP_FSETID
        5,  # CAP_KILL
        6,  # CAP_SETGID
        7,  # CAP_SETUID
        8,  # CAP_SETPCAP
        10,  # CAP_NET_BIND_SERVICE
        11,  # CAP_NET_BROADCAST
        12,  # CAP_NET_ADMIN
        13,  # CAP_NET_RAW
        14,  # CAP_IPC_LOCK
        18,  # CAP_SYS_CHROOT
        23,  # CAP_SYS_NICE
        29,  # CAP_AUDIT_WRITE
        31,  # CAP_SETFCAP
    }
)
"""Of linux/capability.h: what a host's root needs for its own network and its own users.

CAP_SYS_ADMIN is not among them, or a remount would open the real file system;
CAP_DAC_READ_SEARCH is not, for open_by_handle_at(2) looks behind mounts;
CAP_MKNOD and CAP_SYS_RAWIO would reach the disks themselves.
"""

_ALL_IDS = ["0", "0", "4294967295"]

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def in_user_namespace() -> bool:
    """Tell whether user ids are not those of the machine (user_namespaces(7))."""
    return Path("/proc/self/uid_map").read_text(encoding="ascii").split() != _ALL_IDS


def unshare(flags: int) -> None:
    """Leave the namespaces named by the flags for new ones."""
    _check(_libc.unshare(flags), "unshare")


def mount(source: str, target: Path, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a file system, or bind a tree; OSError names the target."""
    result = _libc.mount(
        source.encode(),
        os.fsencode(target),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _check(result, f"mount {kind or 'a part of the file system'} on {target}")


def detach(target: Path) -> None:
    """Take a tree of mounts away; who uses it still has it."""
    _check(_libc.umount2(os.fsencode(target), _DETACH), f"umount {target}")


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def make_read_only(target: Path) -> None:
    """Make a mount and all mounts below it read-only (mount_setattr(2), Linux 5.12)."""
    attributes = _MountAttributes(attr_set=_ATTR_READ_ONLY)
    result = _libc.syscall(
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE),
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    _check(result, f"mount_setattr {target}")


def limit_children() -> None:
    """Let programs started from now on have no capability but those in `_KEPT`."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
    for capability in set(range(last + 1)) - _KEPT:
        _check(_libc.prctl(_DROP_BOUNDING, capability, 0, 0, 0), "prctl PR_CAPBSET_DROP")
        # Without user id 0 it is the ambient set that survives execve.
        _check(_libc.prctl(_AMBIENT, _AMBIENT_LOWER, capability, 0, 0), "prctl PR_CAP_AMBIENT")
