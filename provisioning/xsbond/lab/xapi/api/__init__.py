"""What a client can ask a xapi at all, and how those parts answer that the lab does not have."""
