"""A cable that is pulled at the switch shows everywhere a bond is looked at."""

from collections.abc import Iterator

import pytest

from tests.lab.ovs.ground import field, members, needs_namespaces
from tests.lab.worlds import eventually
from tests.support.labs import pif_ref
from xsbond.lab.namespaced import sysfs
from xsbond.lab.namespaced.lab import OvsHost, OvsLab

pytestmark = needs_namespaces

LEG = "eth5"


@pytest.fixture
def struck(lab: OvsLab) -> Iterator[OvsHost]:
    """The second host; its cable is in its place before and after."""
    host = lab.hosts[1]
    yield host
    lab.rig.switch.plug(host.name, LEG)
    lab.rig.switch.hear(host.name, LEG)
    lab.pass_time(60)
    assert members(host) == {"eth1": "enabled", LEG: "enabled"}


def links_up(lab: OvsLab, host: OvsHost) -> int:
    """Return Bond.links_up of a host's guest bond."""
    (bond,) = field(lab, "PIF", pif_ref(lab, host.name, "bond1"), "bond_master_of")
    count: int = field(lab, "Bond", bond, "links_up")
    return count


def carrier(lab: OvsLab, host: OvsHost) -> bool:
    """Return PIF_metrics.carrier of the leg."""
    metrics = field(lab, "PIF", pif_ref(lab, host.name, LEG), "metrics")
    return bool(field(lab, "PIF_metrics", metrics, "carrier"))


def alerts(lab: OvsLab, host: OvsHost) -> list[str]:
    """Return the alerts about a host's guest bond, in their order."""
    with lab.world.lock:
        database = lab.world.database
        records = [database.get("message", ref) for ref in database.refs("message")]
    about = [
        each for each in records if each["obj_uuid"] == host.uuid and f"eth1+{LEG}" in each["body"]
    ]
    return [str(each["body"]) for each in sorted(about, key=lambda each: str(each["timestamp"]))]


def test_pulled_cable_is_seen_by_kernel_switch_and_xapi(lab: OvsLab, struck: OvsHost) -> None:
    """Carrier in sysfs, bond/show, Bond.links_up, PIF_metrics.carrier, and an alert."""
    before = len(alerts(lab, struck))
    lab.rig.switch.unplug(struck.name, LEG)
    assert eventually(lambda: sysfs.read(struck.machine.root, LEG, "carrier") == "0")
    assert eventually(lambda: members(struck) == {"eth1": "enabled", LEG: "disabled"})
    assert eventually(lambda: links_up(lab, struck) == 1)
    assert eventually(lambda: not carrier(lab, struck))
    assert eventually(lambda: len(alerts(lab, struck)) > before)
    assert alerts(lab, struck)[-1] == (
        f"The status of the eth1+{LEG} bond changed: 1/2 up (was 2/2)"
    )


def test_plugged_cable_carries_traffic_after_its_updelay(lab: OvsLab, struck: OvsHost) -> None:
    """31 s of the lab after the carrier; links_up follows within two samples."""
    lab.rig.switch.unplug(struck.name, LEG)
    assert eventually(lambda: links_up(lab, struck) == 1)
    began = lab.clock.now()
    lab.rig.switch.plug(struck.name, LEG)
    assert eventually(lambda: carrier(lab, struck))
    assert eventually(lambda: members(struck)[LEG] == "enabled")
    assert lab.clock.now() - began >= 31
    assert eventually(lambda: links_up(lab, struck) == 2)
    assert eventually(lambda: alerts(lab, struck)[-1].endswith("changed: 2/2 up (was 1/2)"))


def test_attached_does_not_follow_cables(lab: OvsLab, struck: OvsHost) -> None:
    """As recorded: to XAPI it is the bridge that counts."""
    lab.rig.switch.unplug(struck.name, LEG)
    assert eventually(lambda: links_up(lab, struck) == 1)
    assert field(lab, "PIF", pif_ref(lab, struck.name, "bond1"), "currently_attached")


def received(host: OvsHost, device: str) -> int:
    """Return how many packets an interface has received."""
    return int(sysfs.read(host.machine.root, device, "statistics/rx_packets"))


def test_deaf_port_keeps_its_carrier_and_hears_nothing(lab: OvsLab, struck: OvsHost) -> None:
    """Nothing shows it but the counters: the other leg goes on hearing the LAN."""
    lab.rig.switch.deafen(struck.name, LEG)
    silent = received(struck, LEG)
    others = received(struck, "eth1")
    assert eventually(lambda: received(struck, "eth1") > others + 5)
    assert members(struck) == {"eth1": "enabled", LEG: "enabled"}
    assert (carrier(lab, struck), received(struck, LEG) - silent <= 1) == (True, True)
