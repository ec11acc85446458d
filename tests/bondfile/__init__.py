"""The bond file: what it means, what it says of mistakes, and its schema."""
