"""The failover drill: one leg of a bond down, watched, and up again."""
