"""Virtual machines of the lab."""
