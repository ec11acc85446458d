"""Several pools in one command: a run of its own for each pool, and one page over all."""
