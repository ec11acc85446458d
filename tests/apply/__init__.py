"""Changes carried out: order, lock, journal, kills and undo."""
