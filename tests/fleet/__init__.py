"""Several pools in one command: the file, each pool's run, and the page over all."""
