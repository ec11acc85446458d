"""Each bond file of the docs, from nothing to verified, twice; and taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bond_files import DESCRIBED
from tests.support.described_labs import ground_of
from tests.support.labs import pool_arguments, verify
from tests.support.spec_run import SpecRun, run_spec
from tests.support.tiers import sampled
from xsbond.lab import Lab

QUICK = {"Management on a VLAN of the bond", "VLAN networks", "IPv6"}
"""Each by another way: hosts that are moved, networks on the bond, addresses beside IPv4."""


@pytest.fixture(params=sampled(DESCRIBED, QUICK))
def heading(request: pytest.FixtureRequest) -> str:
    """The heading of a bond file in the docs."""
    return str(request.param)


@pytest.fixture
def lab(heading: str) -> Iterator[Lab]:
    """A lab as an administrator has it before."""
    ground = ground_of(heading)
    with Lab(ground.blueprint) as lab:
        ground.prepare(lab)
        yield lab


def unsound(run: SpecRun) -> dict[tuple[str, str], str]:
    """Return what is no pass; a member that copies two bonds may number them in another order."""
    return {about: verdict for about, verdict in run.not_passed().items() if about[1] != "H-naming"}


def test_described_pool_is_provisioned_and_green(
    heading: str, lab: Lab, tmp_path: Path, pytester: pytest.Pytester
) -> None:
    """An apply brings all that the file describes; a look afterwards finds all of it."""
    file = tmp_path / "bonds.toml"
    file.write_text(DESCRIBED[heading], encoding="utf-8")
    bonds, changing = f"--xsbond-bonds={file}", ("--xsbond-apply", f"--xsbond-journal={tmp_path}")
    first = run_spec(pytester, *pool_arguments(lab), *changing, bonds)
    assert (first.exit_status, unsound(first)) == (0, {})
    again = verify(pytester, lab, bonds)
    assert (again.exit_status, unsound(again)) == (0, {})
    lab.world.check()
