"""Deviations that somebody knows of and answers for until a certain day, and the file of them."""
