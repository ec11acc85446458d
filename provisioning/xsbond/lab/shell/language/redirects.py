"""Redirections: where a command's streams lead (bash(1), REDIRECTION)."""

import io
import posixpath
from collections.abc import Iterable

from xsbond.lab.shell.language import words
from xsbond.lab.shell.language.grammar import UnsupportedError, text_of
from xsbond.lab.shell.language.state import CommandFailure, Shell
from xsbond.lab.shell.language.tree import Node
from xsbond.lab.shell.streams import NOWHERE, Input, Output, Sink, Streams

_STDIN, _STDOUT, _STDERR = "0", "1", "2"
_WRITES = frozenset({">", ">>", ">|", "&>", "&>>"})
_BOTH = frozenset({"&>", "&>>"})
REDIRECT = "file_redirect"


def redirect(shell: Shell, streams: Streams, nodes: Iterable[Node]) -> Streams:
    """Return the streams after all redirections, applied from left to right.

    Raises CommandFailure if a file cannot be opened.
    """
    for node in nodes:
        streams = _file(shell, streams, node)
    return streams


def _file(shell: Shell, streams: Streams, node: Node) -> Streams:
    descriptor, operator, target = _parts(shell, streams, node)
    if operator == "<":
        return _with(streams, descriptor or _STDIN, _reader(shell, target), node)
    if operator in {">&-", "<&-"}:
        closed: Input | Output = io.StringIO() if operator == "<&-" else NOWHERE
        default = _STDIN if operator == "<&-" else _STDOUT
        return _with(streams, descriptor or default, closed, node)
    if operator == ">&" and target in {_STDOUT, _STDERR}:
        source = streams.stdout if target == _STDOUT else streams.stderr
        return _with(streams, descriptor or _STDOUT, source, node)
    if operator == ">&" and not target.isdigit() and not descriptor:
        operator = "&>"
    if operator not in _WRITES:
        raise UnsupportedError(text_of(node))
    output = _writer(shell, target, append=operator.endswith(">>"))
    streams = _with(streams, descriptor or _STDOUT, output, node)
    return _with(streams, _STDERR, output, node) if operator in _BOTH else streams


def _parts(shell: Shell, streams: Streams, node: Node) -> tuple[str, str, str]:
    """Return descriptor, operator and target; the first and the last may be empty."""
    descriptor, operator, target = "", "", ""
    for child in node.children:
        if child.type == "file_descriptor":
            descriptor = text_of(child)
        elif not child.is_named:
            operator = text_of(child)
        else:
            target = words.expand_text(shell, streams, child)
    return descriptor, operator, target


def _with(streams: Streams, descriptor: str, stream: "Input | Output", node: Node) -> Streams:
    """Return the streams with one of them replaced."""
    found: dict[str, Input | Output] = {
        _STDIN: streams.stdin,
        _STDOUT: streams.stdout,
        _STDERR: streams.stderr,
    }
    if descriptor not in found:
        raise UnsupportedError(text_of(node))
    found[descriptor] = stream
    return Streams(stdin=found[_STDIN], stdout=found[_STDOUT], stderr=found[_STDERR])  # type: ignore[arg-type] # each kind went where it belongs


def absolute(shell: Shell, name: str) -> str:
    """Return the absolute path of a file name."""
    return posixpath.join(shell.directory, name)


def _reader(shell: Shell, name: str) -> Input:
    try:
        return io.StringIO(shell.machine.dom0.files.read(absolute(shell, name)))
    except OSError as error:
        raise CommandFailure(f"{name}: {error.strerror}") from error


def _writer(shell: Shell, name: str, *, append: bool) -> Output:
    """Open a file for writing: it is there, or empty, even if nothing is written."""
    files, path = shell.machine.dom0.files, absolute(shell, name)
    try:
        files.write(path, "", append=append)
    except OSError as error:
        raise CommandFailure(f"{name}: {error.strerror}") from error
    return Sink(lambda text: files.write(path, text, append=True))
