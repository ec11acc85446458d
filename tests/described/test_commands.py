"""Whoever types a plan's commands gets what an apply makes; and an undo takes all of it back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bond_files import DESCRIBED
from tests.support.described_labs import ground_of, provision_described
from tests.support.labs import connected, db, pool_arguments
from tests.support.spec_run import run_spec
from tests.support.tiers import sampled
from xsbond.bondfile import parse_bond_file
from xsbond.collect.observe import observe
from xsbond.lab import Lab
from xsbond.model import Inherit
from xsbond.plan.plan import plan_for

QUICK = {"Management on a VLAN of the bond", "VLAN networks", "NICs that differ between hosts"}


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


def test_commands_of_the_plan_bring_what_is_described(heading: str, lab: Lab) -> None:
    """Typed in the pool master's dom0, in order, they leave nothing to plan."""
    desired = parse_bond_file(DESCRIBED[heading])
    with connected(lab) as connections:
        before = observe(connections)
        dom0 = connections.dom0(before.hosts[before.pool.master])
        for step in plan_for(desired, before, Inherit.CREATE).steps:
            answer = dom0.run(step.command)
            assert (step.command, answer.exit, answer.stderr) == (step.command, 0, "")
        after = plan_for(desired, observe(connections))
    assert (after.steps, after.refusals) == ((), ())


def arrangement(lab: Lab) -> dict[str, list[Any]]:
    """Return networks, and by host what is on them: what an undo must leave as it was.

    XAPI gives a VLAN that it moves new references and uuids, so records are compared by content.
    """
    fields = ("device", "VLAN", "management", "ip_configuration_mode", "IP", "netmask", "gateway")
    with lab.world.lock:
        names = {ref: db(lab).get("network", ref)["name_label"] for ref in db(lab).refs("network")}
        pifs = [db(lab).get("PIF", ref) for ref in db(lab).refs("PIF")]
        found = [
            [db(lab).get("host", pif["host"])["name_label"], names[pif["network"]]]
            + [pif[field] for field in fields]
            for pif in pifs
        ]
        return {"networks": sorted(names.values()), "pifs": sorted(found, key=str)}


def test_undo_takes_back_what_was_made(
    heading: str, lab: Lab, tmp_path: Path, pytester: pytest.Pytester
) -> None:
    """Bonds, VLANs, addresses and networks go; the management interface goes back to its NIC."""
    before = arrangement(lab)
    file = tmp_path / "bonds.toml"
    file.write_text(DESCRIBED[heading], encoding="utf-8")
    provision_described(lab, heading)
    given = (f"--xsbond-bonds={file}", f"--xsbond-journal={lab.directory}")
    run = run_spec(pytester, *pool_arguments(lab), "--xsbond-undo", *given)
    assert run.exit_status == 0
    assert arrangement(lab) == before
    lab.world.check()
