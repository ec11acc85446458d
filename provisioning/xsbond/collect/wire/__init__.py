"""XAPI over the wire: TLS that is pinned, answers that are bounded."""
