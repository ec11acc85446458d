"""Simple commands: assignments, then a builtin or a program with its words."""

import posixpath
from collections.abc import Mapping, Sequence

from xsbond.lab.shell.language import parameters, words
from xsbond.lab.shell.language.builtins import BUILTINS, NOT_BUILT_IN
from xsbond.lab.shell.language.grammar import ScriptError, UnsupportedError, text_of
from xsbond.lab.shell.language.paths import find_path
from xsbond.lab.shell.language.redirects import REDIRECT, redirect
from xsbond.lab.shell.language.state import FunctionReturn, Shell
from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.machine import NOT_HERE, UNKNOWN, Process, UsageError
from xsbond.lab.shell.streams import Streams

_NOT_EXECUTABLE = 126
_DEEPEST = 40


def run_command(shell: Shell, streams: Streams, node: Node) -> int:
    """Run one simple command."""
    streams = redirect(shell, streams, [n for n in node.children if n.type == REDIRECT])
    shell.substituted = None
    assignments = [n for n in node.children if n.type == "variable_assignment"]
    rest = [n for n in node.children if n.type not in {REDIRECT, "variable_assignment"}]
    argv = words.expand_words(shell, streams, rest)
    values = dict(_assigned(shell, streams, assignment) for assignment in assignments)
    if not argv:
        shell.variables.update(values)
        return shell.substituted or 0
    return _run_words(shell, streams, argv, values)


def _run_words(
    shell: Shell, streams: Streams, argv: Sequence[str], values: Mapping[str, str]
) -> int:
    """Run a command given as words, with some variables added to its environment."""
    shell.control.step()
    name = argv[0]
    if name in shell.functions:
        return _call_function(shell, streams, argv)
    if name in BUILTINS:
        return _run_builtin(shell, streams, argv)
    path = find_path(shell, name)
    if path is None:
        return _refuse(shell, streams, name)
    return _run_program(shell, streams, path, argv, values)


def _call_function(shell: Shell, streams: Streams, argv: Sequence[str]) -> int:
    """Run a function with arguments of its own; everything else is the shell's."""
    if shell.depth >= _DEEPEST:
        raise ScriptError(f"{argv[0]}: functions call each other more than {_DEEPEST} deep")
    before, shell.arguments = shell.arguments, list(argv[1:])
    shell.depth += 1
    try:
        return shell.rules.run(shell, streams, [shell.functions[argv[0]]])
    except FunctionReturn as returned:
        return returned.status
    finally:
        shell.arguments = before
        shell.depth -= 1


def _refuse(shell: Shell, streams: Streams, name: str) -> int:
    """Say why there is no such command."""
    known = "/" in name and shell.machine.dom0.files.exists(posixpath.join(shell.directory, name))
    reason = "Permission denied" if known else "No such file or directory"
    missing = NOT_HERE if name in NOT_BUILT_IN else "command not found"
    streams.stderr.write(f"bash: {name}: {reason if '/' in name else missing}\n")
    return _NOT_EXECUTABLE if known else UNKNOWN


def _run_program(
    shell: Shell, streams: Streams, path: str, argv: Sequence[str], values: Mapping[str, str]
) -> int:
    def run_another(words: Sequence[str], added: Mapping[str, str]) -> int:
        child = shell.fork()
        child.functions = {}
        child.variables.update(added)
        child.exported |= set(added)
        return _run_words(child, streams, words, {})

    process = Process(
        name=posixpath.basename(argv[0]),
        arguments=tuple(argv[1:]),
        environment={**shell.environment(), **values},
        directory=shell.directory,
        streams=streams,
        machine=shell.machine,
        control=shell.control,
        run=run_another,
    )
    try:
        return shell.machine.programs[path](process)
    except UsageError as error:
        process.complain(str(error))
        return error.status


def _run_builtin(shell: Shell, streams: Streams, argv: Sequence[str]) -> int:
    try:
        return BUILTINS[argv[0]](shell, streams, argv[1:])
    except UsageError as error:
        streams.stderr.write(f"bash: {argv[0]}: {error}\n")
        return error.status


def run_brackets(shell: Shell, streams: Streams, node: Node) -> int:
    """Run [ … ], whose words are expanded like any command's."""
    argv = [word for leaf in _leaves(node) for word in _expanded(shell, streams, leaf)]
    return _run_builtin(shell, streams, ["[", *argv, "]"])


def _leaves(node: Node) -> list[Node]:
    """Return the words and operators between the brackets, in their order."""
    found: list[Node] = []
    for child in node.children:
        if child.type.endswith("_expression"):
            found += _leaves(child)
        elif child.type not in {"[", "]"}:
            found.append(child)
    return found


def _expanded(shell: Shell, streams: Streams, leaf: Node) -> list[str]:
    return words.expand_words(shell, streams, [leaf]) if leaf.is_named else [text_of(leaf)]


def _assigned(shell: Shell, streams: Streams, node: Node) -> tuple[str, str]:
    """Return name and value of an assignment; += appends."""
    name = text_of(node.children[0])
    value = node.child_by_field_name("value")
    text = words.expand_text(shell, streams, value) if value else ""
    appends = node.children[1].type == "+="
    return name, (parameters.lookup(shell, name) or "") + text if appends else text


def run_assignments(shell: Shell, streams: Streams, node: Node) -> int:
    """Assign variables; the status is that of the last command substitution."""
    shell.substituted = None
    nodes = node.children if node.type == "variable_assignments" else [node]
    for assignment in nodes:
        name, value = _assigned(shell, streams, assignment)
        shell.variables[name] = value
    return shell.substituted or 0


def run_export(shell: Shell, streams: Streams, node: Node) -> int:
    """Carry out `export`."""
    if len(node.children) == 1 or any(child.type == "word" for child in node.children[1:]):
        raise UnsupportedError(text_of(node))
    for child in node.children[1:]:
        name = text_of(child)
        if child.type == "variable_assignment":
            name, value = _assigned(shell, streams, child)
            shell.variables[name] = value
        shell.exported.add(name)
    return 0


def run_unset(shell: Shell, _: Streams, node: Node) -> int:
    """Forget variables."""
    for child in node.children[1:]:
        shell.variables.pop(text_of(child), None)
        shell.exported.discard(text_of(child))
    return 0
