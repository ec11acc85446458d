"""Two faults at once: each host fails exactly what its own fault fails."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests import fault_table
from tests.fault_table import EXPECTED
from tests.labs import provisioned_lab, verify
from xsbond.lab.blueprint import tutorial
from xsbond.lab.faults import FaultError, strike

HOSTS = 4
"""With two odd hosts the other two are still the ones that agree."""
APART = sorted(
    set(EXPECTED)
    - set(fault_table.ELSEWHERE)
    - set(fault_table.ARGUMENTS)
    - set(fault_table.WHILE_CHANGING)
    - fault_table.LACP_ONLY
)
"""Faults that one look finds on the host they strike and on no other."""


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(faults=st.lists(st.sampled_from(APART), min_size=2, max_size=2, unique=True))
def test_two_faults_fail_the_union_of_their_outcomes(
    pytester: pytest.Pytester, faults: list[str]
) -> None:
    """Neither hides the other, and nobody else is blamed."""
    wanted: dict[tuple[str, str], str] = {}
    with provisioned_lab(tutorial(HOSTS)) as lab:
        for fault, host in zip(faults, ("xs-2", "xs-3"), strict=True):
            try:
                strike(lab, f"{fault}@{host}")
            except FaultError:
                # The first one has left nothing for the second to strike.
                assume(condition=False)
            wanted |= {(host, id_): verdict for id_, verdict in EXPECTED[fault].items()}
        run = verify(pytester, lab)
    assert run.not_passed() == wanted
