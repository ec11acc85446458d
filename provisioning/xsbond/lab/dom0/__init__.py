"""A simulated control domain: kernel, Open vSwitch and files of one host."""

from xsbond.lab.dom0.simulated import SimulatedDom0

__all__ = ["SimulatedDom0"]
