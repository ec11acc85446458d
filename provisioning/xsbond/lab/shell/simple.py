"""Simple commands: assignments, then a function, a builtin or a program with its words."""

import posixpath
from collections.abc import Mapping, Sequence

from tree_sitter import Node

from xsbond.lab.shell import parameters, statements, words
from xsbond.lab.shell.builtins import BUILTINS
from xsbond.lab.shell.grammar import UnsupportedError, text_of
from xsbond.lab.shell.machine import Process, Program, UsageError
from xsbond.lab.shell.redirects import REDIRECTS, redirect
from xsbond.lab.shell.state import CommandFailure, FunctionReturn, Shell
from xsbond.lab.shell.streams import Streams

NOT_FOUND, NOT_EXECUTABLE = 127, 126
_DEEPEST = 40


def run_command(shell: Shell, streams: Streams, node: Node) -> int:
    """Run one simple command."""
    streams = redirect(shell, streams, [n for n in node.children if n.type in REDIRECTS])
    shell.substituted = None
    assignments = [n for n in node.children if n.type == "variable_assignment"]
    rest = [n for n in node.children if n.type not in REDIRECTS and n.type != "variable_assignment"]
    argv = words.expand_words(shell, streams, rest)
    values = dict(_assigned(shell, streams, assignment) for assignment in assignments)
    if not argv:
        shell.variables.update(values)
        return shell.substituted or 0
    return run_words(shell, streams, argv, values)


def run_words(
    shell: Shell, streams: Streams, argv: Sequence[str], values: Mapping[str, str] | None = None
) -> int:
    """Run a command given as words, with some variables added to its environment."""
    shell.control.step()
    name = argv[0]
    if name in shell.functions:
        return _call_function(shell, streams, argv)
    if name in BUILTINS:
        return _run_builtin(shell, streams, argv)
    program = find_program(shell, name)
    if program is None:
        known = "/" in name and shell.machine.dom0.files.exists(name)
        reason = "Permission denied" if known else "No such file or directory"
        text = reason if "/" in name else "command not found"
        streams.stderr.write(f"bash: {name}: {text}\n")
        return NOT_EXECUTABLE if known else NOT_FOUND
    return _run_program(shell, streams, program, argv, values or {})


def find_path(shell: Shell, name: str) -> str | None:
    """Return the path of a program, as $PATH finds it; None if there is none."""
    programs = shell.machine.programs
    if "/" in name:
        path = posixpath.join(shell.directory, name)
        return path if path in programs else None
    directories = shell.variables.get("PATH", "").split(":")
    found = (posixpath.join(directory, name) for directory in directories)
    return next((path for path in found if path in programs), None)


def find_program(shell: Shell, name: str) -> Program | None:
    """Return the program of this name."""
    path = find_path(shell, name)
    return shell.machine.programs[path] if path else None


def _run_program(
    shell: Shell,
    streams: Streams,
    program: Program,
    argv: Sequence[str],
    values: Mapping[str, str],
) -> int:
    def run_another(words: Sequence[str], added: Mapping[str, str]) -> int:
        child = shell.fork()
        child.functions = {}
        child.variables.update(added)
        child.exported |= set(added)
        return run_words(child, streams, words)

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
        return program(process)
    except UsageError as error:
        process.complain(str(error))
        return error.status


def _run_builtin(shell: Shell, streams: Streams, argv: Sequence[str]) -> int:
    try:
        return BUILTINS[argv[0]](shell, streams, argv[1:])
    except UsageError as error:
        streams.stderr.write(f"bash: {argv[0]}: {error}\n")
        return error.status


def _call_function(shell: Shell, streams: Streams, argv: Sequence[str]) -> int:
    """Run a function with arguments of its own; everything else is the shell's."""
    if len(shell.hidden) >= _DEEPEST:
        raise UnsupportedError(f"functions call each other more than {_DEEPEST} deep: {argv[0]}")
    before, shell.arguments = shell.arguments, list(argv[1:])
    shell.in_function += 1
    shell.hidden.append({})
    try:
        return statements.run(shell, streams, shell.functions[argv[0]])
    except FunctionReturn as returned:
        return returned.status
    finally:
        shell.arguments = before
        shell.in_function -= 1
        _restore(shell, shell.hidden.pop())


def _restore(shell: Shell, hidden: Mapping[str, str | None]) -> None:
    """Give variables the values they had before they were local."""
    for name, value in hidden.items():
        if value is None:
            shell.variables.pop(name, None)
        else:
            shell.variables[name] = value


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


def run_declaration(shell: Shell, streams: Streams, node: Node) -> int:
    """Carry out `export` or `local`."""
    keyword = node.children[0].type
    if keyword not in {"export", "local"} or any(n.type == "word" for n in node.children[1:]):
        raise UnsupportedError(f"the lab's shell does not know this declaration: `{text_of(node)}'")
    for child in node.children[1:]:
        name, value = text_of(child), None
        if child.type == "variable_assignment":
            name, value = _assigned(shell, streams, child)
        if keyword == "export":
            shell.exported.add(name)
        elif not shell.hidden:
            raise CommandFailure("local: can only be used in a function")
        else:
            shell.hidden[-1].setdefault(name, shell.variables.pop(name, None))
        if value is not None:
            shell.variables[name] = value
    return 0


def run_unset(shell: Shell, _: Streams, node: Node) -> int:
    """Forget variables, or functions of that name."""
    for child in node.children[1:]:
        name = text_of(child)
        if shell.variables.pop(name, None) is None:
            shell.functions.pop(name, None)
        shell.exported.discard(name)
    return 0
