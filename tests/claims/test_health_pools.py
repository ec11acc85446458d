"""Pools of every kind that are well: no claim about their health fails.

The recorded pool is changed, stored, loaded as a replay loads it, and judged in this process.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.claims.stages import Stages, load_stages
from tests.support.build import Draft
from tests.support.illnesses import own_metrics
from tests.support.judging import Judgement, judge
from tests.support.spec_run import PUB, store

HOSTS = ("xs-1", "xs-2")
LACP = {**PUB, "mode": "lacp"}
NAS = {
    "network": "NAS",
    "nics": ["eth2", "eth4"],
    "mode": "active-backup",
    "addresses": {"xs-1": "172.16.0.35/28", "xs-2": "172.16.0.36/28"},
}
MACS = {
    "xs-1": ("00:1f:29:c4:9f:3c", "00:1b:78:5a:21:8c"),
    "xs-2": ("00:1f:29:c4:9d:c2", "00:1b:78:5c:74:34"),
}
"""Host -> the MACs of eth1 and eth5."""

OVS_1_4 = """\
---- bond1 ----
bond_mode: balance-slb
bond-hash-basis: 0
updelay: 31000 ms
downdelay: 200 ms
next rebalance: 1753844 ms
lacp_negotiated: false

slave eth1: enabled
\tmay_enable: true

slave eth5: enabled
\tactive slave
\tmay_enable: true

"""
"""What the probe prints where `bond/show` wants a name: title and end of each are its own."""

KERNEL_BOND = """\
==== bond1 ====
Ethernet Channel Bonding Driver: v3.7.1 (April 27, 2011)

Bonding Mode: source load balancing
Currently Active Slave: None
MII Status: up
MII Polling Interval (ms): 100
Up Delay (ms): 31000
Down Delay (ms): 200

Slave Interface: eth1
MII Status: up
Speed: 1000 Mbps
Duplex: full
Link Failure Count: 0
Permanent HW addr: {0}
Slave queue ID: 0

Slave Interface: eth5
MII Status: up
Speed: 1000 Mbps
Duplex: full
Link Failure Count: 0
Permanent HW addr: {1}
Slave queue ID: 0
"""


def one_host(draft: Draft) -> None:
    """The pool is its master."""
    draft.remove_host("xs-2")


def silent_member(speed: str) -> Callable[[Draft], None]:
    """Return a pool in which the NICs of the member do not tell their speed."""

    def change(draft: Draft) -> None:
        for device in ("eth1", "eth5"):
            own_metrics(draft, "xs-2", device, speed=speed, duplex=False)

    return change


def slots_known_on_one_host(draft: Draft) -> None:
    """The NICs of the member are virtual ones."""
    own_metrics(draft, "xs-1", "eth1", pci_bus_path="0000:03:00.0")
    own_metrics(draft, "xs-1", "eth5", pci_bus_path="0000:04:00.0")


def vlans(draft: Draft) -> None:
    """Two VLANs run on the bond of every host."""
    for host in HOSTS:
        draft.add_vlan(host, "bond1", "V100", 100)
        draft.add_vlan(host, "bond1", "V200", 200)


def large_frames(draft: Draft) -> None:
    """The bond carries large frames all the way."""
    draft.network("PUB")["MTU"] = "9000"
    for host in HOSTS:
        draft.pif(host, "bond1")["MTU"] = "9000"
        for name in ("xapi1", "eth1", "eth5"):
            draft.replace(host, "sysfs-net", f"{name} mtu 1500", f"{name} mtu 9000")


def clocks_a_second_apart(draft: Draft) -> None:
    """Nobody's clock is exact."""
    draft.answer("xs-2", "clock", f"{int(draft.stdout('xs-2', 'clock')) - 1}\n")


def answered_alert(draft: Draft) -> None:
    """A leg was lost, and came back."""
    uuid = draft.records["host"][draft.host("xs-2")]["uuid"]
    for second, body in enumerate(("1/2 up (was 2/2)", "2/2 up (was 1/2)")):
        draft.records["message"][f"OpaqueRef:{second}"] = {
            "uuid": str(second),
            "name": "BOND_STATUS_CHANGED",
            "cls": "Host",
            "obj_uuid": uuid,
            "timestamp": f"20261122T23:59:5{second}Z",
            "body": f"The status of the eth1+eth5 bond changed: {body}",
        }


def another_bond_is_ill(draft: Draft) -> None:
    """A message is about a bond that nobody has asked about."""
    answered_alert(draft)
    draft.records["message"]["OpaqueRef:0"]["body"] = (
        "The status of the eth2+eth4 bond changed: 1/2 up (was 2/2)"
    )


def old_switch(draft: Draft) -> None:
    """Open vSwitch 1.4 shows one bond at a time, and calls the legs slaves."""
    for host in HOSTS:
        draft.answer(host, "ovs-bond-show", OVS_1_4)
        draft.replace(host, "ovs-bond-list", "bond\ttype\trecircID\tmembers", "bond\ttype\tslaves")
        text = draft.stdout(host, "ovs-bond-list").replace("\t1\t", "\t").replace("\t0\t", "\t")
        draft.answer(host, "ovs-bond-list", text)


def lacp(draft: Draft) -> None:
    """The bond runs lacp, and has negotiated."""
    for host in HOSTS:
        draft.bond(host, "bond1")["mode"] = "lacp"
        draft.replace(host, "ovs-bond-list", "bond1\tbalance-slb", "bond1\tbalance-tcp")
        show = draft.stdout(host, "ovs-bond-show").replace("balance-slb", "balance-tcp")
        show = show.replace("lacp_status: off", "lacp_status: negotiated")
        draft.answer(host, "ovs-bond-show", show)
        draft.lacp(host, "ovs-3.5-negotiated")


def linux_bridge(draft: Draft) -> None:
    """The hosts have no Open vSwitch: the kernel's own bridges and bonds do its work."""
    for host in HOSTS:
        draft.records["host"][draft.host(host)]["software_version"]["network_backend"] = "bridge"
        draft.answer(host, "network-conf", "bridge\n")
        draft.answer(host, "kernel-bridges", draft.stdout(host, "ovs-list-br"))
        draft.answer(host, "kernel-bonds", KERNEL_BOND.format(*MACS[host]))
        first, second = MACS[host]
        # The slaves of the kernel's bond go by its address.
        draft.replace(host, "sysfs-net", f"eth5 address {second}", f"eth5 address {first}")
        for name in ("list-br", "bond-list", "bond-show", "show", "ports", "version"):
            draft.answer(host, f"ovs-{name}", "", exit_status=1)


POOLS: Mapping[str, tuple[Callable[[Draft], None], Sequence[dict[str, Any]]]] = {
    "one-host": (one_host, [PUB]),
    "speed-not-known": (silent_member("0"), [PUB]),
    "speed-below-0": (silent_member("-1"), [PUB]),
    "slots-known-on-one-host": (slots_known_on_one_host, [PUB]),
    "two-bonds": (lambda _: None, [PUB, NAS]),
    "vlans": (vlans, [PUB]),
    "large-frames": (large_frames, [PUB]),
    "clocks-a-second-apart": (clocks_a_second_apart, [PUB]),
    "answered-alert": (answered_alert, [PUB]),
    "alert-of-another-bond": (another_bond_is_ill, [PUB]),
    "open-vswitch-1.4": (old_switch, [PUB]),
    "lacp": (lacp, [LACP]),
    "linux-bridge": (linux_bridge, [PUB]),
}
"""Pool -> how it differs from the recorded one, and the bonds it is to have."""


def judged(recorded: Stages, at: Path, pool: str) -> Judgement:
    """Judge one of the pools."""
    change, bonds = POOLS[pool]
    draft = Draft(recorded.now)
    change(draft)
    return judged_draft(draft, at, bonds)


def judged_draft(draft: Draft, at: Path, bonds: Sequence[dict[str, Any]]) -> Judgement:
    """Judge a pool by wanted bonds, after a trip through its stored form."""
    return judge(load_stages(store(at / "s", bonds, now=draft.read())))


UNJUDGED = {
    "speed-not-known": {("xs-2", "H-speed"): "n/j"},
    "speed-below-0": {("xs-2", "H-speed"): "n/j"},
    "linux-bridge": {
        (host, id_): "n/j" for host in HOSTS for id_ in ("H-slb-not-lacp", "H-bridge", "H-flows")
    },
}
"""Pool -> what cannot be known of it."""


@pytest.mark.parametrize("pool", POOLS)
def test_pool_that_is_well_passes(recorded: Stages, tmp_path: Path, pool: str) -> None:
    """Everything that can be known of the pool holds."""
    found = judged(recorded, tmp_path, pool)
    assert found.not_passed() == UNJUDGED.get(pool, {})


def test_lacp_bond_is_judged_as_one(recorded: Stages, tmp_path: Path) -> None:
    """A lacp bond is held to H-lacp, and not to the settings of another mode."""
    verdicts = judged(recorded, tmp_path, "lacp").verdicts("xs-1")
    assert ("H-lacp" in verdicts, "H-slb-not-lacp" in verdicts) == (True, False)


NO_LACP: dict[str, tuple[str, str, str, set[str]]] = {
    "no-partner": (
        "ovs-bond-show",
        "lacp_status: negotiated",
        "lacp_status: configured",
        {"H-lacp"},
    ),
    "one-leg-only": (
        "ovs-bond-show",
        "member eth1: enabled\n  may_enable: true",
        "member eth1: disabled\n  may_enable: false",
        {"H-lacp", "H-legs-up"},
    ),
    "fallen-back": (
        "ovs-bond-list",
        "bond1\tbalance-tcp",
        "bond1\tactive-backup",
        {"H-lacp", "H-both-views", "M-3.5.2"},
    ),
}
"""Case -> what one host answers instead, and what does not hold then."""


@pytest.mark.parametrize("case", NO_LACP)
def test_lacp_that_is_not_negotiated_fails(recorded: Stages, tmp_path: Path, case: str) -> None:
    """A lacp bond without its partner, with a leg out, or fallen back, is none."""
    name, old, new, expected = NO_LACP[case]
    draft = Draft(recorded.now)
    lacp(draft)
    draft.replace("xs-2", name, old, new)
    found = judged_draft(draft, tmp_path, [LACP])
    assert found.not_passed() == {("xs-2", id_): "FAIL" for id_ in expected}


BRIDGE_FAULTS: dict[str, tuple[str, str, set[str]]] = {
    "leg-down": (
        "Interface: eth5\nMII Status: up",
        "Interface: eth5\nMII Status: down",
        {"H-legs-up"},
    ),
    "another-mode": (
        "source load balancing",
        "fault-tolerance (active-backup)",
        {"M-3.5.2", "H-both-views"},
    ),
}
"""Case -> a change of /proc/net/bonding, and what does not hold then."""


@pytest.mark.parametrize("case", BRIDGE_FAULTS)
def test_kernels_bond_is_judged_through_proc(recorded: Stages, tmp_path: Path, case: str) -> None:
    """On the Linux-bridge backend the same claims rest on /proc/net/bonding."""
    old, new, expected = BRIDGE_FAULTS[case]
    draft = Draft(recorded.now)
    linux_bridge(draft)
    draft.replace("xs-2", "kernel-bonds", old, new)
    found = judged_draft(draft, tmp_path, [PUB])
    failed = {
        id_ for (host, id_), v in found.not_passed().items() if v == "FAIL" and host == "xs-2"
    }
    assert failed == expected
