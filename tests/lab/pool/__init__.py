"""The lab's database, its schema, and what must hold in it."""
