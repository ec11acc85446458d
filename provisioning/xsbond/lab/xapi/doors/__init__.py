"""Ports, TLS and connections of a host."""
