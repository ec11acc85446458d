"""What the bond file asks for is no drift, whatever it describes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bond_files import DESCRIBED
from tests.support.described_labs import ground_of, provision_described
from tests.support.labs import keep_baseline, verify
from xsbond.lab import Lab

HEADINGS = ("Management on a bond", "VLAN networks", "IPv6", "Addresses by DHCP")


@pytest.fixture(params=HEADINGS)
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


@pytest.mark.slow
def test_what_was_asked_for_is_no_drift(
    heading: str, lab: Lab, tmp_path: Path, pytester: pytest.Pytester
) -> None:
    """Since a baseline from before the apply, nothing else has changed."""
    baseline = keep_baseline(lab, tmp_path / "before.json")
    file = tmp_path / "bonds.toml"
    file.write_text(DESCRIBED[heading], encoding="utf-8")
    provision_described(lab, heading)
    run = verify(pytester, lab, f"--xsbond-bonds={file}", f"--xsbond-baseline={baseline}")
    assert (run.exit_status, run.not_passed()) == (0, {})
