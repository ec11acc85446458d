"""The simulated Open vSwitch of a dom0: its database and the two programs that read it."""
