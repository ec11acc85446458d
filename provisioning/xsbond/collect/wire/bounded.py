"""Limits of what is read from a server: it may be slow, endless, or out to do harm.

Python's own clients bound none of it. defusedxml (0.7.1) was looked at: expat itself stops
entity bombs since 2.4.1, but neither knows a limit of size, depth or time.
"""

import math
import ssl
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of an answer is waited for, kept and believed."""

    silence: float = 60.0
    """Seconds without a byte; a wrong password alone costs 5."""
    whole: float = 300.0
    """Seconds for one answer; the records of 64 hosts pass a line of 1 Mbit/s in less."""
    size: int = 64 * 1024 * 1024
    """Bytes of one answer; 64 hosts with 100 VLANs each, the largest pools known, stay below 30."""
    text: int = 1024 * 1024
    """Characters of one value; the longest xapi sends, the CPU's flags, has some thousands."""
    depth: int = 64
    """Elements within each other; a map in a record in an event is 24 deep."""


class Excess(Exception):  # noqa: N818 - it names what came
    """An answer beyond the limits."""


class BoundedSocket(ssl.SSLSocket):
    """A TLS socket on which one answer may last so long, and be so large, and no more."""

    _limits = Limits()
    _ends = math.inf
    _received = 0

    def expect(self, limits: Limits) -> None:
        """Begin to count for the next answer."""
        self._limits, self._received = limits, 0
        self._ends = time.monotonic() + limits.whole
        self.settimeout(limits.silence)

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """Receive; TimeoutError past the end of time, Excess past the largest size."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(min(self._limits.silence, left))
        count = super().recv_into(buffer, nbytes, flags)
        self._received += count
        if self._received > self._limits.size:
            raise Excess(f"the answer is larger than {self._limits.size // 1024} KiB")
        return count
