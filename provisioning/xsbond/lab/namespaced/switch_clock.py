"""Lets a host's ovs-vswitchd live by the lab's clock, so that an updelay is one of lab seconds.

ovs-vswitchd started with --enable-dummy can be told to let time pass (lib/timeval.c, time/warp).
What a bond is set to stays what xapi sets it to, and what bond/show prints; only the seconds are
as long as the lab's.
"""

import time
from collections.abc import Callable

from xsbond.lab.clock import Clock

_MILLISECONDS = 1000


class SwitchClock:
    """Tells one ovs-vswitchd how far the lab's clock is ahead of this machine's."""

    def __init__(self, clock: Clock, warp: Callable[[int], object]) -> None:
        """`warp` lets so many milliseconds pass at once for ovs-vswitchd."""
        self._clock, self._warp = clock, warp
        self._began = clock.now(), time.monotonic()
        self._warped = 0

    def follow(self) -> None:
        """Catch up with the lab; a lab slower than life cannot be waited for."""
        lab, real = self._clock.now(), time.monotonic()
        ahead = (lab - self._began[0]) - (real - self._began[1])
        owed = int(ahead * _MILLISECONDS) - self._warped
        if owed > 0:
            self._warped += owed
            self._warp(owed)
