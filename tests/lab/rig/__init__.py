"""Hosts of namespaces, with real Open vSwitch and OpenSSH."""
