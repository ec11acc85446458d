"""The pool half of pytest-xsbond: look at a pool, plan its bonds, carry the plan out."""
