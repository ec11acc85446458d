"""The tree of a script: what the interpreter reads of the grammar's nodes, as plain values.

A node of tree-sitter makes its children, its kind and its source anew at every look; scripts are
run often, and their loops even more so.
"""

from collections.abc import Sequence
from typing import Protocol


class Node:
    """One node; nobody changes it. Positions count bytes from the start of the script."""

    __slots__ = ("children", "end_byte", "fields", "is_named", "start_byte", "text", "type")

    def __init__(self, parsed: "Parsed", source: bytes, origin: int) -> None:
        """Copy a node and all that it is made of; `source` is the text from `origin` on."""
        inner = parsed.children
        self.type = parsed.type
        """Its kind, or the token itself."""
        self.is_named = parsed.is_named
        """It is no mere token."""
        self.start_byte, self.end_byte = parsed.start_byte, parsed.end_byte
        self.text = source[self.start_byte - origin : self.end_byte - origin]
        """Its source."""
        self.children = tuple(Node(child, source, origin) for child in inner)
        """All that it is made of."""
        self.fields = tuple(parsed.field_name_for_child(number) for number in range(len(inner)))
        """What each of them is to it, as the grammar has it."""

    @property
    def named_children(self) -> list["Node"]:
        """Those children that are no mere tokens."""
        return [child for child in self.children if child.is_named]

    def child_by_field_name(self, name: str) -> "Node | None":
        """Return the first child of this name."""
        return next(iter(self.children_by_field_name(name)), None)

    def children_by_field_name(self, name: str) -> list["Node"]:
        """Return the children of this name."""
        pairs = zip(self.children, self.fields, strict=True)
        return [child for child, field in pairs if field == name]


class Parsed(Protocol):
    """The part of tree-sitter's Node that the lab reads."""

    @property
    def type(self) -> str:
        """Its kind, or the token itself."""

    @property
    def text(self) -> bytes | None:
        """Its source."""

    @property
    def children(self) -> Sequence["Parsed"]:
        """All that it is made of."""

    @property
    def is_named(self) -> bool:
        """It is no mere token."""

    @property
    def start_byte(self) -> int:
        """Where it begins."""

    @property
    def end_byte(self) -> int:
        """Where it ends."""

    @property
    def start_point(self) -> tuple[int, int]:
        """Row and column of its beginning."""

    @property
    def has_error(self) -> bool:
        """Something in it is no bash."""

    @property
    def is_error(self) -> bool:
        """It is no bash itself."""

    @property
    def is_missing(self) -> bool:
        """It was put in because bash would have wanted it."""

    def field_name_for_child(self, child_index: int, /) -> str | None:
        """Return what a child is to it."""


def node_of(parsed: Parsed) -> Node:
    """Return a node and all that it is made of."""
    return Node(parsed, parsed.text or b"", parsed.start_byte)
