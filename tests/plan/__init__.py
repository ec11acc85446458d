"""Steps and refusals."""
