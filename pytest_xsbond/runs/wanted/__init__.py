"""What a run judges where its options leave that open."""
