"""The words a claim is written in, what it is judged on, and the catalogue of outcomes."""
