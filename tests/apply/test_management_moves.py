"""The management interface moves to a bond: connections break, and are found again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.support.bond_files import DESCRIBED
from tests.support.described_labs import bare, ground_of, provision_described
from tests.support.labs import connected, db, host_ref
from xsbond.apply.provisioning import Stopped
from xsbond.bondfile import parse_bond_file
from xsbond.collect.observe import observe
from xsbond.lab import Lab
from xsbond.lab.contracts import Failure
from xsbond.lab.networking import bonds as bonding
from xsbond.lab.timing.delays import Delays
from xsbond.model import Inherit
from xsbond.plan.plan import Plan, plan_for
from xsbond.plan.rules import RULES

ON_BOND = "Management on a bond"
ON_VLAN = "Management on a VLAN of the bond"
OUT_OF_REACH = Delays(management_move=30.0)
"""Long enough for every connection to break, and for the first attempts to connect again."""


def planned(lab: Lab, heading: str, change: Callable[[str], str] = str) -> Plan:
    """Return the plan for a bond file of the docs, changed."""
    with connected(lab) as connections:
        return plan_for(parse_bond_file(change(DESCRIBED[heading])), observe(connections))


def management_of(lab: Lab, host: str) -> list[tuple[str, int, str]]:
    """Return (device, tag, address) of the PIFs that a host is managed through."""
    with lab.world.lock:
        refs = db(lab).where("PIF", host=host_ref(lab, host), management=True)
        pifs = [db(lab).get("PIF", ref) for ref in refs]
    return [(pif["device"], pif["VLAN"], pif["IP"]) for pif in pifs]


@pytest.mark.parametrize("inherit", [Inherit.RESTART, Inherit.CREATE])
@pytest.mark.parametrize(
    ("heading", "tag", "address"), [(ON_BOND, -1, "172.16.0.12"), (ON_VLAN, 100, "10.100.0.12")]
)
def test_hosts_that_are_out_of_reach_meanwhile_are_found_again(
    heading: str, tag: int, address: str, inherit: Inherit
) -> None:
    """XAPI of the master and SSH of every host are gone for a while; the run goes on, in order."""
    ground, said = ground_of(heading), list[str]()
    with Lab(ground.blueprint, delays=OUT_OF_REACH) as lab:
        ground.prepare(lab)
        provision_described(lab, heading, inherit, said.append)
        assert management_of(lab, "xs-2") == [("bond0", tag, address)]
        assert planned(lab, heading).steps == ()
        lab.world.check()
    order = [line.partition(":")[0] for line in said if "its management interface moves" in line]
    assert order == ["xs-1", "xs-2"]


def test_master_that_gives_up_on_a_member_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The member has made the bond although the master says it cannot be contacted."""
    known = bonding.create_bond

    def create(pool: Any, request: Any, *rest: Any) -> str:
        made = str(known(pool, request, *rest))
        pif = pool.database.get("PIF", request.members[0])
        if pif["host"] != pool.master.ref:
            raise Failure("CANNOT_CONTACT_HOST", pif["host"])
        return made

    ground = ground_of(ON_BOND)
    with Lab(ground.blueprint) as lab:
        ground.prepare(lab)
        monkeypatch.setattr(bonding, "create_bond", create)
        provision_described(lab, ON_BOND, Inherit.CREATE)
        assert management_of(lab, "xs-2") == [("bond0", -1, "172.16.0.12")]


def test_master_that_gives_up_on_another_bond_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no management interface moves, a host that cannot be contacted ends the run."""

    def create(pool: Any, request: Any, *_: Any) -> str:
        raise Failure("CANNOT_CONTACT_HOST", pool.database.get("PIF", request.members[0])["host"])

    with Lab(bare()) as lab:
        monkeypatch.setattr(bonding, "create_bond", create)
        with pytest.raises(Stopped, match="the pool master does not reach this host"):
            provision_described(lab, "LACP", Inherit.CREATE)


def _swapped(text: str) -> str:
    return text.replace('"eth0", "eth1"', '"eth1", "eth0"')


REFUSED: Sequence[tuple[str, Callable[[str], str], str, str]] = (
    (ON_BOND, _swapped, "management-not-first", "write eth0 first in nics"),
    (
        ON_BOND,
        lambda text: text.replace('"eth0", "eth1"', '"eth1", "eth5"'),
        "management-elsewhere",
        "is eth0, which the bond of eth1+eth5 does not take along",
    ),
    (
        ON_BOND,
        lambda text: text.replace("172.16.0.12/27", "172.16.0.13/27"),
        "management-differs",
        "address: 172.16.0.12/27, wanted 172.16.0.13/27",
    ),
    (
        ON_BOND,
        lambda text: text.replace('dns = ["172.16.0.1"]', 'dns = ["172.16.0.2"]'),
        "management-differs",
        "DNS: 172.16.0.1, wanted 172.16.0.2",
    ),
    ("Management by DHCP", str, "management-differs", "address: 172.16.0.10/27, wanted dhcp"),
    (
        ON_BOND,
        lambda text: text.replace("management = true", "").split("gateway")[0],
        "nic-management",
        "or write management = true",
    ),
    (ON_VLAN, str, "management-elsewhere", "is eth0, which the bond of eth0+eth1 does not"),
)


@pytest.fixture(scope="module")
def managed_lab() -> Any:
    """A lab whose hosts are managed through eth0, untagged, with static addresses."""
    ground = ground_of(ON_BOND)
    with Lab(ground.blueprint) as lab:
        ground.prepare(lab)
        yield lab


@pytest.mark.parametrize(("heading", "change", "rule", "words"), REFUSED)
def test_what_xapi_does_not_move_is_refused(
    managed_lab: Lab, heading: str, change: Callable[[str], str], rule: str, words: str
) -> None:
    """The plan says why, and what to do; nothing is changed."""
    refusals = planned(managed_lab, heading, change).refusals
    assert rule in RULES
    assert any(each.rule == rule and words in str(each) for each in refusals)


def test_ha_is_refused(managed_lab: Lab) -> None:
    """XAPI moves no management interface under high availability, and neither does this."""
    with connected(managed_lab) as connections:
        before = observe(connections)
    before = replace(before, pool=replace(before.pool, ha_enabled=True))
    plan = plan_for(parse_bond_file(DESCRIBED[ON_BOND]), before)
    assert "pool-ha" in {each.rule for each in plan.refusals}
    assert plan.steps


def test_ipv6_primary_address_is_refused(managed_lab: Lab) -> None:
    """Bond.create would leave the IPv6 address behind, and the host with it."""
    with connected(managed_lab) as connections:
        before = observe(connections)
    pifs = {
        ref: replace(pif, primary_address_type="IPv6") if pif.management else pif
        for ref, pif in before.pifs.items()
    }
    by_host = {
        host: tuple((ref, pifs[ref]) for ref, _ in own) for host, own in before.pifs_by_host.items()
    }
    before = replace(before, pifs=pifs, pifs_by_host=by_host)
    plan = plan_for(parse_bond_file(DESCRIBED[ON_BOND]), before)
    assert {"management-ipv6"} <= {each.rule for each in plan.refusals}


def test_step_says_that_the_management_interface_moves(managed_lab: Lab) -> None:
    """Whoever reads the plan knows which step may break connections."""
    steps = [step.does for step in planned(managed_lab, ON_BOND).steps]
    moving = [does for does in steps if does.endswith("; the management interface moves to it")]
    assert moving == [does for does in steps if "bond" in does]
