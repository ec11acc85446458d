"""The command xe of a simulated dom0."""
