"""What a simulated dom0 prints and does."""
