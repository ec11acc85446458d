"""The lab's time: seconds of a real pool, passing faster."""

import threading
import time

FAST = 0.05
"""Real seconds a lab second takes unless told otherwise."""


class Clock:
    """Lab seconds; `scale` is how many real seconds one of them takes, 1 is real time."""

    def __init__(self, scale: float = FAST) -> None:
        """Start at zero; ValueError unless `scale` is positive."""
        if scale <= 0:
            raise ValueError(f"a lab second takes more than {scale} seconds")
        self.scale = scale
        self._started = time.monotonic()
        self._epoch = time.time()
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the lab seconds since the start."""
        return (time.monotonic() - self._started) / self.scale + self._skipped

    def time(self) -> float:
        """Return the Unix time in the lab."""
        return self._epoch + self.now()

    def real(self, seconds: float) -> float:
        """Return how many real seconds so many lab seconds take."""
        return seconds * self.scale

    def sleep(self, seconds: float) -> None:
        """Return after so many lab seconds."""
        time.sleep(self.real(seconds))

    def backdate(self, seconds: float) -> None:
        """Let the lab's calendar have started so many lab seconds earlier."""
        with self._lock:
            self._epoch -= seconds

    def skip(self, seconds: float) -> None:
        """Let so many lab seconds have passed at once."""
        with self._lock:
            self._skipped += seconds
