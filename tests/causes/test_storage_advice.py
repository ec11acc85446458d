"""Advice about a bond with an address gives that address back, and never takes one away."""

from collections.abc import Callable, Iterator

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support import deviations
from tests.support.bond_files import DESCRIBED
from tests.support.described_labs import call, ground_of, provision_described
from tests.support.judging import Judgement, judge
from tests.support.labs import connected
from tests.support.typed_advice import typed
from xsbond.bondfile import parse_bond_file
from xsbond.collect.observe import observe
from xsbond.lab import Lab
from xsbond.model import DesiredBond

HEADING = "Guest bonds and storage bonds"
Strike = Callable[[Lab], None]


def no_address(lab: Lab) -> None:
    """The storage bond has lost its address."""
    call(lab, "PIF.reconfigure_ip", deviations.pif_on(lab, "NAS"), "None", "", "", "", "")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab with a guest bond and a storage bond."""
    ground = ground_of(HEADING)
    with Lab(ground.blueprint) as lab:
        ground.prepare(lab)
        provision_described(lab, HEADING)
        yield lab


def judged(lab: Lab, desired: tuple[DesiredBond, ...]) -> Judgement:
    """Judge the lab as it is."""
    with connected(lab) as connections:
        return judge(Stages(desired=desired, now=observe(connections)))


@pytest.mark.parametrize("strike", [deviations.other_address, deviations.other_netmask, no_address])
def test_address_is_given_back_by_the_line_that_is_typed(lab: Lab, strike: Strike) -> None:
    """No line says mode=none, and the claims hold once the lines were typed."""
    desired = parse_bond_file(DESCRIBED[HEADING])
    lab.pass_time(60)
    strike(lab)
    advised = judged(lab, desired)
    done = typed(lab, advised.advice)
    lab.pass_time(60)
    after = judged(lab, desired)
    harmful = [line for line in advised.advice if "mode=none" in line]
    assert (advised.fails, harmful, after.fails) == (True, [], False), done
