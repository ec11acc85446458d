"""The product as a user runs it: options, bad input, whole runs."""
