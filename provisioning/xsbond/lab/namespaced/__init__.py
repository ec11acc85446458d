"""A dom0 of Linux namespaces, with Open vSwitch itself, and the lab made of such hosts."""
