"""What a pool says and does about its hosts."""
