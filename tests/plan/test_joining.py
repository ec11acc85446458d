"""What a host must be before it joins: each check passes on a fresh host, and fails once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.build import Draft
from tests.support.labs import look_at, provision
from xsbond.lab import Lab
from xsbond.lab.blueprint import Blueprint, tutorial, with_nics
from xsbond.plan.joining.checks import checks
from xsbond.snapshot.snapshot import Snapshot

Change = Callable[[Draft], object]


def newcomer() -> Blueprint:
    """Return a host as it is installed: no bonds, and a name and NICs of its own."""
    whole = tutorial(3)
    return Blueprint(hosts=whole.hosts[2:], gateway=whole.gateway)


@pytest.fixture(scope="module")
def pool() -> Iterator[Snapshot]:
    """A pool with two bonds."""
    with Lab(tutorial(2)) as lab:
        provision(lab)
        draft = Draft(look_at(lab))
        sampled(draft)
        yield draft.read()


@pytest.fixture(scope="module")
def joiner() -> Iterator[Snapshot]:
    """A host that may join it."""
    with Lab(newcomer()) as lab:
        draft = Draft(look_at(lab))
        # Labs of one machine share no address, and no host of another lab has this one.
        draft.records["host"][draft.host("xs-3")]["address"] = "172.16.0.14"
        sampled(draft)
        yield draft.read()


def sampled(draft: Draft) -> None:
    """Let XAPI know all NICs: it samples them seconds after a host has started."""
    for pif in draft.records["PIF"].values():
        slot = f"0000:0{pif['device'][-1]}:00.0"
        draft.records["PIF_metrics"][pif["metrics"]].update(speed=1000, pci_bus_path=slot)
    for host in draft.records["host"].values():
        host["bios_strings"] = {"system-manufacturer": "Maker", "system-product-name": "Model"}


def failing(pool: Snapshot, joiner: Snapshot) -> dict[str, tuple[str, ...]]:
    """Return id -> what is wrong."""
    return {check.id: check.wrong for check in checks(pool, joiner) if check.wrong}


def test_fresh_host_may_join(pool: Snapshot, joiner: Snapshot) -> None:
    """All checks pass."""
    assert failing(pool, joiner) == {}


def changed(joiner: Snapshot, change: Change) -> Snapshot:
    """Return the host after something was changed in XAPI's records of it."""
    draft = Draft(joiner)
    change(draft)
    return draft.read()


def host_record(draft: Draft) -> dict[str, Any]:
    """Return the record of the host."""
    found: dict[str, Any] = draft.records["host"][draft.host("xs-3")]
    return found


def vlan(draft: Draft, device: str, tag: int) -> dict[str, Any]:
    """Give the host a VLAN."""
    own = {**draft.pif("xs-3", device), "uuid": f"vlan-{tag}", "VLAN": tag, "physical": False}
    draft.records["PIF"][f"OpaqueRef:vlan-{tag}"] = own
    return own


def management_on_a_vlan(draft: Draft) -> None:
    """Let management be on VLAN 42."""
    own = vlan(draft, "eth0", 42)
    for pif in draft.records["PIF"].values():
        pif["management"] = pif is own


def no_eth5(draft: Draft) -> None:
    """Let the host have no eth5."""
    del draft.records["PIF"][draft.ref("PIF", draft.pif("xs-3", "eth5"))]


def other_product(draft: Draft) -> None:
    """Let the host be of another release."""
    host_record(draft)["software_version"]["product_version"] = "9.9.9"


@pytest.mark.parametrize(
    ("change", "id_", "says"),
    [
        (lambda d: vlan(d, "eth3", 7), "J-vlans", "it has VLAN 7 on eth3"),
        (management_on_a_vlan, "J-management", "is on VLAN 42, that of the pool master untagged"),
        (no_eth5, "J-nics", "it has no NIC eth5, which is in a bond of the pool"),
        (
            lambda d: d.metrics("xs-3", "eth5").update(pci_bus_path="0000:77:00.0"),
            "J-nics",
            "its eth5 is at PCI 0000:77:00.0",
        ),
        (
            lambda d: d.metrics("xs-3", "eth1").update(speed=100),
            "J-speed",
            "its eth1 runs at 100 Mbit/s",
        ),
        (other_product, "J-versions", "its product_version is 9.9.9"),
        (lambda d: host_record(d).update(name_label="xs-1"), "J-names", "the pool has a host xs-1"),
        (
            lambda d: next(iter(d.records["network"].values())).update(name_label="PUB"),
            "J-names",
            "it has a network PUB, as a bond of the pool is called",
        ),
    ],
)
def test_what_is_wrong_is_told(
    pool: Snapshot, joiner: Snapshot, change: Change, id_: str, says: str
) -> None:
    """By the check that it is about, and by no other one."""
    found = failing(pool, changed(joiner, change))
    assert list(found) == [id_]
    assert any(says in line for line in found[id_])


def test_host_with_a_bond_is_told_which(pool: Snapshot) -> None:
    """XAPI refuses it: POOL_JOINING_HOST_HAS_BONDS."""
    whole = tutorial(3)
    own = Blueprint(
        hosts=whole.hosts[2:],
        bonds=tuple(
            type(bond)(network="Own", devices=bond.devices, mode=bond.mode) for bond in whole.bonds
        ),
        gateway=whole.gateway,
    )
    with Lab(own) as lab:
        found = failing(pool, look_at(lab))
    assert found["J-bonds"] == ("it has a bond of eth2+eth4 on Own",)


def test_host_of_another_pool_has_to_leave_it(pool: Snapshot) -> None:
    """And a host of this very pool is told that it is one."""
    with Lab(with_nics(tutorial(2), (2,))) as lab:
        assert failing(pool, look_at(lab))["J-alone"] == (
            "it is in a pool of 2 hosts, and has to leave that first",
        )
    assert failing(pool, pool)["J-alone"] == ("it is a host of this pool already",)
