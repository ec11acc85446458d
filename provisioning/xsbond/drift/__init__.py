"""Two looks at a pool, compared. Pure."""
