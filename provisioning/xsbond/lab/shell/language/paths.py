"""Where a program is found: by its path, or by $PATH."""

import posixpath

from xsbond.lab.shell.language.state import Shell


def find_path(shell: Shell, name: str) -> str | None:
    """Return the path of a program, as $PATH finds it; None if there is none."""
    programs = shell.machine.programs
    if "/" in name:
        path = posixpath.join(shell.directory, name)
        return path if path in programs else None
    directories = shell.variables.get("PATH", "").split(":")
    found = (posixpath.join(directory, name) for directory in directories)
    return next((path for path in found if path in programs), None)
