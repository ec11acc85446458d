"""A bond file made of a pool: what its master has; where other hosts differ, a comment."""

from xsbond.learn.writing import Learned, bond_file_of

__all__ = ["Learned", "bond_file_of"]
