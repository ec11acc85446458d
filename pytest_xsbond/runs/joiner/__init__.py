"""A host that is to join the pool, looked at beforehand."""
