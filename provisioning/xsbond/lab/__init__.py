"""The lab: a simulated pool, complete with XAPI, SSH and dom0, on this machine's loopback."""

from xsbond.lab.lab import Lab, LabHost

__all__ = ["Lab", "LabHost"]
