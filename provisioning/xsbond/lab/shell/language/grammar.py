"""bash's grammar, by tree-sitter; anything outside what the lab carries out is refused at once."""

import functools
import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from xsbond.lab.shell.language.tree import Node, Parsed, node_of
from xsbond.lab.shell.machine import NOT_HERE
from xsbond.lab.shell.streams import decode, encode

if TYPE_CHECKING:
    from tree_sitter import Language

_ABSENT = "the lab needs {name}, which is not installed; run pip install 'pytest-xsbond[lab]'"

_SUPPORTED = frozenset(
    [
        "ansi_c_string",
        "arithmetic_expansion",
        "binary_expression",
        "command",
        "command_name",
        "command_substitution",
        "comment",
        "compound_statement",
        "concatenation",
        "declaration_command",
        "do_group",
        "elif_clause",
        "else_clause",
        "expansion",
        "extglob_pattern",
        "file_descriptor",
        "file_redirect",
        "for_statement",
        "function_definition",
        "if_statement",
        "list",
        "negated_command",
        "number",
        "parenthesized_expression",
        "pipeline",
        "program",
        "raw_string",
        "redirected_statement",
        "regex",
        "simple_expansion",
        "special_variable_name",
        "string",
        "string_content",
        "subshell",
        "test_command",
        "test_operator",
        "unary_expression",
        "unset_command",
        "variable_assignment",
        "variable_assignments",
        "variable_name",
        "while_statement",
        "word",
    ]
)
"""The kinds of node that the interpreter has a rule for."""

_REFUSED_TOKENS = frozenset(
    {"[[", "((", "declare", "typeset", "readonly", "local", "select", "|&", "<<<"}
)
"""Tokens of bash that share a kind of node with what the lab's shell knows."""
_LISTS = frozenset("@*-")
"""Parameters that are more than one text, or none of the script's."""
_EXPANSIONS = frozenset({"simple_expansion", "expansion"})

_CLOSERS = (
    "'",
    '"',
    "`",
    ")",
    "\n}",
    "\nfi",
    "\ndone",
    "\nesac",
    "\ntrue",
    "\nthen true",
    "\ndo true",
    " x",
    " in x",
)
"""Endings that may complete an unfinished line."""
_MOST_CLOSERS = 3
_KEPT = 512
"""Scripts whose trees are kept: every look at a host asks the same commands."""


class ScriptError(Exception):
    """A script the lab cannot run; the text is what bash would say after its name."""


class ScriptSyntaxError(ScriptError):
    """A script that is no bash."""


class UnsupportedError(ScriptError):
    """Good bash that the lab's shell does not know; `source` is what was typed."""

    def __init__(self, source: str) -> None:
        super().__init__(f"{source.strip().splitlines()[0]}: {NOT_HERE}")


def text_of(node: Node) -> str:
    """Return the source text of a node."""
    return decode(node.text)


@functools.lru_cache(maxsize=_KEPT)
def parse(script: str) -> Node:
    """Return the tree of a script; a ScriptError says why it cannot be run."""
    parsed = _tree(script)
    if parsed.has_error:
        raise _problem(script, parsed)
    root = node_of(parsed)
    for node in _nodes(root):
        if not _is_known(node):
            raise UnsupportedError(text_of(node))
    return root


def _is_known(node: Node) -> bool:
    """Tell whether the interpreter can carry out this node, as far as its kind shows."""
    if node.type in _EXPANSIONS:
        name = node.named_children[0] if node.named_children else node
        return not set(text_of(name).strip().lstrip("$")) & _LISTS or text_of(name).isidentifier()
    return node.type in _SUPPORTED if node.is_named else node.type not in _REFUSED_TOKENS


def is_unfinished(script: str) -> bool:
    """Tell whether a script only lacks its end, so that an interactive shell asks for more."""
    if re.search(r"(^|[^\\])(\\\\)*\\\n?$", script):
        return True
    return _tree(script).has_error and any(
        not _tree(script + "".join(closers)).has_error
        for count in range(1, _MOST_CLOSERS + 1)
        for closers in itertools.product(_CLOSERS, repeat=count)
    )


@functools.cache
def load() -> "Language":
    """Return the grammar; ImportError says how to get it, since it comes with an extra only."""
    try:
        import tree_sitter_bash  # noqa: PLC0415 - it may be absent
        from tree_sitter import Language  # noqa: PLC0415 - it may be absent
    except ModuleNotFoundError as error:
        raise ImportError(_ABSENT.format(name=error.name)) from error
    return Language(tree_sitter_bash.language())


def _tree(script: str) -> Parsed:
    from tree_sitter import Parser  # noqa: PLC0415 - `load` has found it

    return Parser(load()).parse(encode(script)).root_node


def _nodes(root: Node) -> Iterator[Node]:
    """Return a node and all that it is made of, in the order of the source."""
    left = [root]
    while left:
        node = left.pop()
        yield node
        left += reversed(node.children)


def _parsed(root: Parsed) -> Iterator[Parsed]:
    yield root
    for child in root.children:
        yield from _parsed(child)


def _problem(script: str, root: Parsed) -> ScriptSyntaxError:
    """Return what is wrong and where."""
    bad = next((node for node in _parsed(root) if node.is_error or node.is_missing), root)
    row = bad.start_point[0]
    lines = decode(bad.text or b"").splitlines() or script.splitlines()[row : row + 1] or [""]
    return ScriptSyntaxError(f"line {row + 1}: syntax error near `{lines[-1].strip()}'")
