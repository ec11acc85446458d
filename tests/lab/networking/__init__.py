"""The lab's rules of bonds, VLANs, PIFs, VIFs and tunnels."""
