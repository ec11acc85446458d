"""A pool is green by its own bond file, but for what the file says in comments."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from pytest_xsbond.claims.stages import Stages
from tests.claims.test_healthy_pools import add_bystanders, add_vlans
from tests.support.bond_files import DESCRIBED
from tests.support.build import Draft
from tests.support.closing_pages import one_legged, other_mode
from tests.support.described_labs import ground_of, provision_described
from tests.support.healthy import HealthyPool, pools
from tests.support.judging import judge
from tests.support.labs import look_at
from tests.support.pool_runs import stages_of
from tests.support.tiers import sampled
from xsbond.bondfile import parse_bond_file, read_bond_file
from xsbond.bondfile.schema import schema
from xsbond.lab import Lab
from xsbond.learn import bond_file_of
from xsbond.snapshot.snapshot import Snapshot

Change = Callable[[Draft], None]


def no_bond(draft: Draft) -> None:
    """Let the member have lost its bond on PUB."""
    bond = draft.bond("xs-2", "bond1")
    ref = draft.ref("Bond", bond)
    del draft.records["Bond"][ref]


def static_address(draft: Draft) -> None:
    """Give the member's guest bond an address."""
    draft.pif("xs-2", "bond1").update(
        IP="10.0.0.7", netmask="255.255.255.0", ip_configuration_mode="Static"
    )


def vlan_of_the_member(draft: Draft) -> None:
    """Put a VLAN on the member's bond alone."""
    draft.add_vlan("xs-2", "bond1", "DMZ", 100)


def vlan_of_the_master(draft: Draft) -> None:
    """Put a VLAN on the master's bond alone."""
    draft.add_vlan("xs-1", "bond1", "DMZ", 100)


def test_recorded_pool_is_described(recorded: Stages) -> None:
    """Each bond of the master, in the order of names, with all that is not the usual."""
    learned = bond_file_of(recorded.now)
    assert (learned.networks, learned.remarks) == (("NAS", "PUB"), ())
    assert tomllib.loads(learned.text)["bond"] == [
        {
            "network": "NAS",
            "nics": ["eth2", "eth4"],
            "mode": "active-backup",
            "addresses": {"xs-1": "172.16.0.35/28", "xs-2": "172.16.0.36/28"},
        },
        {"network": "PUB", "nics": ["eth1", "eth5"], "mode": "balance-slb"},
    ]


def test_same_pool_gives_the_same_text(recorded: Stages) -> None:
    """Whatever order XAPI lists its records in."""
    draft = Draft(recorded.now)
    draft.records = {kind: dict(reversed(table.items())) for kind, table in draft.records.items()}
    assert bond_file_of(draft.read()).text == bond_file_of(recorded.now).text


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        (one_legged("xs-2"), "legs: eth1, wanted eth1+eth5"),
        (other_mode("xs-2"), "wanted balance-slb"),
        (no_bond, "xs-2 has no bond on PUB"),
        (vlan_of_the_member, "xs-2 has a VLAN 100 of its own on PUB"),
        (vlan_of_the_master, "xs-2 has no VLAN 100 on PUB, network DMZ"),
    ],
)
def test_host_that_differs_is_a_comment(recorded: Stages, change: Change, remark: str) -> None:
    """What the master has is wanted; the file says who has it otherwise, and a run fails."""
    draft = Draft(recorded.now)
    change(draft)
    snapshot = draft.read()
    learned = bond_file_of(snapshot)
    assert [line for line in learned.remarks if remark in line], learned.remarks
    assert all(f"# {line.partition(': ')[2]}" in learned.text for line in learned.remarks)
    judged = judge(Stages(desired=parse_bond_file(learned.text), now=snapshot))
    assert judged.fails


def test_addresses_are_written_host_by_host(recorded: Stages) -> None:
    """One on a single host is described so; a comment names the hosts that have none."""
    draft = Draft(recorded.now)
    static_address(draft)
    learned = bond_file_of(draft.read())
    (_, pub) = tomllib.loads(learned.text)["bond"]
    assert pub["addresses"] == {"xs-2": "10.0.0.7/24"}
    assert learned.remarks == ("PUB: xs-1 has no address on PUB, other hosts have one",)


def test_bond_of_a_mode_that_xapi_never_had_is_only_named(recorded: Stages) -> None:
    """The others are described."""
    draft = Draft(recorded.now)
    for host in ("xs-1", "xs-2"):
        draft.bond(host, "bond1")["mode"] = "balance-rr"
    learned = bond_file_of(draft.read())
    assert learned.networks == ("NAS",)
    (remark,) = learned.remarks
    assert remark.startswith("PUB: this bond cannot be described")
    assert "balance-rr" in remark


def test_pool_without_a_bond_gives_no_file(recorded: Stages) -> None:
    """An empty bond file would want nothing, and all would be well."""
    draft = Draft(recorded.now)
    draft.records["Bond"] = {}
    assert bond_file_of(draft.read()).text == ""


REMARKS = {
    # What makes the names differ there is a bond of one member only.
    "Names that differ between hosts": (
        "xs-2 has a bond on other (eth2+eth4), the pool master has none",
    )
}
"""What the file of a described pool cannot hold."""
QUICK = {"Management on a VLAN of the bond", "LACP", "NICs that differ between hosts"}


@pytest.mark.parametrize("heading", sampled(DESCRIBED, QUICK))
def test_described_pool_is_green_by_its_own_file(heading: str) -> None:
    """Whatever a bond file brought is in the file that is made of the pool, and holds."""
    ground = ground_of(heading)
    with Lab(ground.blueprint) as lab:
        ground.prepare(lab)
        provision_described(lab, heading)
        learned = bond_file_of(look_at(lab))
        assert learned.remarks == REMARKS.get(heading, ())
        jsonschema.validate(tomllib.loads(learned.text), schema())
        judged = judge(stages_of(lab, desired=parse_bond_file(learned.text)))
    assert {key: said for key, said in judged.not_passed().items() if key[1] != "H-naming"} == {}


def assert_green(snapshot: Snapshot, desired_by_hand: int) -> None:
    """Claim that a healthy pool is green by its own file, which has all bonds that were wanted."""
    learned = bond_file_of(snapshot)
    assert learned.remarks == ()
    assert len(learned.networks) >= desired_by_hand
    judged = judge(Stages(desired=parse_bond_file(learned.text), now=snapshot))
    assert not judged.fails, judged.not_passed()


@pytest.mark.slow
@settings(
    max_examples=3,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pool=pools())
def test_healthy_pool_is_green_by_its_own_file(tmp_path: Path, pool: HealthyPool) -> None:
    """Of any size, with bonds of any number, mode and size, and VLANs on them."""
    desired = read_bond_file(pool.bond_file(tmp_path))
    with Lab(pool.blueprint) as lab:
        add_bystanders(lab, pool)
        stages_of(lab, mode="apply", desired=desired)
        add_vlans(lab, pool)
        assert_green(look_at(lab), len(desired))
