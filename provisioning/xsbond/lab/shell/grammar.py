"""bash's grammar, by tree-sitter; anything outside what the lab carries out is refused at once."""

import itertools
import re
from collections.abc import Iterator

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from xsbond.lab.shell.streams import decode, encode

_LANGUAGE = Language(tree_sitter_bash.language())

_SUPPORTED = frozenset(
    {
        "ansi_c_string",
        "arithmetic_expansion",
        "binary_expression",
        "case_item",
        "case_statement",
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
        "heredoc_body",
        "heredoc_content",
        "heredoc_end",
        "heredoc_redirect",
        "heredoc_start",
        "herestring_redirect",
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
        "ternary_expression",
        "test_command",
        "test_operator",
        "unary_expression",
        "unset_command",
        "variable_assignment",
        "variable_assignments",
        "variable_name",
        "while_statement",
        "word",
    }
)
"""The kinds of node that the interpreter has a rule for."""

_WORDING = {
    "array": "arrays",
    "subscript": "arrays",
    "brace_expression": "brace expansion",
    "c_style_for_statement": "for ((…))",
    "process_substitution": "process substitution",
    "translated_string": '$"…"',
    "postfix_expression": "++ and --",
}

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


class ScriptError(Exception):
    """A script the lab cannot run; the text is what bash would say after its name."""


class ScriptSyntaxError(ScriptError):
    """A script that is no bash."""


class UnsupportedError(ScriptError):
    """Good bash that the lab's shell does not know."""


def text_of(node: Node) -> str:
    """Return the source text of a node."""
    return decode(node.text or b"")


def parse(script: str) -> Node:
    """Return the tree of a script; a ScriptError says why it cannot be run."""
    root = _tree(script)
    if root.has_error:
        raise _problem(script, root)
    for node in _walk(root):
        if node.is_named and node.type not in _SUPPORTED:
            wording = _WORDING.get(node.type, node.type.replace("_", " "))
            raise UnsupportedError(f"the lab's shell does not know {wording}: `{text_of(node)}'")
    return root


def is_unfinished(script: str) -> bool:
    """Tell whether a script only lacks its end, so that an interactive shell asks for more."""
    if re.search(r"(^|[^\\])(\\\\)*\\\n?$", script):
        return True
    return _tree(script).has_error and any(
        not _tree(script + "".join(closers)).has_error
        for count in range(1, _MOST_CLOSERS + 1)
        for closers in itertools.product(_CLOSERS, repeat=count)
    )


def _tree(script: str) -> Node:
    return Parser(_LANGUAGE).parse(encode(script)).root_node


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _problem(script: str, root: Node) -> ScriptSyntaxError:
    """Return what is wrong and where."""
    bad = next((node for node in _walk(root) if node.is_error or node.is_missing), root)
    row = bad.start_point[0]
    lines = text_of(bad).splitlines() or script.splitlines()[row : row + 1] or [""]
    return ScriptSyntaxError(f"line {row + 1}: syntax error near `{lines[-1].strip()}'")
