"""A run without a bond file on one's own pool: what it judges, and what it says of the rest."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.runs.run import PoolRun
from pytest_xsbond.session.closing import own_command
from pytest_xsbond.settings import Mode
from pytest_xsbond.terminal import header
from tests.support.build import Draft
from tests.support.judging import judge
from tests.support.labs import db, pif_ref, quiet
from tests.support.pool_runs import pool_run
from xsbond.apply.provisioning import Refused
from xsbond.errors import BondFileError
from xsbond.lab import Lab
from xsbond.lab.blueprint import Blueprint, BondBlueprint, tutorial, with_nics
from xsbond.learn import bond_file_of


@contextmanager
def first_run(pool: Blueprint, mode: Mode = "verify") -> Iterator[PoolRun]:
    """Open a run without a bond file on a pool of one's own."""
    with Lab(pool) as lab, pool_run(lab, mode=mode, typed=("--pool=xs-1",)) as run:
        yield run


FIVE_NICS = with_nics(tutorial(2), (5,))
"""A pool whose only bond is NAS, and without eth5."""


def test_bonds_that_the_pool_has_are_judged() -> None:
    """Where no host has the NICs of the default bond; the header says so, and how to keep it."""
    with first_run(FIVE_NICS) as run:
        told = header.facts(run)
        judged = judge(run.stages(quiet))
    assert told["bond file"] == (
        "none was named, and no host of the pool has a NIC eth5 (looked on xs-1, xs-2); judged are"
        " the bonds that the pool master has. --xsbond-write-bonds=bonds.toml keeps them in a bond"
        " file"
    )
    assert told["bonds"].startswith("NAS: eth2+eth4 active-backup")
    assert {result.network for result in judged.results} == {"NAS", ""}
    assert judged.not_passed() == {}


def test_difference_between_hosts_fails_and_is_mended_by_a_bond_file() -> None:
    """What the master has is wanted of all; an apply is advised with the file that it needs."""
    with Lab(FIVE_NICS) as lab:
        (bond,) = db(lab).where("Bond", master=pif_ref(lab, "xs-2", "bond0"))
        lab.hosts[0].toolstack.call("Bond.destroy", bond)
        with pool_run(lab, typed=("--pool=xs-1",)) as run:
            stages = run.stages(quiet)
    judged = judge(stages)
    assert judged.fails
    assert {host for host, _ in judged.not_passed()} == {"xs-2"}
    assert stages.typed == ("--pool=xs-1", "--xsbond-bonds=bonds.toml")


def test_nics_in_another_bond_are_judged_as_they_are() -> None:
    """The default bond does not fit a pool that uses its NICs, and knows no network PUB."""
    guests = BondBlueprint(network="Guests", devices=("eth1", "eth5"), mode="balance-slb")
    pool = tutorial(1)
    other = Blueprint(hosts=pool.hosts, bonds=(guests,), gateway=pool.gateway)
    with first_run(other) as run:
        assert [bond.network for bond in run.stages(quiet).desired] == ["Guests"]
        assert "there is no network PUB, and eth1+eth5 is in a bond on Guests" in run.first_run.says


def test_default_bond_that_is_absent_and_the_others_are_both_said() -> None:
    """The tutorial's pool before the tutorial: PUB is wanted and absent, NAS is there."""
    with first_run(tutorial(2)) as run:
        judged = judge(run.stages(quiet))
        told = header.facts(run)["bond file"]
    assert {result.network for result in judged.results if result.verdict == "FAIL"} == {"PUB"}
    assert told == (
        "none was named: judged is the default bond, PUB. Not judged: the pool's bonds on NAS"
        " (eth2+eth4). --xsbond-write-bonds=bonds.toml describes all that there are in a bond file"
    )


def test_pool_without_a_bond_is_told_its_nics() -> None:
    """There is nothing to judge, and nothing to write."""
    with (
        pytest.raises(BondFileError, match=r"no bond; its master has the NICs eth0 \(management\)"),
        first_run(with_nics(tutorial(2), (2,))),
    ):
        pass


@pytest.mark.parametrize("mode", ["apply", "plan"])
def test_change_needs_a_declared_bond(mode: Mode) -> None:
    """Whatever the pool has: nobody has said that it is meant so."""
    says = r"no host of the pool has a NIC eth5 .*the pool has bonds on NAS \(eth2\+eth4\)"
    with pytest.raises((BondFileError, Refused), match=says), first_run(FIVE_NICS, mode):
        pass


def test_bond_of_members_alone_is_a_remark(recorded: Stages) -> None:
    """The master has nothing to describe; the run says what it does not judge."""
    draft = Draft(recorded.now)
    del draft.records["Bond"][draft.ref("Bond", draft.bond("xs-1", "bond1"))]
    learned = bond_file_of(draft.read())
    assert learned.unsaid == ("xs-2 has a bond on PUB (eth1+eth5), the pool master has none",)
    assert f"# {learned.unsaid[0]}" in learned.text


def test_own_command_writes_the_file(pytestconfig: pytest.Config) -> None:
    """A run that judged what it found closes with the command that keeps it."""
    with first_run(FIVE_NICS) as run:
        own = own_command(pytestconfig, run, ())
    assert own.options == ("--xsbond-write-bonds=bonds.toml",)
