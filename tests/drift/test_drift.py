"""What counts as drift between two looks at a pool, and how each difference reads."""

from collections.abc import Callable

import msgspec
import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from tests.support.changes import (
    detached,
    jumbo_network,
    jumbo_nic,
    jumbo_pif,
    leftover_bridge,
    lost_bridge,
    lost_network,
    lost_pif,
    new_network,
    new_vlan,
    other_address,
    other_backend,
    other_board,
    other_mode,
    other_slot,
    overridden,
    renamed_network,
    renamed_nic,
    running_otherwise,
    upgraded,
)
from xsbond.bondfile import TUTORIAL
from xsbond.drift.drift import differences, same_host
from xsbond.drift.inventory import AREAS, POOL_WIDE
from xsbond.errors import PoolError
from xsbond.model import DesiredBond
from xsbond.snapshot.snapshot import RawSnapshot, Snapshot, read_snapshot

Change = Callable[[Draft], None]


def lines(
    baseline: Snapshot, now: Snapshot, desired: tuple[DesiredBond, ...] = TUTORIAL
) -> list[str]:
    """Return every difference there is, `xs-2 nics: changed NIC …`."""
    return [
        f"{each.host} {each.area}: {each}"
        for host in sorted(now.hosts, key=lambda ref: now.labels[ref])
        if same_host(baseline, now, host)
        for area in AREAS
        if area not in POOL_WIDE or host == now.pool.master
        for each in differences(baseline, now, host, area, desired)
    ]


def changed(recorded: Stages, change: Change) -> list[str]:
    """Return the differences that one change makes to the recorded pool."""
    draft = Draft(recorded.now)
    change(draft)
    return lines(recorded.now, draft.read())


def test_same_look_has_no_differences(recorded: Stages) -> None:
    """A pool is what it is."""
    assert lines(recorded.now, recorded.now) == []


def test_other_refs_are_no_difference(recorded: Stages) -> None:
    """A pool database that was restored has other refs for the same things."""
    text = msgspec.json.encode(recorded.now.raw).decode().replace("OpaqueRef:", "OpaqueRef:new-")
    text = text.replace("OpaqueRef:new-NULL", "OpaqueRef:NULL")
    now = read_snapshot(msgspec.json.decode(text, type=RawSnapshot))
    assert not set(now.pifs) & set(recorded.now.pifs)
    assert lines(recorded.now, now) == []


def renumber(draft: Draft) -> None:
    """Give every PIF, Bond and network another uuid."""
    for kind in ("PIF", "Bond", "network"):
        for record in draft.records[kind].values():
            record["uuid"] += "-new"


def test_things_with_another_uuid_are_known_by_their_names(recorded: Stages) -> None:
    """What was forgotten and introduced anew is the same if it is the same."""
    draft = Draft(recorded.now)
    for record in [r for r in draft.records["network"].values() if r["name_label"].startswith("P")]:
        record["name_label"] += record["bridge"]
    baseline = draft.read()
    renumber(draft)
    assert lines(baseline, draft.read()) == []


def runtime(draft: Draft) -> None:
    """Change whatever changes while nobody changes anything."""
    for host in draft.records["host"].values():
        host["other_config"] = {**host["other_config"], "agent_start_time": "1."}
    for metrics in draft.records["PIF_metrics"].values():
        metrics.update(carrier=False, speed="10", duplex=False)
    for bond in draft.records["Bond"].values():
        bond["links_up"] = "0"
    draft.pif("xs-2", "bond1")["MAC"] = draft.pif("xs-2", "bond1")["MAC"].upper()
    for recirc in ("\t1\t", "\t2\t"):
        if recirc in draft.stdout("xs-2", "ovs-bond-list"):
            draft.replace("xs-2", "ovs-bond-list", recirc, "\t7\t")
    draft.replace("xs-2", "sysfs-net", "eth1 carrier 1", "eth1 carrier 0")


def guests(draft: Draft) -> None:
    """Let a guest come, and with it the bridge of the internal network and an interface."""
    draft.replace("xs-2", "ovs-list-br", "xenbr0\n", "xenapi\nxenbr0\n")
    text = draft.stdout("xs-2", "ifconfig-a")
    first = text.partition("\n\n")[0].replace("eth0", "xenapi")
    draft.answer("xs-2", "ifconfig-a", f"{first}\n\n{text}")


@pytest.mark.parametrize("change", [runtime, guests], ids=lambda each: each.__name__)
def test_what_changes_by_itself_is_no_difference(recorded: Stages, change: Change) -> None:
    """Start times, links, counters and the bridges that guests bring are not compared."""
    assert changed(recorded, change) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            other_board,
            "nics: changed NIC eth5: MAC in dom0: 00:26:55:d2:00:01 -> 02:00:00:00:00:05",
        ),
        (other_slot, "nics: changed NIC eth3: PCI slot: N/A -> 0000:07:00.0"),
        (new_network, "networks: added network lab: bridge xapi9, MTU 1500"),
        (renamed_network, "networks: changed network storage: name: NAS -> storage"),
        (jumbo_network, "networks: changed network NAS: MTU: 1500 -> 9000"),
        (other_mode, "bonds: changed bond of network PUB: mode: balance-slb -> active-backup"),
        (
            running_otherwise,
            (
                "bonds: changed bond of network PUB: in the switch:"
                " balance-slb of eth1+eth5 -> active-backup of eth1+eth5"
            ),
        ),
        (jumbo_pif, "mtus: changed MTU of PIF bond0: MTU: 1500 -> 9000"),
        (jumbo_nic, "mtus: changed MTU of interface eth4: MTU: 1500 -> 9000"),
        (
            other_address,
            "addresses: changed address of PIF bond0: IP: 172.16.0.36 -> 172.16.0.99",
        ),
        (detached, "pifs: changed PIF bond0: attached: yes -> no"),
        (overridden, "pifs: changed PIF bond0: other_config:bond-updelay: nothing -> 0"),
        (upgraded, "versions: changed software: product_version: 8.3.0 -> 8.4.0"),
        (other_backend, "bridges: changed network backend: backend: openvswitch -> other"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_change_is_one_readable_line(recorded: Stages, change: Change, line: str) -> None:
    """Host, thing, what of it, what it was and what it is; nothing else is said to differ."""
    where = "xs-1" if line.startswith("networks") else "xs-2"
    old = Draft(recorded.now).pif("xs-2", "eth5")["MAC"]
    assert changed(recorded, change) == [f"{where} {line.replace('00:26:55:d2:00:01', old)}"]


def test_lost_pif_is_told_wherever_it_counts(recorded: Stages) -> None:
    """A NIC that XAPI has forgotten is missed as a NIC, as a PIF, with its MTU."""
    found = [line.partition(": ")[0] for line in changed(recorded, lost_pif)]
    assert list(dict.fromkeys(found)) == ["xs-2 nics", "xs-2 pifs", "xs-2 mtus"]


def test_removed_things_are_told_with_what_they_were(recorded: Stages) -> None:
    """Who reads of a network that is gone wants to know which one it was."""
    (line,) = changed(recorded, lost_network)
    assert line.startswith(
        "xs-1 networks: removed network Host internal management network: bridge xenapi, MTU 1500"
    )


def test_renamed_nic_is_the_same_nic(recorded: Stages) -> None:
    """A NIC that XAPI calls otherwise is no new one."""
    assert "xs-2 nics: changed NIC eth9: device: eth3 -> eth9" in changed(recorded, renamed_nic)


def test_vlan_is_told_with_tag_and_interface(recorded: Stages) -> None:
    """A new VLAN comes with its network, its PIF and its tag."""
    found = changed(recorded, new_vlan)
    assert "xs-2 vlans: added VLAN of network guests (xapi30): tag 30, on bond1" in found


@pytest.mark.parametrize(
    ("change", "start"),
    [
        (lost_bridge, "xs-2 bridges: removed bridge xapi0: MAC "),
        (leftover_bridge, "xs-2 bridges: added bridge xenbr5: MAC "),
    ],
    ids=["lost", "left-over"],
)
def test_bridge_that_comes_or_goes_is_told(recorded: Stages, change: Change, start: str) -> None:
    """A bridge of a network that the host is on stays."""
    (line,) = changed(recorded, change)
    assert line.startswith(start)


# --- hosts ---


def test_new_and_lost_hosts_are_told_by_name(recorded: Stages) -> None:
    """The pool master tells who joined and who left."""
    draft = Draft(recorded.now)
    draft.add_host("xs-3", like="xs-2")
    larger = draft.read()
    (added,) = lines(recorded.now, larger)
    assert added.startswith("xs-1 hosts: added host xs-3: uuid ")
    (removed,) = lines(larger, recorded.now)
    assert removed.startswith("xs-1 hosts: removed host xs-3: uuid ")


def test_new_host_cannot_be_compared(recorded: Stages) -> None:
    """It has no past, and nothing of it passes for unchanged."""
    draft = Draft(recorded.now)
    draft.add_host("xs-3", like="xs-2")
    now = draft.read()
    with pytest.raises(PoolError, match="was not in the pool when the baseline was taken"):
        differences(recorded.now, now, now.host_ref("xs-3"), "nics", TUTORIAL)


def test_host_that_was_installed_anew_is_compared_by_its_name(recorded: Stages) -> None:
    """Its new uuid is told, and its NICs are still held against what they were."""
    draft = Draft(recorded.now)
    ref = draft.host("xs-2")
    record = draft.records["host"][ref]
    draft.dom0["new"] = draft.dom0.pop(record["uuid"])
    old, record["uuid"] = record["uuid"], "new"
    draft.pif("xs-2", "bond0")["MTU"] = "9000"
    assert lines(recorded.now, draft.read()) == [
        f"xs-1 hosts: changed host xs-2: uuid: {old} -> new",
        "xs-2 mtus: changed MTU of PIF bond0: MTU: 1500 -> 9000",
    ]


# --- missing evidence ---


@pytest.mark.parametrize("area", ["nics", "bonds", "mtus", "addresses", "bridges"])
@pytest.mark.parametrize("which", ["baseline", "now"])
def test_dom0_that_did_not_answer_is_no_unchanged_one(
    recorded: Stages, area: str, which: str
) -> None:
    """Whichever of the two looks lacks it."""
    draft = Draft(recorded.now)
    draft.unreachable("xs-2", "connection refused")
    looks = (draft.read(), recorded.now) if which == "baseline" else (recorded.now, draft.read())
    with pytest.raises(PoolError, match="connection refused") as told:
        differences(*looks, looks[1].host_ref("xs-2"), area, TUTORIAL)
    assert str(told.value).startswith(f"baseline: {area}: " if which == "baseline" else "xs-2")


@pytest.mark.parametrize("area", ["nics", "pifs"])
def test_host_without_any_record_is_no_unchanged_one(recorded: Stages, area: str) -> None:
    """A host has NICs; two looks that show none show nothing."""
    draft = Draft(recorded.now)
    draft.records["PIF"], draft.records["Bond"] = {}, {}
    now = draft.read()
    with pytest.raises(PoolError, match="neither the baseline nor this look has any"):
        differences(now, now, now.host_ref("xs-2"), area, TUTORIAL)


def test_record_that_both_looks_lack_is_no_unchanged_one(recorded: Stages) -> None:
    """Two looks that could not know a NIC's slot do not show that it is the same."""
    draft = Draft(recorded.now)
    ref = draft.pif("xs-2", "eth3")["metrics"]
    del draft.records["PIF_metrics"][ref]
    now = draft.read()
    (line,) = lines(now, now)
    assert line.startswith("xs-2 nics: changed NIC eth3: PCI slot: (PIF_metrics is missing) -> ")
