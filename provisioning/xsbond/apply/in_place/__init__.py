"""What a repair changes in place: carried out, written down, and taken back."""
