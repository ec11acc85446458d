"""xe, the command line of XAPI, as far as networks and bonds need it."""
