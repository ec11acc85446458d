"""Virtual machines: where they run, and where they go when their host is emptied."""
