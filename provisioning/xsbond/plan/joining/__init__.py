"""What a host must be before it joins a pool. Pure."""
