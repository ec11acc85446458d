"""The tutorial, typed by hand into a lab of XenServer 6.2: what xe prints is what it shows.

Uuids and blanks aside; records come in any order, since they have none.
"""

import re

import pytest

from tests.lab.tutorial_run import Printed


def records(text: str) -> set[frozenset[tuple[str, str]]]:
    """Return what xe printed: each record as (field, value) pairs, without uuids."""
    found = []
    for line in text.splitlines():
        if match := re.fullmatch(r"\s*([\w-]+) \( ?(?:RO|RW)\)\s*: ?(.*)", line):
            if match[1] == "uuid":
                found.append(set[tuple[str, str]]())
            else:
                found[-1].add((match[1], match[2]))
    return {frozenset(record) for record in found}


def uuids(text: str) -> list[str]:
    """Return the uuids in a text."""
    return re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)


def pif(device: str, network: str, address: str) -> frozenset[tuple[str, str]]:
    """Return a record of pif-list as the tutorial shows it."""
    return frozenset({("device", device), ("network-name-label", network), ("IP", address)})


def modes(text: str) -> list[str]:
    """Return the modes of the bonds that bond-list printed."""
    return sorted(re.findall(r"mode \( RO\): (\S+)", text))


BOTH_NETWORKS = {
    frozenset({("name-label", "NAS"), ("bridge", "xapi0")}),
    frozenset({("name-label", "PUB"), ("bridge", "xapi1")}),
}


def test_assignments_print_nothing(printed: Printed) -> None:
    """What $(…) took is not shown."""
    assert {printed[f"PM-{step}"] for step in ("0", "1a", "2a", "2b", "3a", "3b")} == {""}


def test_step_1_shows_the_networks_uuid(printed: Printed) -> None:
    """One uuid behind its label, and an empty line."""
    (uuid,) = uuids(printed["PM-1b"])
    assert printed["PM-1b"] == f"Guest Network UUID: {uuid}\n\n"


def test_step_2_shows_two_pifs(printed: Printed) -> None:
    """Each behind its label."""
    first, second = uuids(printed["PM-2c"])
    assert first != second
    assert printed["PM-2c"] == f"Guest PIF UUID's:\n PIF1: {first}\n PIF5: {second}\n\n"


def test_step_3_shows_bond_and_master(printed: Printed) -> None:
    """Each behind its label."""
    bond, master = uuids(printed["PM-3c"])
    assert printed["PM-3c"] == (
        f"Guest Bond UUID's:\n BOND INTERFACE UUID: {bond}\n BOND MASTER UUID: {master}\n\n"
    )


def test_created_network_is_the_listed_one(printed: Printed) -> None:
    """The uuid of step 1 is among those of step 4.1."""
    assert set(uuids(printed["PM-1b"])) < set(uuids(printed["PM-4.1"]))


def test_master_of_the_bond_is_its_interface(printed: Printed) -> None:
    """The uuid of step 3 is that of bond1 in 4.2 and a master in 4.3."""
    _, master = uuids(printed["PM-3c"])
    assert uuids(printed["PM-4.2.3"]) == [master]
    assert master in uuids(printed["PM-4.3"])


@pytest.mark.parametrize("step", ["PM-4.1", "M-1.1", "M-3.1"])
def test_networks_are_nas_and_pub(printed: Printed, step: str) -> None:
    """On every host, before and after the restart; two groups of grep."""
    assert records(printed[step]) == BOTH_NETWORKS
    assert printed[step].splitlines().count("--") == 1


@pytest.mark.parametrize(
    ("step", "record"),
    [
        ("PM-4.2.1", pif("eth0", "Pool-wide network associated with eth0", "172.16.0.10")),
        ("PM-4.2.2", pif("bond0", "NAS", "172.16.0.35")),
        ("PM-4.2.3", pif("bond1", "PUB", "")),
        ("M-1.2.1", pif("eth0", "Pool-wide network associated with eth0", "172.16.0.12")),
        ("M-1.2.2", pif("bond0", "NAS", "172.16.0.36")),
        ("M-3.2.1", pif("eth0", "Pool-wide network associated with eth0", "172.16.0.12")),
        ("M-3.2.2", pif("bond0", "NAS", "172.16.0.36")),
        ("M-3.2.3", pif("bond1", "PUB", "")),
    ],
)
def test_interfaces_of_xapi_are_the_tutorials(
    printed: Printed, step: str, record: frozenset[tuple[str, str]]
) -> None:
    """One record each, device, network and address as shown."""
    assert records(printed[step]) == {record}


def test_member_has_no_guest_interface_before_the_restart(printed: Printed) -> None:
    """Nothing is printed."""
    assert printed["M-1.2.3"] == ""


@pytest.mark.parametrize("step", ["PM-4.3", "M-1.3"])
def test_pool_has_three_bonds_before_the_restart(printed: Printed, step: str) -> None:
    """NAS on both hosts, the guest bond on the master."""
    assert modes(printed[step]) == ["active-backup", "active-backup", "balance-slb"]


def test_pool_has_four_bonds_after_the_restart(printed: Printed) -> None:
    """The member has inherited one."""
    assert modes(printed["M-3.3"]) == [
        "active-backup",
        "active-backup",
        "balance-slb",
        "balance-slb",
    ]


def test_inherited_bonds_master_is_the_members_interface(printed: Printed) -> None:
    """The uuid of the member's bond1 is a master in the list."""
    (interface,) = uuids(printed["M-3.2.3"])
    assert interface in uuids(printed["M-3.3"])
