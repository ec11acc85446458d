"""Each claim holds on what is right, and fails on what is not."""
