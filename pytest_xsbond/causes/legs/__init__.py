"""The causes that lie with one leg: what the switch makes of it, and what it does when set down."""
