"""Two looks compared, and baselines."""
