"""Statements: lists, pipelines, loops, conditions, functions (bash(1), SHELL GRAMMAR)."""

import io
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from tree_sitter import Node

from xsbond.lab.shell import background, simple, words
from xsbond.lab.shell.conditions import run_double_brackets, run_single_brackets
from xsbond.lab.shell.grammar import UnsupportedError, text_of
from xsbond.lab.shell.machine import UsageError
from xsbond.lab.shell.patterns import glob_regex
from xsbond.lab.shell.redirects import REDIRECTS, redirect
from xsbond.lab.shell.state import CommandFailure, LoopJump, Shell, ShellExit
from xsbond.lab.shell.streams import Sink, Streams

Rule = Callable[[Shell, Streams, Node], int]
_PUNCTUATION = frozenset({";", ";;", "&", "\n", "comment", "heredoc_body", "heredoc_end"})


def run_all(shell: Shell, streams: Streams, nodes: Iterable[Node]) -> int:
    """Run statements one after the other; the status is the last one's.

    What a & follows is started in the background.
    """
    status, listed = 0, list(nodes)
    for node, follower in itertools.zip_longest(listed, listed[1:]):
        if node.type in _PUNCTUATION:
            continue
        if follower is not None and follower.type == "&":
            status = background.start(shell, streams, node, run)
        else:
            status = run(shell, streams, node)
    return status


def run(shell: Shell, streams: Streams, node: Node) -> int:
    """Run one statement and return its exit status, which becomes $?."""
    shell.control.step()
    rule = _RULES.get(node.type)
    if rule is None:
        raise UnsupportedError(f"the lab's shell does not know this statement: `{text_of(node)}'")
    try:
        status = rule(shell, streams, node)
    except CommandFailure as failure:
        streams.stderr.write(f"bash: {failure}\n")
        status = 1
        if "unbound variable" in str(failure):
            raise ShellExit(status) from failure
    shell.status = status
    if status and "e" in shell.options and not shell.tested and node.type in _COUNTS_FOR_ERREXIT:
        raise ShellExit(status)
    return status


def _program(shell: Shell, streams: Streams, node: Node) -> int:
    return run_all(shell, streams, node.children)


def _group(shell: Shell, streams: Streams, node: Node) -> int:
    return run_all(shell, streams, node.children[1:-1])


def _subshell(shell: Shell, streams: Streams, node: Node) -> int:
    return in_subshell(shell, lambda child: run_all(child, streams, node.children[1:-1]))


def in_subshell(shell: Shell, action: Callable[[Shell], int]) -> int:
    """Run something in a copy of the shell; `exit` ends the copy only."""
    try:
        return action(shell.fork())
    except ShellExit as ended:
        return ended.status


def capture(shell: Shell, streams: Streams, node: Node) -> str:
    """Return what the statements of a command substitution print."""
    printed: list[str] = []
    inner = streams.onto(Sink(printed.append))
    statements = node.children[1:-1]
    if [child.type for child in statements] == ["file_redirect"]:
        return redirect(shell, inner, statements).stdin.read()
    shell.substituted = in_subshell(shell, lambda child: run_all(child, inner, statements))
    return "".join(printed)


def _list(shell: Shell, streams: Streams, node: Node) -> int:
    left, symbol, right = (child for child in node.children if child.type not in {"\n", "comment"})
    with shell.testing():
        status = run(shell, streams, left)
    return run(shell, streams, right) if (status == 0) == (symbol.type == "&&") else status


def _negated(shell: Shell, streams: Streams, node: Node) -> int:
    with shell.testing():
        return int(run(shell, streams, node.children[-1]) == 0)


def _pipeline(shell: Shell, streams: Streams, node: Node) -> int:
    """Run the commands one after the other, each on all that the one before printed."""
    commands = [child for child in node.children if child.is_named and child.type != "comment"]
    if any(child.type == "|&" for child in node.children):
        raise UnsupportedError("the lab's shell does not know |&: write 2>&1 |")
    statuses: list[int] = []
    stdin = streams.stdin
    for command in commands:
        printed: list[str] = []
        stdout = streams.stdout if command == commands[-1] else Sink(printed.append)
        inner = Streams(stdin=stdin, stdout=stdout, stderr=streams.stderr)
        statuses.append(_stage(shell, inner, command))
        stdin = io.StringIO("".join(printed))
    failed = [status for status in statuses if status]
    return failed[-1] if "pipefail" in shell.options and failed else statuses[-1]


def _stage(shell: Shell, streams: Streams, node: Node) -> int:
    def tested(child: Shell) -> int:
        with child.testing():
            return run(child, streams, node)

    return in_subshell(shell, tested)


def _redirected(shell: Shell, streams: Streams, node: Node) -> int:
    """Run a statement with its streams elsewhere.

    The grammar hangs a redirection on the whole of `a && b > file` or `a | b > file`, where it
    belongs to the last command.
    """
    redirections = [child for child in node.children if child.type in REDIRECTS]
    body = node.children[0] if node.children[0].type not in REDIRECTS else None
    if body is None:
        redirect(shell, streams, redirections)
        return 0
    return _run_redirected(shell, streams, body, redirections)


def _run_redirected(
    shell: Shell, streams: Streams, body: Node, redirections: Sequence[Node]
) -> int:
    if body.type == "list":
        left, symbol, right = body.children
        with shell.testing():
            status = run(shell, streams, left)
        if (status == 0) != (symbol.type == "&&"):
            return status
        return _run_redirected(shell, streams, right, redirections)
    if body.type == "pipeline":
        return _redirected_pipeline(shell, streams, body, redirections)
    if body.type == "negated_command":
        with shell.testing():
            return int(_run_redirected(shell, streams, body.children[-1], redirections) == 0)
    return run(shell, redirect(shell, streams, redirections), body)


def _redirected_pipeline(
    shell: Shell, streams: Streams, body: Node, redirections: Sequence[Node]
) -> int:
    """Run a pipeline whose last command alone is redirected."""
    *first, last = [child for child in body.children if child.is_named]
    stdin = streams.stdin
    for command in first:
        printed: list[str] = []
        inner = Streams(stdin=stdin, stdout=Sink(printed.append), stderr=streams.stderr)
        _stage(shell, inner, command)
        stdin = io.StringIO("".join(printed))
    inner = Streams(stdin=stdin, stdout=streams.stdout, stderr=streams.stderr)
    return _stage(shell, redirect(shell, inner, redirections), last)


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
    if name is None or body is None or node.children[0].type != "for":
        raise UnsupportedError(f"the lab's shell does not know this loop: `{text_of(node)}'")
    has_list = any(child.type == "in" for child in node.children)
    values = node.children_by_field_name("value")
    items = words.expand_words(shell, streams, values) if has_list else list(shell.arguments)
    status, ends = 0, False
    for item in items:
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


def _case(shell: Shell, streams: Streams, node: Node) -> int:
    value = node.child_by_field_name("value")
    assert value is not None
    text = words.expand_text(shell, streams, value)
    for item in (child for child in node.children if child.type == "case_item"):
        patterns = item.children_by_field_name("value")
        if any(_case_matches(shell, streams, pattern, text) for pattern in patterns):
            end = next(n for n, child in enumerate(item.children) if child.type == ")")
            return run_all(shell, streams, item.children[end + 1 :])
    return 0


def _case_matches(shell: Shell, streams: Streams, pattern: Node, text: str) -> bool:
    expression = glob_regex(words.expand_pattern(shell, streams, pattern))
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _test(shell: Shell, streams: Streams, node: Node) -> int:
    single = node.children[0].type == "["
    rule = run_single_brackets if single else run_double_brackets
    try:
        return int(not rule(shell, streams, node))
    except UsageError as error:
        streams.stderr.write(f"bash: {'[' if single else '[['}: {error}\n")
        return error.status


def _function(shell: Shell, _: Streams, node: Node) -> int:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    assert name is not None
    assert body is not None
    shell.functions[text_of(name)] = body
    return 0


_RULES: Mapping[str, Rule] = {
    "program": _program,
    "list": _list,
    "pipeline": _pipeline,
    "negated_command": _negated,
    "redirected_statement": _redirected,
    "compound_statement": _group,
    "subshell": _subshell,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "case_statement": _case,
    "test_command": _test,
    "function_definition": _function,
    "command": simple.run_command,
    "variable_assignment": simple.run_assignments,
    "variable_assignments": simple.run_assignments,
    "declaration_command": simple.run_declaration,
    "unset_command": simple.run_unset,
}
_COUNTS_FOR_ERREXIT = frozenset(
    {"command", "test_command", "subshell", "pipeline", "variable_assignment", "list"}
)
"""Statements after which `set -e` looks at the status."""
