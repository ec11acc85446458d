"""Subshells: ( … ) and $( … ) (bash(1), Compound Commands and Command Substitution)."""

from collections.abc import Callable

from xsbond.lab.shell.language.state import Shell, ShellExit
from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.streams import Sink, Streams


def in_subshell(shell: Shell, action: Callable[[Shell], int]) -> int:
    """Run something in a copy of the shell; `exit` ends the copy only."""
    try:
        return action(shell.fork())
    except ShellExit as ended:
        return ended.status


def capture(shell: Shell, streams: Streams, node: Node) -> str:
    """Return what the statements of a command substitution print."""
    printed: list[str] = []
    inner, statements = streams.onto(Sink(printed.append)), node.children[1:-1]
    shell.substituted = in_subshell(shell, lambda child: child.rules.run(child, inner, statements))
    return "".join(printed)
