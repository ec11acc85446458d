"""Programs about files: ls, rm, mkdir, rmdir, touch."""

from xsbond.lab.shell.machine import Process, UsageError
from xsbond.lab.shell.options import parse


def run_ls(process: Process) -> int:
    """List files, then the directories' contents: -1, -a, -d; the C locale's order."""
    options = parse(process.arguments, flags="1adA")
    files, status = process.dom0.files, 0
    names = options.operands or (".",)
    listed, directories = [], []
    for name in names:
        path = process.path(name)
        if not files.exists(path):
            process.complain(f"cannot access {name}: No such file or directory")
            status = 2
        elif files.is_directory(path) and "d" not in options.flags:
            directories.append(name)
        else:
            listed.append(name)
    process.out("".join(f"{name}\n" for name in sorted(listed)))
    for position, name in enumerate(sorted(directories)):
        if len(names) > 1:
            process.out(f"{chr(10) if position or listed else ''}{name}:\n")
        entries = files.entries(process.path(name))
        shown = [entry for entry in entries if options.flags & {"a", "A"} or entry[0] != "."]
        process.out("".join(f"{entry}\n" for entry in shown))
    return status


def run_rm(process: Process) -> int:
    """Remove files; -f says nothing about those that are not there."""
    options = parse(process.arguments, flags="f")
    files, status = process.dom0.files, 0
    for name in options.operands:
        path = process.path(name)
        if path in files.written:
            files.remove(path)
        elif files.exists(path) or "f" not in options.flags:
            reason = (
                "Operation not permitted" if files.exists(path) else "No such file or directory"
            )
            process.complain(f"cannot remove '{name}': {reason}")
            status = 1
    return status


def run_mkdir(process: Process) -> int:
    """Make directories; -p says nothing about those that are there, and makes those above."""
    options = parse(process.arguments, flags="p")
    if not options.operands:
        raise UsageError("missing operand", status=1)
    status = 0
    for name in options.operands:
        try:
            process.dom0.files.make_directory(process.path(name), parents="p" in options.flags)
        except OSError as error:
            process.complain(f"cannot create directory '{name}': {error.strerror}")
            status = 1
    return status


def run_rmdir(process: Process) -> int:
    """Remove directories that are empty."""
    options = parse(process.arguments)
    if not options.operands:
        raise UsageError("missing operand", status=1)
    status = 0
    for name in options.operands:
        try:
            process.dom0.files.remove_directory(process.path(name))
        except OSError as error:
            process.complain(f"failed to remove '{name}': {error.strerror}")
            status = 1
    return status


def run_touch(process: Process) -> int:
    """Create empty files where there are none."""
    status = 0
    for name in parse(process.arguments).operands:
        try:
            process.dom0.files.write(process.path(name), "", append=True)
        except OSError as error:
            process.complain(f"cannot touch '{name}': {error.strerror}")
            status = 1
    return status
