"""The hooks of a session that has a pool: open it, choose and order its claims, report on them."""
