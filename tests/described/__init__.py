"""What the bond file describes: provisioned on labs from nothing, verified, and broken once."""
