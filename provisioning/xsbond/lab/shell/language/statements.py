"""Statements: lists, pipelines, loops, conditions (bash(1), SHELL GRAMMAR)."""

import io
import itertools
from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.shell.language import background, simple, words
from xsbond.lab.shell.language.grammar import UnsupportedError, text_of
from xsbond.lab.shell.language.redirects import REDIRECT, redirect
from xsbond.lab.shell.language.state import (
    CommandFailure,
    LoopJump,
    Rules,
    Shell,
    ShellExit,
    UnboundVariable,
)
from xsbond.lab.shell.language.subshell import in_subshell
from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.streams import Sink, Streams

Rule = Callable[[Shell, Streams, Node], int]
_PUNCTUATION = frozenset({";", "&", "\n", "comment"})


def run_all(shell: Shell, streams: Streams, nodes: Sequence[Node]) -> int:
    """Run statements one after the other; the status is the last one's.

    What a & follows is started in the background.
    """
    status = 0
    for node, follower in itertools.zip_longest(nodes, nodes[1:]):
        if node.type in _PUNCTUATION:
            continue
        if follower is not None and follower.type == "&":
            status = background.start(shell, streams, node)
        else:
            status = run(shell, streams, node)
    return status


def run(shell: Shell, streams: Streams, node: Node) -> int:
    """Run one statement and return its exit status, which becomes $?."""
    shell.control.step()
    rule = _RULES.get(node.type)
    if rule is None:
        raise UnsupportedError(text_of(node))
    try:
        shell.status = rule(shell, streams, node)
    except CommandFailure as failure:
        streams.stderr.write(f"bash: {failure}\n")
        shell.status = 1
        if isinstance(failure, UnboundVariable):
            raise ShellExit(shell.status) from failure
    if shell.status and "e" in shell.options and not shell.tested and node.type in _COUNTS:
        raise ShellExit(shell.status)
    return shell.status


def _group(shell: Shell, streams: Streams, node: Node) -> int:
    return run_all(shell, streams, node.children[1:-1])


def _subshell(shell: Shell, streams: Streams, node: Node) -> int:
    return in_subshell(shell, lambda child: run_all(child, streams, node.children[1:-1]))


def _sides(node: Node) -> tuple[Node, Node, Node]:
    """Return left side, && or ||, and right side of a list."""
    left, symbol, right = (child for child in node.children if child.type not in {"\n", "comment"})
    return left, symbol, right


def _list(shell: Shell, streams: Streams, node: Node) -> int:
    left, symbol, right = _sides(node)
    with shell.testing():
        status = run(shell, streams, left)
    return run(shell, streams, right) if (status == 0) == (symbol.type == "&&") else status


def _negated(shell: Shell, streams: Streams, node: Node) -> int:
    with shell.testing():
        return int(run(shell, streams, node.children[-1]) == 0)


def _stages(node: Node) -> list[Node]:
    """Return the commands of a pipeline."""
    return [child for child in node.children if child.is_named and child.type != "comment"]


def _pipeline(shell: Shell, streams: Streams, node: Node) -> int:
    """Run the commands one after the other, each on all that the one before printed."""
    return _run_stages(shell, streams, _stages(node), [])


def _run_stages(
    shell: Shell, streams: Streams, commands: Sequence[Node], redirections: Sequence[Node]
) -> int:
    """Run a pipeline whose last command alone is redirected."""
    *first, last = commands
    stdin = streams.stdin
    for command in first:
        printed: list[str] = []
        inner = Streams(stdin=stdin, stdout=Sink(printed.append), stderr=streams.stderr)
        _stage(shell, inner, command)
        stdin = io.StringIO("".join(printed))
    inner = Streams(stdin=stdin, stdout=streams.stdout, stderr=streams.stderr)
    return _stage(shell, redirect(shell, inner, redirections), last)


def _stage(shell: Shell, streams: Streams, node: Node) -> int:
    with shell.testing():
        return in_subshell(shell, lambda child: run(child, streams, node))


def _redirected(shell: Shell, streams: Streams, node: Node) -> int:
    """Run a statement with its streams elsewhere.

    The grammar hangs a redirection on the whole of `a && b > file` or `a | b > file`, where it
    belongs to the last command.
    """
    redirections = [child for child in node.children if child.type == REDIRECT]
    if node.children[0].type == REDIRECT:
        redirect(shell, streams, redirections)
        return 0
    return _run_redirected(shell, streams, node.children[0], redirections)


def _run_redirected(
    shell: Shell, streams: Streams, body: Node, redirections: Sequence[Node]
) -> int:
    if body.type == "list":
        left, symbol, right = _sides(body)
        with shell.testing():
            status = run(shell, streams, left)
        if (status == 0) != (symbol.type == "&&"):
            return status
        return _run_redirected(shell, streams, right, redirections)
    if body.type == "pipeline":
        return _run_stages(shell, streams, _stages(body), redirections)
    if body.type == "negated_command":
        with shell.testing():
            return int(_run_redirected(shell, streams, body.children[-1], redirections) == 0)
    return run(shell, redirect(shell, streams, redirections), body)


def _if(shell: Shell, streams: Streams, node: Node) -> int:
    """Run the first branch whose condition holds; the status is 0 if there is none."""
    branches = [node, *(child for child in node.children if child.type == "elif_clause")]
    for branch in branches:
        condition, body = _split_at(branch, "then")
        with shell.testing():
            status = run_all(shell, streams, condition)
        if status == 0:
            return run_all(shell, streams, body)
    for child in node.children:
        if child.type == "else_clause":
            return run_all(shell, streams, child.children[1:])
    return 0


def _split_at(node: Node, keyword: str) -> tuple[list[Node], list[Node]]:
    """Return what stands before and behind a keyword, other clauses and the ends left out."""
    ends = {"if", "elif", "fi", "elif_clause", "else_clause"}
    children = [child for child in node.children if child.type not in ends]
    middle = next(n for n, child in enumerate(children) if child.type == keyword)
    return children[:middle], children[middle + 1 :]


def _turn(shell: Shell, streams: Streams, body: Node) -> tuple[int, bool]:
    """Run a loop's body once; return its status and whether the loop ends."""
    shell.control.step()
    try:
        return run_all(shell, streams, body.children[1:-1]), False
    except LoopJump as jump:
        if jump.levels > 1:
            raise LoopJump(jump.levels - 1, ends=jump.ends) from jump
        return 0, jump.ends


def _for(shell: Shell, streams: Streams, node: Node) -> int:
    name = node.child_by_field_name("variable")
    body = node.child_by_field_name("body")
    if name is None or body is None or all(child.type != "in" for child in node.children):
        raise UnsupportedError(text_of(node))
    status, ends = 0, False
    for item in words.expand_words(shell, streams, node.children_by_field_name("value")):
        shell.variables[text_of(name)] = item
        status, ends = _turn(shell, streams, body)
        if ends:
            break
    return status


def _while(shell: Shell, streams: Streams, node: Node) -> int:
    body = node.child_by_field_name("body")
    assert body is not None
    condition = node.children_by_field_name("condition")
    wanted, status, ends = node.children[0].type == "while", 0, False
    while not ends:
        with shell.testing():
            holds = run_all(shell, streams, condition) == 0
        if holds != wanted:
            break
        status, ends = _turn(shell, streams, body)
    return status


def _function(shell: Shell, _: Streams, node: Node) -> int:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    assert name is not None
    assert body is not None
    shell.functions[text_of(name)] = body
    return 0


_RULES: Mapping[str, Rule] = {
    "list": _list,
    "pipeline": _pipeline,
    "negated_command": _negated,
    "redirected_statement": _redirected,
    "compound_statement": _group,
    "subshell": _subshell,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "function_definition": _function,
    "test_command": simple.run_brackets,
    "command": simple.run_command,
    "variable_assignment": simple.run_assignments,
    "variable_assignments": simple.run_assignments,
    "declaration_command": simple.run_export,
    "unset_command": simple.run_unset,
}
_COUNTS = frozenset(
    {"command", "test_command", "subshell", "pipeline", "variable_assignment", "list"}
)
"""Statements after which `set -e` looks at the status."""
RULES = Rules(run=run_all, expand=words.expand)
