"""The product as its user runs it, against labs: provision, verify, plan, and what is printed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_xsbond.outcomes import CATALOGUE, Needs
from tests.labs import db, pool_arguments, verify
from tests.spec_run import run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

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


ON_DEMAND = {Needs.LACP, Needs.LISTENING, Needs.FAILOVER}
JUDGED = {id_ for id_, outcome in CATALOGUE.items() if outcome.needs not in ON_DEMAND}
"""What a run judges of a balance-slb bond if it is told neither to listen nor to drill."""


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
    result = pytester.runpytest_subprocess("-p", "no:randomly", "--pool=lab")
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


@pytest.mark.parametrize("hosts", [1, 5, 12])
def test_lab_of_any_size_holds(pytester: pytest.Pytester, hosts: int) -> None:
    """One host, five hosts, or more than the matrix has named columns for."""
    run = run_spec(pytester, "--pool=lab", f"--xsbond-lab-hosts={hosts}")
    assert (run.exit_status, run.not_passed()) == (0, {})
    assert len({result.host for result in run.results}) == hosts
    wanted = {id_ for id_ in JUDGED if hosts > 1 or not id_.startswith("M-")}
    assert {id_ for result in run.results for id_ in result.outcomes} == wanted


def test_older_product_holds_too(pytester: pytest.Pytester) -> None:
    """The same on XenServer 6.2, with its ifconfig and its Open vSwitch."""
    run = run_spec(pytester, "--pool=lab", "--xsbond-lab-profile=xenserver-6.2")
    assert (run.exit_status, run.not_passed()) == (0, {})


def test_creation_for_each_host_holds(pytester: pytest.Pytester) -> None:
    """Without restarts all outcomes hold but the restart itself, which is not judged."""
    run = run_spec(pytester, "--pool=lab", "--xsbond-inherit=create")
    assert (run.exit_status, run.not_passed()) == (0, {})
    assert {id_ for result in run.results for id_ in result.outcomes} == JUDGED - {"M-2"}


@pytest.mark.parametrize("mode", ["balance-slb", "active-backup", "lacp"])
def test_several_bonds_in_every_mode_hold(pytester: pytest.Pytester, mode: str) -> None:
    """A new guest bond beside a storage bond that is there already, addresses and all."""
    (pytester.path / "bonds.toml").write_text(SEVERAL.format(mode=mode))
    run = run_spec(pytester, "--pool=lab", "--xsbond-bonds=bonds.toml")
    assert (run.exit_status, run.not_passed()) == (0, {})
    of_hosts = {"H-one-management", "H-backend", "H-hosts"}
    networks = {r.network for r in run.results if not of_hosts & set(r.outcomes)}
    assert networks == {"PUB", "NAS"}


@pytest.mark.parametrize("inherit", ["restart", "create"])
def test_new_storage_bond_gets_its_addresses(pytester: pytest.Pytester, inherit: str) -> None:
    """A storage bond is made on every host, each with its own static address."""
    (pytester.path / "bonds.toml").write_text(STORAGE)
    run = run_spec(
        pytester, "--pool=lab", "--xsbond-bonds=bonds.toml", f"--xsbond-inherit={inherit}"
    )
    assert (run.exit_status, run.not_passed()) == (0, {})


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
    """Missing bonds fail with the commands that create them; the database stays byte-identical."""
    before = dump(lab)
    result = pytester.runpytest_subprocess("-p", "no:randomly", *pool_arguments(lab))
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "xsbond mode: verify (read-only)",
            "xs-1: network is missing: * claims",
            "  PM-1 *",
            "*--xsbond-apply creates what is missing; by hand, in this order:",
            "  xe network-create name-label=PUB",
            "  xe bond-create *mode=balance-slb",
            "  ssh root@xs-2 service xapi restart",
            "nothing was changed: a verifying run only looks",
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
            "  1. create network PUB",
            "  2. create a balance-slb bond of eth1+eth5 on xs-1, network PUB",
            "  3. restart xapi on xs-2, to inherit the bond of PUB",
        ]
    )
    assert dump(lab) == before


def test_plan_says_why_apply_would_refuse(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """A plan that cannot be carried out names every reason, and its exit status is 1."""
    (tmp_path / "b.toml").write_text('[[bond]]\nnetwork = "X"\nnics = ["eth0", "eth2"]\n')
    result = pytester.runpytest_subprocess(
        *pool_arguments(lab), "--xsbond-plan", f"--xsbond-bonds={tmp_path / 'b.toml'}"
    )
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "--xsbond-apply would refuse:",
            "  - xs-1: NIC eth0: is the management interface; *",
            "  - xs-1: NIC eth2: is a leg of another bond; *",
            "  - xs-2: NIC eth0: is the management interface; *",
        ]
    )


def test_workers_share_one_provisioning(pytester: pytest.Pytester, lab: Lab) -> None:
    """With -n 2 the bond is made exactly once, and every outcome is judged."""
    result = pytester.runpytest_subprocess(
        "-p", "no:randomly", *pool_arguments(lab), "--xsbond-apply", "-n", "2"
    )
    assert result.ret == 0, result.stdout.str()
    with lab.world.lock:
        assert len(db(lab).where("network", name_label="PUB")) == 1
        assert len(db(lab).refs("Bond")) == 4
    printed = {word for line in result.outlines for word in line.split() if word in CATALOGUE}
    assert printed == JUDGED


def test_member_as_address_leads_to_the_master(pytester: pytest.Pytester, lab: Lab) -> None:
    """HOST_IS_SLAVE is followed: any host of the pool will do."""
    first, second = (host.address for host in lab.hosts)
    url = lab.master_url.replace(first, second)
    _, *arguments = pool_arguments(lab)
    run = run_spec(pytester, f"--pool={url}", *arguments, "--xsbond-apply")
    assert (run.exit_status, run.not_passed()) == (0, {})


def test_collecting_only_changes_nothing(pytester: pytest.Pytester, lab: Lab) -> None:
    """--collect-only lists the claims of every host, and provisions nothing."""
    before = dump(lab)
    result = pytester.runpytest_subprocess(
        "-p", "no:randomly", *pool_arguments(lab), "--xsbond-apply", "--collect-only", "-q"
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*test_bond_has_the_wanted_mode[[]xs-2[]]"])
    assert dump(lab) == before


def test_own_tests_get_the_fixtures(pytester: pytest.Pytester, lab: Lab) -> None:
    """A test of one's own runs once for every host, with dom0 at hand."""
    pytester.makepyfile(
        """
        def test_name(xs_host, dom0, pool):
            assert dom0.run("hostname").stdout.strip() == xs_host
            assert len(pool.hosts) == 2
        """
    )
    result = pytester.runpytest_subprocess(
        "-p", "no:randomly", *pool_arguments(lab), "test_own_tests_get_the_fixtures.py"
    )
    result.assert_outcomes(passed=2)


def test_no_secret_is_in_any_artefact(pytester: pytest.Pytester, lab: Lab) -> None:
    """Neither the password nor a session reference is printed or stored."""
    result = pytester.runpytest_subprocess(
        *pool_arguments(lab),
        "--xsbond-apply",
        "--html=report.html",
        "--junitxml=junit.xml",
        "--xsbond-save=stages",
        "-vv",
        "--showlocals",
    )
    assert result.ret == 0
    stored = [path for path in pytester.path.rglob("*") if path.is_file()]
    artefacts = [path.read_text(encoding="utf-8", errors="replace") for path in stored]
    artefacts += [result.stdout.str(), result.stderr.str()]
    with lab.world.lock:
        sessions = db(lab).refs("session")
    assert len(stored) >= 6
    for secret in (lab.password, "PRIVATE KEY", *sessions):
        assert not [text for text in artefacts if secret in text]
