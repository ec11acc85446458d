"""The file system of a host: its own where it writes, this machine's programs read-only."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xsbond.lab.rig.agent import kernel

NEW = Path("/run/root")
"""Where a host's root is put together, in its own view of the agent's /run."""
_LOWER = Path("/run/lower")
"""Copies of what an overlay cannot have below it."""
_SHARED = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
_OVERLAID = ("etc", "usr/bin", "usr/sbin")
"""This machine's below, the host's own above."""
_OWN = ("boot", "home", "media", "mnt", "opt", "root", "srv", "var")
"""Empty at first; like what is overlaid they outlive a crash."""
_VOLATILE = {"run": "0755", "tmp": "1777"}
_VAR = ("lib", "log/openvswitch", "tmp", "spool", "cache")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_HIDDEN = ("acpi", "kcore", "keys", "latency_stats", "scsi", "sched_debug", "timer_list")
"""Of /proc: about the machine, not about the namespaces."""
_FIXED = ("bus", "fs", "irq", "sys", "sysrq-trigger")
"""Of /proc: the machine's settings."""
_DISK = "64m"
"""What a host can write before its disk is full, and this machine's memory is not."""
_NO_CODE = kernel.NO_SUID | kernel.NO_DEVICES


def build(own: Path, spec: Mapping[str, Any]) -> None:
    """Make the root of a host whose own files are kept in `own`, and move into it.

    `spec["visible"]` are directories of this machine to be seen besides the usual ones, and
    `spec["binaries"]` maps a path in the host to the program of this machine that is seen there.
    New file systems for /proc and /sys are mounted while the old ones are still to be seen, for
    without them Linux refuses new ones in a user namespace (mount_too_revealing).
    """
    NEW.mkdir(exist_ok=True)
    mount_memory(NEW)
    for name in _SHARED:
        _share(Path("/", name))
    for name in _OVERLAID:
        _overlay(name, own)
    for name in _OWN:
        _bind(_made(own / name), NEW / name)
    for name, mode in _VOLATILE.items():
        mount_memory(_made(NEW / name), mode)
    for directory in spec["visible"]:
        _show(Path(directory))
    for place, program in spec["binaries"].items():
        _show_at(Path(program), NEW / place.lstrip("/"))
    _fill_var(NEW / "var")
    _devices(NEW / "dev")
    _views_of_the_kernel()
    _enter()


def mount_memory(place: Path, mode: str = "0755") -> None:
    """Mount memory that files of a host can be written to, no more than a disk would take."""
    kernel.mount("tmpfs", place, "tmpfs", _NO_CODE, f"mode={mode},size={_DISK}")


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _bind(source: Path, target: Path) -> None:
    kernel.mount(str(source), _made(target), flags=kernel.BIND | kernel.RECURSIVE)


def _share(directory: Path) -> None:
    """Show a directory of this machine, read-only, mounts in it included."""
    target = NEW / directory.name
    if directory.is_symlink():
        target.symlink_to(directory.readlink())
    elif directory.is_dir():
        _bind(directory, target)
        kernel.make_read_only(target)


def copy_what_cannot_lie_below() -> None:
    """Copy the machine's /etc where an overlay above it would not do.

    In a user namespace nobody may write to directories of the real root, though they are only
    seen through an overlay; and no overlay takes a directory with mounts in it, which /etc is in
    containers (has_locked_children, in the kernel's fs/namespace.c).
    """
    if kernel.in_user_namespace():
        # What this user may not read, no host needs.
        with contextlib.suppress(shutil.Error):
            shutil.copytree("/etc", _LOWER / "etc", symlinks=True)


def _overlay(name: str, own: Path) -> None:
    upper, work = _made(own / name), _made(own / ".work" / name)
    lower = _LOWER / name if (_LOWER / name).exists() else Path("/", name)
    options = f"lowerdir={lower},upperdir={upper},workdir={work}"
    if kernel.in_user_namespace():
        options += ",userxattr"
    kernel.mount("overlay", _made(NEW / name), "overlay", 0, options)


def _show(directory: Path) -> None:
    """Show a directory of this machine at its own place, if that is not to be seen anyway."""
    if directory.parts[1] in _SHARED:
        return
    target = NEW.joinpath(*directory.parts[1:])
    _bind(directory, target)
    kernel.make_read_only(target)


def _show_at(program: Path, target: Path) -> None:
    _made(target.parent)
    target.touch()
    kernel.mount(str(program), target, flags=kernel.BIND)
    kernel.make_read_only(target)


def _fill_var(var: Path) -> None:
    for name in _VAR:
        _made(var / name)
    (var / "tmp").chmod(0o1777)
    for name, target in (("run", "/run"), ("lock", "/run/lock")):
        with contextlib.suppress(FileExistsError):
            (var / name).symlink_to(target)
    for name in ("lock", "sshd", "openvswitch"):
        _made(NEW / "run" / name)


def _devices(dev: Path) -> None:
    kernel.mount("tmpfs", _made(dev), "tmpfs", kernel.NO_SUID, "mode=0755")
    for name in (*_DEVICES, "net/tun"):
        if Path("/dev", name).exists():
            _made((dev / name).parent)
            (dev / name).touch()
            kernel.mount(f"/dev/{name}", dev / name, flags=kernel.BIND)
    for name, target in _LINKS.items():
        (dev / name).symlink_to(target)
    options = "newinstance,ptmxmode=0666,mode=0620"
    kernel.mount("devpts", _made(dev / "pts"), "devpts", kernel.NO_SUID | kernel.NO_EXEC, options)
    (dev / "ptmx").symlink_to("pts/ptmx")
    mount_memory(_made(dev / "shm"), "1777")


def _views_of_the_kernel() -> None:
    flags = _NO_CODE | kernel.NO_EXEC
    kernel.mount("sysfs", _made(NEW / "sys"), "sysfs", flags | kernel.READ_ONLY)
    proc = _made(NEW / "proc")
    kernel.mount("proc", proc, "proc", flags)
    fixed = [proc / name for name in _FIXED if (proc / name).exists()]
    for place in fixed:
        kernel.mount(str(place), place, flags=kernel.BIND)
    # A mount of its own: what belongs to the network namespace stays open.
    kernel.mount(str(proc / "sys/net"), proc / "sys/net", flags=kernel.BIND)
    for place in fixed:
        kernel.mount("none", place, flags=kernel.REMOUNT | kernel.BIND | kernel.READ_ONLY | flags)
    for name in _HIDDEN:
        if (proc / name).is_dir():
            kernel.mount("tmpfs", proc / name, "tmpfs", flags | kernel.READ_ONLY)
        elif (proc / name).exists():
            kernel.mount("/dev/null", proc / name, flags=kernel.BIND)


def _enter() -> None:
    """Move into the new root and let go of the old one."""
    old = _made(NEW / "old")
    # pivot_root(2) has no wrapper in the C library, and its number differs between machines.
    command = ["pivot_root", os.fspath(NEW), os.fspath(old)]
    ran = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - ours
    if ran.returncode:
        raise OSError(0, ran.stderr.strip())
    os.chdir("/")
    kernel.detach(Path("/old"))
    Path("/old").rmdir()
    kernel.mount("none", Path("/"), flags=kernel.REMOUNT | kernel.BIND | kernel.READ_ONLY)
