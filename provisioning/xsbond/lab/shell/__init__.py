"""The shell of a simulated dom0: bash's grammar, and only the lab's own files and programs."""

from xsbond.lab.shell.machine import Machine
from xsbond.lab.shell.session import Session

__all__ = ["Machine", "Session"]
