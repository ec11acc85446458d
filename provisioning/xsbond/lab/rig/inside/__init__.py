"""Programs of a host, each a script of its own that knows the standard library only."""
