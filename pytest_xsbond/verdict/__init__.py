"""What a run has found, as one value: a verdict for each bond, each cause once, the matrix."""
