"""A host's xapi process in time: it starts, restarts, loses power, becomes master."""
