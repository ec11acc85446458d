"""What is shown on a terminal, and to a monitoring system."""
