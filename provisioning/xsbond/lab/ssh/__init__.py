"""SSH into the simulated hosts: keys, servers, terminals, and the client's configuration."""
