"""xe's commands that do one thing (cli_operations.ml), by what they are about."""

from collections.abc import Mapping

from xsbond.lab.xe.actions import guests, hosts, networking, pools, watching
from xsbond.lab.xe.job import Command

ACTIONS: Mapping[str, Command] = {
    **networking.COMMANDS,
    **hosts.COMMANDS,
    **pools.COMMANDS,
    **guests.COMMANDS,
    **watching.COMMANDS,
}
"""Command -> what it does."""
