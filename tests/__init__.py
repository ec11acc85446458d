"""The project's own tests; none of them needs a pool."""
