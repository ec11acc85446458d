"""One module stands before the interpreter, so that another interpreter could stand behind it."""

import subprocess
import sys

from tests.support.imports import imports

LANGUAGE = "xsbond.lab.shell.language"
DOOR = "xsbond.lab.shell.session"


def test_only_the_session_knows_the_interpreter() -> None:
    """Programs, SSH and faults know streams, processes and the session."""
    users = {
        name
        for name, imported in imports().items()
        if not name.startswith(LANGUAGE) and any(each.startswith(LANGUAGE) for each in imported)
    }
    assert users == {DOOR}


def test_lab_is_imported_without_the_interpreters_library() -> None:
    """So that a lab can say that it is missing."""
    script = "import sys, xsbond.lab; sys.exit('tree_sitter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
