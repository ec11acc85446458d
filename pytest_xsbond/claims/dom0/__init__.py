"""What only dom0 shows of a host: its addresses, and what its switch does with frames."""
