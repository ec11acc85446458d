"""Running commands in a dom0: its host key, the channel, and the bounds of each command."""
