"""Two faults at once: each host fails exactly what its own fault fails."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.support import fault_table
from tests.support.fault_table import EXPECTED
from tests.support.kept_labs import KeptLab
from xsbond.lab import Lab
from xsbond.lab.faults import FaultError, strike

HOSTS = 4
"""With two odd hosts the other two are still the ones that agree."""
APART = sorted(
    set(EXPECTED)
    - set(fault_table.ELSEWHERE)
    - set(fault_table.ARGUMENTS)
    - set(fault_table.WHILE_CHANGING)
    - fault_table.LACP_ONLY
    - fault_table.UNCOUNTED
    # A VLAN that another fault makes on every host plugs the bond again.
    - {"bond-pif-unplugged"}
)
"""Faults that one look finds on the host they strike and on no other."""
PAIRS = st.lists(st.sampled_from(APART), min_size=2, max_size=2, unique=True)


def drawn(examples: int) -> settings:
    """Return how many pairs are drawn, the same ones each time."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


@pytest.fixture(scope="module")
def kept() -> Iterator[KeptLab]:
    """A lab of four hosts."""
    with KeptLab(HOSTS) as kept:
        yield kept


def strike_both(lab: Lab, faults: list[str]) -> dict[tuple[str, str], str]:
    """Strike two hosts; return (host, outcome) -> verdict of all that does not pass then."""
    wanted: dict[tuple[str, str], str] = {}
    for fault, host in zip(faults, ("xs-2", "xs-3"), strict=True):
        try:
            strike(lab, f"{fault}@{host}")
        except FaultError:
            # The first one has left nothing for the second to strike.
            assume(condition=False)
        wanted |= {(host, id_): verdict for id_, verdict in EXPECTED[fault].items()}
    return wanted


def assert_union(kept: KeptLab, faults: list[str]) -> None:
    """Claim that two faults fail what each of them fails, and nothing else."""
    with kept.for_a_while() as lab:
        wanted = strike_both(lab, faults)
        judged = kept.judged()
    assert judged.not_passed() == wanted


@drawn(4)
@given(faults=PAIRS)
def test_two_faults_fail_the_union_of_their_outcomes(kept: KeptLab, faults: list[str]) -> None:
    """Neither hides the other, and nobody else is blamed."""
    assert_union(kept, faults)


@pytest.mark.slow
@drawn(60)
@given(faults=PAIRS)
def test_many_pairs_fail_the_union_of_their_outcomes(kept: KeptLab, faults: list[str]) -> None:
    """The same of more pairs."""
    assert_union(kept, faults)
