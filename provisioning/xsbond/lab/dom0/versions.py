"""Which Open vSwitch a profile ships, as a number that compares."""

from xsbond.lab.profiles import Profile, Version, numbers


def openvswitch_version(profile: Profile) -> Version:
    """Return the version as integers, for example (2, 17, 5)."""
    return numbers(profile.openvswitch)
