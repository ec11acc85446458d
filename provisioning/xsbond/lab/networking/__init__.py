"""xapi's and networkd's rules of bonds, VLANs, PIFs, VIFs and tunnels."""
