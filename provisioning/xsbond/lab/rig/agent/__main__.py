"""The first process of a rig: the switch its cables end in, and the parent of its hosts.

Started by its path and told the numbers of two open files, its channel and a pidfd.
"""

import socket
import sys
import types
from pathlib import Path


def _without_the_lab() -> None:
    """Let packages around the agent be importable without importing all of the lab."""
    place, names = Path(__file__).parent, ("xsbond.lab.rig", "xsbond.lab", "xsbond")
    for name, parent in zip(names, place.parents, strict=False):
        package = types.ModuleType(name)
        package.__path__ = [str(parent)]
        sys.modules[name] = package


if __name__ == "__main__":
    _without_the_lab()
    from xsbond.lab.rig.agent.family import serve_switch

    channel, launcher = map(int, sys.argv[1:])
    serve_switch(socket.socket(fileno=channel), launcher)
