"""The shell of a simulated dom0."""
