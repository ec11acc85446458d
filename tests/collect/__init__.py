"""Looking at a pool over the wire, and at servers that mean harm."""
