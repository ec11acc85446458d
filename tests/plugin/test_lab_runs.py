"""The product as its user runs it, against labs: provision, verify, plan, and what is printed.

What a user types and reads is tried by whole runs, once each; pools of other shapes are changed and
judged in this process.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE, Needs
from tests.support.judging import judge
from tests.support.labs import db, pool_arguments, verify
from tests.support.pool_runs import stages_of
from tests.support.spec_run import run_spec
from tests.support.tiers import slow
from tests.support.verdicts import Verdicts
from xsbond.bondfile import read_bond_file
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.model import DesiredBond, Inherit

SEVERAL = """
[[bond]]
network = "PUB"
nics = ["eth1", "eth5"]
mode = "{mode}"

[[bond]]
network = "NAS"
nics = ["eth2", "eth4"]
mode = "active-backup"
addresses = {{ xs-1 = "172.16.0.35/28", xs-2 = "172.16.0.36/28" }}
"""

STORAGE = """
[[bond]]
network = "ISCSI"
nics = ["eth5", "eth3"]
mode = "active-backup"
mtu = 9000
addresses = { xs-1 = "10.1.0.1/24", xs-2 = "10.1.0.2/24" }
"""


BY_ITSELF = {Needs.A_LOOK, Needs.A_CHANGE, Needs.INHERITANCE, Needs.A_RESTART, Needs.SLB}
JUDGED = {id_ for id_, outcome in CATALOGUE.items() if outcome.needs in BY_ITSELF}
"""What a run judges of a balance-slb bond of which nothing but NICs and mode is wanted, if it
neither listens, drills nor compares."""


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A fresh lab of two hosts, without the guest bond."""
    with Lab(tutorial(2)) as lab:
        yield lab


def dump(lab: Lab) -> str:
    """Return everything in a lab's database, as text."""
    with lab.world.lock:
        return json.dumps(db(lab).dump(), sort_keys=True, indent=1)


def test_one_command_runs_the_whole_tutorial(pytester: pytest.Pytester) -> None:
    """`pytest --pool=lab` from an empty directory judges the whole tutorial; all of it holds."""
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--pool=lab", "--xsbond-matrix=all")
    assert result.ret == 0, result.stdout.str()
    printed = {word for line in result.outlines for word in line.split() if word in CATALOGUE}
    assert printed == JUDGED
    result.stdout.fnmatch_lines(
        [
            "xsbond pool: lab*",
            "xsbond hosts: 2: xs-1 (master), xs-2",
            "xsbond mode: apply (3 steps, members inherit by restart)",
            "xsbond: * create network PUB",
            "xsbond: * create a balance-slb bond of eth1+eth5 on xs-1, network PUB",
            "xsbond: * xs-2: service xapi restart",
            "xsbond: * xs-2: has inherited PUB",
            "PM-4.5.3 M-3.5.1 *pass *pass*",
            "changed: restart xapi on xs-2, to inherit the bond of PUB",
        ]
    )


@pytest.mark.parametrize("hosts", [1, slow(5), slow(12)])
def test_lab_of_any_size_holds(hosts: int) -> None:
    """One host, five hosts, or more than the matrix has named columns for."""
    with Lab(tutorial(hosts)) as lab:
        judged = judge(stages_of(lab, mode="apply"))
    assert judged.not_passed() == {}
    assert len({result.host for result in judged.results}) == hosts
    wanted = {id_ for id_ in JUDGED if hosts > 1 or not id_.startswith("M-")}
    assert {id_ for result in judged.results for id_ in result.outcomes} == wanted


def test_option_says_how_many_hosts(pytester: pytest.Pytester) -> None:
    """A lab of one host has a master and no member."""
    run = run_spec(pytester, "--pool=lab", "--xsbond-lab-hosts=1")
    assert (run.exit_status, run.not_passed()) == (0, {})
    assert {result.host for result in run.results} == {"xs-1"}


@pytest.mark.slow
def test_creation_for_each_host_holds(pytester: pytest.Pytester) -> None:
    """Without restarts all outcomes hold but the restart itself, which is not judged."""
    run = run_spec(pytester, "--pool=lab", "--xsbond-inherit=create")
    assert (run.exit_status, run.not_passed()) == (0, {})
    assert {id_ for result in run.results for id_ in result.outcomes} == JUDGED - {"M-2"}


def test_bond_file_of_several_bonds_is_carried_out(pytester: pytest.Pytester) -> None:
    """A new guest bond beside a storage bond that is there already, addresses and all."""
    (pytester.path / "bonds.toml").write_text(SEVERAL.format(mode="active-backup"))
    run = run_spec(pytester, "--pool=lab", "--xsbond-bonds=bonds.toml")
    assert (run.exit_status, run.not_passed()) == (0, {})
    assert networks_of(run) == {"PUB", "NAS"}


def networks_of(run: Verdicts) -> set[str]:
    """Return the networks that claims about a bond were judged for."""
    return {result.network for result in run.results} - {""}


@pytest.mark.parametrize("mode", ["balance-slb", "lacp"])
def test_several_bonds_in_other_modes_hold(tmp_path: Path, lab: Lab, mode: str) -> None:
    """The same, whatever the guest bond runs."""
    judged = judge(stages_of(lab, mode="apply", desired=written(tmp_path, SEVERAL, mode)))
    assert (judged.not_passed(), networks_of(judged)) == ({}, {"PUB", "NAS"})


def written(directory: Path, text: str, mode: str = "") -> tuple[DesiredBond, ...]:
    """Return the bonds of a bond file, once it was written."""
    (directory / "b.toml").write_text(text.format(mode=mode) if mode else text)
    return read_bond_file(directory / "b.toml")


@pytest.mark.parametrize("inherit", [Inherit.RESTART, Inherit.CREATE])
def test_new_storage_bond_gets_its_addresses(tmp_path: Path, lab: Lab, inherit: Inherit) -> None:
    """A storage bond is made on every host, each with its own static address."""
    desired = written(tmp_path, STORAGE)
    judged = judge(stages_of(lab, mode="apply", desired=desired, inherit=inherit))
    assert judged.not_passed() == {}


def test_second_apply_changes_nothing_and_says_so(pytester: pytest.Pytester, lab: Lab) -> None:
    """What is right is adopted: the second run leaves the database as it is."""
    first = verify(pytester, lab, "--xsbond-apply")
    assert (first.exit_status, first.not_passed()) == (0, {})
    before = dump(lab)
    second = pytester.runpytest_subprocess(
        "-p", "no:randomly", *pool_arguments(lab), "--xsbond-apply"
    )
    assert second.ret == 0
    second.stdout.fnmatch_lines(
        [
            "xsbond mode: apply (nothing to change: every host has every wanted bond)",
            "nothing was changed: every host has every wanted bond already",
        ]
    )
    assert without_monitoring(dump(lab)) == without_monitoring(before)


def without_monitoring(text: str) -> str:
    """Leave out what XAPI's own monitor writes while time passes."""
    tables = json.loads(text)
    for name in ("PIF_metrics", "host_metrics", "message"):
        tables.pop(name, None)
    for bond in tables["Bond"].values():
        del bond["links_up"]
    return json.dumps(tables, sort_keys=True, indent=1)


def test_verifying_a_pool_without_the_bond_fails_and_touches_nothing(
    pytester: pytest.Pytester, lab: Lab
) -> None:
    """Missing bonds fail with the command that creates them; the database stays byte-identical."""
    before = dump(lab)
    result = pytester.runpytest_subprocess("-p", "no:randomly", *pool_arguments(lab))
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "xsbond mode: verify (read-only)",
            "PUB  eth1+eth5 balance-slb   NOT AS WANTED on both hosts",
            "1. network is missing: both hosts",
            "   fails   PM-1; what follows from it: PM-3 *",
            "nothing was changed: a verifying run only looks",
            "What to do next: this creates what is missing; *",
            f"pytest * -p no:randomly {' '.join(pool_arguments(lab))} --xsbond-apply",
        ]
    )
    assert dump(lab) == before


def test_plan_is_printed_and_not_carried_out(pytester: pytest.Pytester, lab: Lab) -> None:
    """--xsbond-plan names every step with its command, and changes nothing."""
    before = dump(lab)
    result = pytester.runpytest_subprocess(*pool_arguments(lab), "--xsbond-plan")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "plan for https://* (2 hosts); nothing is changed",
            "3 to create, 0 to change, 0 to replace",
            "  + create network PUB",
            "  + create a balance-slb bond of eth1+eth5 on xs-1, network PUB",
            "  + restart xapi on xs-2, to inherit the bond of PUB",
        ]
    )
    assert dump(lab) == before


def test_plan_says_why_apply_would_refuse(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """A plan that cannot be carried out names every reason; the status is a refusal's."""
    (tmp_path / "b.toml").write_text('[[bond]]\nnetwork = "X"\nnics = ["eth0", "eth2"]\n')
    result = pytester.runpytest_subprocess(
        *pool_arguments(lab), "--xsbond-plan", f"--xsbond-bonds={tmp_path / 'b.toml'}"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(
        [
            "--xsbond-apply would refuse:",
            "  - xs-1: NIC eth0: is the management interface; *",
            "  - xs-1: NIC eth2: is a leg of another bond; *",
            "  - xs-2: NIC eth0: is the management interface; *",
        ]
    )
    # A command that must not be typed is not shown.
    result.stdout.no_fnmatch_line("*xe *-create*")


@pytest.mark.slow
def test_workers_share_one_provisioning(pytester: pytest.Pytester, lab: Lab) -> None:
    """With -n 2 the bond is made exactly once, and every outcome is judged."""
    words = ("--xsbond-apply", "--xsbond-matrix=all", "-n2")
    result = pytester.runpytest_subprocess("-p", "no:randomly", *pool_arguments(lab), *words)
    assert result.ret == 0, result.stdout.str()
    with lab.world.lock:
        assert len(db(lab).where("network", name_label="PUB")) == 1
        assert len(db(lab).refs("Bond")) == 4
    printed = {word for line in result.outlines for word in line.split() if word in CATALOGUE}
    assert printed == JUDGED


def test_collecting_only_changes_nothing(pytester: pytest.Pytester, lab: Lab) -> None:
    """--collect-only lists the claims of every host, and provisions nothing."""
    before = dump(lab)
    result = pytester.runpytest_subprocess(
        "-p", "no:randomly", *pool_arguments(lab), "--xsbond-apply", "--collect-only", "-q"
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*test_bond_has_the_wanted_mode[[]xs-2[]]"])
    assert dump(lab) == before
