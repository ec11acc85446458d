"""The SSH server of a simulated dom0."""
