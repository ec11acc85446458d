"""Real dom0s on this machine: namespaces, Open vSwitch, OpenSSH, cables and a switch.

Nothing here knows XAPI.
"""
