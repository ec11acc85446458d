"""The edge: XAPI, SSH, TLS and time-outs; looking at a pool, and waiting for it."""
