"""The only room that changes a pool: steps carried out, lock, journal and undo."""
