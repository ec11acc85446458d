"""The bond file: TOML in, wanted bonds out, or one line naming the file and the key."""

from xsbond.bondfile.reading import TUTORIAL, parse_bond_file, read_bond_file

__all__ = ["TUTORIAL", "parse_bond_file", "read_bond_file"]
