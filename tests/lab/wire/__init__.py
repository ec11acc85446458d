"""Bytes and clients of other people, at the ports of the lab."""
