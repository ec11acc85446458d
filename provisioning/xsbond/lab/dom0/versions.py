"""Which Open vSwitch a profile ships, as a number that compares."""

from xsbond.lab.blueprint import Profile


def openvswitch_version(profile: Profile) -> tuple[int, ...]:
    """Return the version as integers, for example (2, 17, 5)."""
    return tuple(int(part) for part in profile.openvswitch.split("."))
