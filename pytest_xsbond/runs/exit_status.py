"""Exit statuses of runs that judge no claims: pytest's own, and one beyond them.

pytest leaves the numbers above 5 to others (its ExitCode).
"""

import pytest

DONE = int(pytest.ExitCode.OK)
"""What was asked for is done, or may be done."""
STOPPED = int(pytest.ExitCode.TESTS_FAILED)
"""A change came to a halt half-way: the pool is not as wanted."""
REFUSED = int(pytest.ExitCode.USAGE_ERROR)
"""The change was refused, or would be; nothing was changed."""
PENDING = 6
"""Something is to be created, changed or replaced, or an undo would take something back; only with
--xsbond-detailed-exitcode."""


def status_of_plan(*, refused: bool, pending: bool, detailed: bool) -> int:
    """Return the exit status of a run that only plans."""
    if refused:
        return REFUSED
    return PENDING if detailed and pending else DONE
