"""One run against one pool or on a stored one, from opening it to the last look."""
