"""Bonds that are not balance-slb, and bonds in a mode that XAPI does not have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.claims.test_health_pools import HOSTS, judged_draft, linux_bridge
from tests.support.build import Draft
from tests.support.kept_labs import STRUCK, KeptLab
from tests.support.spec_run import PUB
from xsbond.lab.faults import FaultError, strike
from xsbond.model import BondMode

NOT_OF_THE_KERNEL = {
    (host, id_): "n/j" for host in HOSTS for id_ in ("H-slb-not-lacp", "H-bridge", "H-flows")
}
"""What the kernel's bonding and bridges have not."""


@pytest.fixture(scope="module")
def active_backup() -> Iterator[KeptLab]:
    """A lab of two hosts whose bond is active-backup."""
    with KeptLab(2, BondMode.ACTIVE_BACKUP) as kept:
        yield kept


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("updelay-in-switch", {"H-settings": "FAIL"}),
        ("downdelay-in-switch", {"H-settings": "FAIL"}),
        ("detection-in-switch", {"H-settings": "FAIL"}),
        ("updelay-overridden", {"H-settings": "FAIL"}),
        ("mode-overridden", {"H-settings": "FAIL"}),
        ("leg-slow", {"H-standby-speed": "warn"}),
        ("leg-half-duplex", {"H-speed": "FAIL"}),
    ],
)
def test_active_backup_bond_is_judged_as_one(
    active_backup: KeptLab, fault: str, expected: dict[str, str]
) -> None:
    """Its settings are judged, and a slower leg is worth a warning: one works at a time."""
    with active_backup.for_a_while() as lab:
        strike(lab, f"{fault}@{STRUCK}")
        judged = active_backup.judged()
    assert judged.not_passed() == {(STRUCK, id_): verdict for id_, verdict in expected.items()}


def test_fault_of_active_backup_is_refused_elsewhere() -> None:
    """A balance-slb bond does not become one."""
    with (
        KeptLab(2) as kept,
        kept.for_a_while() as lab,
        pytest.raises(FaultError, match="not active-backup"),
    ):
        strike(lab, "lacp-with-fallback@xs-2")


WORDS = {
    "balance-rr": "load balancing (round-robin)",
    "balance-xor": "load balancing (xor)",
    "broadcast": "fault-tolerance (broadcast)",
    "balance-tlb": "transmit load balancing",
    "balance-alb": "adaptive load balancing",
}
"""Mode of the kernel's bonding -> its words in /proc (bond_main.c)."""


@pytest.mark.parametrize("mode", WORDS)
def test_wanted_bond_in_a_foreign_mode_fails_and_is_named(
    recorded: Stages, tmp_path: Path, mode: str
) -> None:
    """It is no reason not to look at the host."""
    draft = Draft(recorded.now)
    linux_bridge(draft)
    draft.replace("xs-2", "kernel-bonds", "source load balancing", WORDS[mode])
    judged = judged_draft(draft, tmp_path, [PUB])
    assert judged.not_passed() == NOT_OF_THE_KERNEL | {
        ("xs-2", "M-3.5.2"): "FAIL",
        ("xs-2", "H-both-views"): "FAIL",
        ("xs-2", "H-modes"): "warn",
    }
    said = {r.outcomes: r.message for r in judged.results if r.host == "xs-2"}
    assert mode in said[("H-modes",)]


def test_foreign_bond_beside_the_wanted_ones_is_named(recorded: Stages, tmp_path: Path) -> None:
    """Everything else of the host is judged, and holds."""
    draft = Draft(recorded.now)
    linux_bridge(draft)
    text = draft.stdout("xs-2", "kernel-bonds")
    other = text.replace("bond1", "bond7").replace("source load balancing", WORDS["balance-rr"])
    other = other.replace("eth1", "eth2").replace("eth5", "eth4")
    draft.answer("xs-2", "kernel-bonds", text + other)
    judged = judged_draft(draft, tmp_path, [PUB])
    assert judged.not_passed() == NOT_OF_THE_KERNEL | {("xs-2", "H-modes"): "warn"}


@pytest.mark.parametrize("hashing", ["src_mac", "tcpudp_ports"])
def test_lacp_of_the_kernel_is_802_3ad(recorded: Stages, tmp_path: Path, hashing: str) -> None:
    """However it is to hash, which the kernel is not told."""
    draft = Draft(recorded.now)
    linux_bridge(draft)
    for host in HOSTS:
        bond = draft.bond(host, "bond1")
        bond["mode"] = "lacp"
        bond["properties"] = {**bond["properties"], "hashing_algorithm": hashing}
        words = "IEEE 802.3ad Dynamic link aggregation"
        draft.replace(host, "kernel-bonds", "source load balancing", words)
    wanted = {**PUB, "mode": "lacp", "properties": {"hashing_algorithm": hashing}}
    judged = judged_draft(draft, tmp_path, [wanted])
    found = {id_ for (_, id_), verdict in judged.not_passed().items() if verdict != "n/j"}
    assert found == set()


def test_two_hosts_whose_slots_differ_leave_it_open(recorded: Stages, tmp_path: Path) -> None:
    """Nobody can tell which of two is right."""
    draft = Draft(recorded.now)
    _slots(draft)
    judged = judged_draft(draft, tmp_path, [PUB])
    assert judged.not_passed() == {(host, "H-same-nics"): "n/j" for host in HOSTS}


def test_servers_of_different_models_are_not_compared(recorded: Stages, tmp_path: Path) -> None:
    """Their slots are numbered otherwise."""
    draft = Draft(recorded.now)
    _slots(draft)
    for host, model in (("xs-1", "R640"), ("xs-2", "DL360")):
        record = draft.records["host"][draft.host(host)]
        record["bios_strings"] = {"system-product-name": model}
    assert judged_draft(draft, tmp_path, [PUB]).not_passed() == {}


def _slots(draft: Draft) -> None:
    for number, host in enumerate(HOSTS):
        for device in ("eth1", "eth5"):
            metrics = draft.metrics(host, device)
            metrics["pci_bus_path"] = f"0000:0{number}:00.{device[-1]}"


def test_vlan_of_a_bond_may_be_the_management_interface(recorded: Stages, tmp_path: Path) -> None:
    """It is called as the guest bond is, and is another PIF."""
    draft = Draft(recorded.now)
    draft.add_vlan("xs-2", "bond1", "MGMT", 100)
    draft.add_vlan("xs-1", "bond1", "MGMT", 100)
    draft.pif("xs-2", "eth0")["management"] = False
    for pif in draft.records["PIF"].values():
        if pif["host"] == draft.host("xs-2") and pif["VLAN"] == "100":
            pif["management"] = True
    assert ("xs-2", "H-one-management") not in judged_draft(draft, tmp_path, [PUB]).not_passed()


def test_old_alert_is_answered_by_a_boot(recorded: Stages, tmp_path: Path) -> None:
    """A fresh xcp-networkd says nothing of a bond that is whole when it first sees it."""
    draft = Draft(recorded.now)
    record = draft.records["host"][draft.host("xs-2")]
    draft.records["message"]["OpaqueRef:1"] = {
        "uuid": "1",
        "name": "BOND_STATUS_CHANGED",
        "cls": "Host",
        "obj_uuid": record["uuid"],
        "timestamp": "20261122T23:59:59Z",
        "body": "The status of the eth1+eth5 bond changed: 1/2 up (was 2/2)",
    }
    unanswered = judged_draft(draft, tmp_path, [PUB]).not_passed()
    record["other_config"]["boot_time"] = "1795392001."
    answered = judged_draft(draft, tmp_path, [PUB]).not_passed()
    assert (unanswered, answered) == ({("xs-2", "H-alerts"): "warn"}, {})
