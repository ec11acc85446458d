"""Real dom0s on this machine, without XAPI: namespaces, Open vSwitch, OpenSSH and a switch."""
