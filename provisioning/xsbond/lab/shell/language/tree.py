"""The tree of a script: the part of tree-sitter's Node that the interpreter reads."""

from collections.abc import Sequence
from typing import Protocol


class Node(Protocol):
    """One node; positions count bytes from the start of the script."""

    @property
    def type(self) -> str:
        """Its kind, or the token itself."""

    @property
    def text(self) -> bytes | None:
        """Its source."""

    @property
    def children(self) -> Sequence["Node"]:
        """All that it is made of."""

    @property
    def named_children(self) -> Sequence["Node"]:
        """Those that are no mere tokens."""

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

    def child_by_field_name(self, name: str, /) -> "Node | None":
        """Return the child of this name."""

    def children_by_field_name(self, name: str, /) -> Sequence["Node"]:
        """Return the children of this name."""
