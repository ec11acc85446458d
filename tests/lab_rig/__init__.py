"""Tests of hosts made of namespaces."""
