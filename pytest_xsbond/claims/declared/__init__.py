"""What the bond file declares, or leaves to XAPI's defaults: what the pool and its dom0s have."""
