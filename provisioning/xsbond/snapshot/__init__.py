"""One look at a pool, frozen: raw answers, parsers, and every question asked of it. Pure."""
