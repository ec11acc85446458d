"""The pool's database, and what is true of the pool as a whole."""
