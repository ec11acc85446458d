"""Parsers, stored snapshots, and the questions asked of them."""
