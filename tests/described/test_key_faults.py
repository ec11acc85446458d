"""For every key of the bond file there is a fault that deviates from it, and a claim that fails."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.bond_files import DESCRIBED, PAGE
from tests.support.described_labs import ground_of, provision_described
from tests.support.deviations import STRUCK
from tests.support.judging import Judgement, judge
from tests.support.kept_labs import LentLab
from tests.support.key_faults import KEY_FAULTS, KeyFault, key_table
from tests.support.pool_runs import stages_of
from xsbond.bondfile import parse_bond_file
from xsbond.bondfile.shape import BondTable, VlanTable

CASES = [
    pytest.param(
        *(key, fault),
        id=f"{key}-{fault.strike.__name__}",
        # Of a key with several, and of the same keys of a VLAN, one is tried before every commit.
        marks=() if number == 0 and "." not in key else pytest.mark.slow,
    )
    for key, faults in KEY_FAULTS.items()
    for number, fault in enumerate(faults)
]


class DescribedLab(LentLab):
    """A lab that has all of one bond file, and has it again after each fault."""

    def __init__(self, heading: str) -> None:
        self._heading, self._ground = heading, ground_of(heading)
        self.desired = parse_bond_file(DESCRIBED[heading])
        super().__init__(self._ground.blueprint)

    def provision(self) -> None:
        """Bring all that the file describes."""
        self._ground.prepare(self.lab)
        provision_described(self.lab, self._heading)
        assert not self.judged().fails

    def judged(self) -> Judgement:
        """Judge the lab as it is, by its bond file."""
        return judge(stages_of(self.lab, desired=self.desired))


@pytest.fixture(scope="module")
def described() -> Iterator[Callable[[str], DescribedLab]]:
    """The lab of a bond file, by its heading; one for each that is asked for."""
    with ExitStack() as opened:
        yield functools.cache(lambda heading: opened.enter_context(DescribedLab(heading)))


@pytest.mark.parametrize(("key", "fault"), CASES)
def test_deviation_fails_its_claim(
    key: str, fault: KeyFault, described: Callable[[str], DescribedLab]
) -> None:
    """What deviates from the file on one host fails there, by the claim that the docs name."""
    kept = described(fault.heading)
    with kept.for_a_while() as lab:
        fault.strike(lab)
        judged = kept.judged()
    name = f"{STRUCK}.example.com" if "dots" in fault.heading else STRUCK
    failed = {id_ for (host, id_), verdict in judged.not_passed().items() if host == name}
    assert (judged.fails, fault.outcomes - failed, key) == (True, frozenset(), key)


def test_every_key_has_a_fault() -> None:
    """No key of the bond file is without one."""
    keys = list(BondTable.__struct_fields__)
    keys += [f"vlans.{key}" for key in VlanTable.__struct_fields__]
    assert sorted(KEY_FAULTS) == sorted(keys)


def test_table_of_the_documentation_is_this_one() -> None:
    """docs/bond-file.md has the table of keys, faults and claims."""
    assert key_table() in PAGE.read_text(encoding="utf-8")
