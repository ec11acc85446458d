"""xcp-networkd and a starting xapi on real Open vSwitch: what they refuse, put right, remember."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.lab.ovs.ground import bonded_lab, field, members, needs_namespaces, shown
from tests.lab.worlds import ask, eventually, is_complete, pif
from xsbond.lab.contracts import Failure
from xsbond.lab.namespaced.lab import OvsHost, OvsLab
from xsbond.lab.networking.networkd_db import PATH

pytestmark = needs_namespaces
LEG_OUT = "-- --id=@leg get interface eth5 -- remove port bond1 interfaces @leg"
"""What was typed on a real pool, whose answer is in the tests of the simulated lab."""


@pytest.fixture
def lab() -> Iterator[OvsLab]:
    """A bonded pool."""
    with bonded_lab() as lab:
        yield lab


def bond_of(lab: OvsLab) -> str:
    """Return the member's bond PIF."""
    return pif(lab.world, lab.world.hosts[1], "bond1")


def restart(lab: OvsLab) -> None:
    """Restart the member's xapi."""
    host = lab.world.hosts[1]
    host.toolstack.stop()
    host.toolstack.start()
    assert eventually(lambda: is_complete(host))


def test_bond_that_lacks_a_leg_is_refused_by_ovs_vsctl_itself(lab: OvsLab) -> None:
    """A restart changes nothing; unplugging and plugging mends."""
    host = lab.hosts[1]
    shown(host, "ovs-vsctl", *LEG_OUT.split())
    with pytest.raises(Failure) as refused:
        ask(lab.world, "PIF.plug", bond_of(lab))
    code, ref, text = refused.value.code, *refused.value.arguments
    assert (code, ref) == ("PIF_CONFIGURATION_ERROR", bond_of(lab))
    assert text.startswith("script error [script = /usr/bin/ovs-vsctl, args = --timeout=20 -- ")
    assert "but bond1 actually has interface(s) eth1" in text
    restart(lab)
    assert "bond1" not in shown(host, "ovs-appctl", "bond/list")
    ask(lab.world, "PIF.unplug", bond_of(lab))
    ask(lab.world, "PIF.plug", bond_of(lab))
    assert eventually(lambda: set(members(host)) == {"eth1", "eth5"})


def test_restart_applies_again_what_was_changed_by_hand(lab: OvsLab) -> None:
    """Mode, MTU, MAC and an interface that was set down."""
    host = lab.hosts[1]
    before = state(host)
    shown(host, "ovs-vsctl", "set", "port", "bond1", "bond_mode=active-backup")
    shown(host, "ovs-vsctl", "set", "bridge", "xapi1", 'other_config:hwaddr="02:00:00:00:00:09"')
    shown(host, "ip", "link", "set", "xapi1", "down")
    assert state(host) != before
    restart(lab)
    assert state(host) == before


def state(host: OvsHost) -> list[str]:
    """Return mode and MAC as the switch has them, and whether the bridge is up."""
    link = json.loads(shown(host, "ip", "-j", "link", "show", "dev", "xapi1"))[0]
    return [
        shown(host, "ovs-vsctl", "get", "port", "bond1", "bond_mode").strip(),
        shown(host, "ovs-vsctl", "get", "bridge", "xapi1", "other_config:hwaddr").strip(),
        str("UP" in link["flags"]),
    ]


def test_vlan_on_a_leg_moves_to_the_bond(lab: OvsLab) -> None:
    """Its fake bridge is then on the bond's."""
    world, host = lab.world, lab.hosts[1]
    network = ask(world, "network.create", {"name_label": "tagged", "other_config": {}})
    vlan = ask(world, "VLAN.create", bond_of(lab), 42, network)
    untagged, leg = field(lab, "VLAN", vlan, "untagged_PIF"), pif(world, world.hosts[1], "eth1")
    with world.lock:
        world.database.set("VLAN", vlan, tagged_PIF=leg)
        world.database.set("PIF", untagged, device="eth1")
    restart(lab)
    bridge = ask(world, "network.get_bridge", network)
    assert shown(host, "ovs-vsctl", "br-to-parent", bridge) == "xapi1\n"
    assert shown(host, "ovs-vsctl", "br-to-vlan", bridge) == "42\n"


def ssh(lab: OvsLab, command: str) -> subprocess.CompletedProcess[str]:
    """Type a command on the member, over OpenSSH's own client."""
    words = ["ssh", "-F", str(lab.ssh_config), "-o", "BatchMode=yes", "xs-2", command]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_networkd_is_a_service_of_its_own() -> None:
    """Stopped and started in dom0; the toolstack's restart brings it back, and the host with it."""
    with bonded_lab() as lab:
        assert ssh(lab, "systemctl is-active xcp-networkd").stdout == "active\n"
        assert ssh(lab, "systemctl stop xcp-networkd").returncode == 0
        assert ssh(lab, "systemctl is-active xcp-networkd").stdout == "inactive\n"
        assert ssh(lab, "xe-toolstack-restart").returncode == 0
        assert ssh(lab, "systemctl is-active xcp-networkd").stdout == "active\n"
        assert eventually(lambda: is_complete(lab.world.hosts[1]))


def test_database_of_networkd_is_a_file_of_the_host(lab: OvsLab) -> None:
    """With what the pool's other_config was at the last plug."""
    ask(lab.world, "pool.add_to_other_config", lab.world.pool.ref, "probe-key", "probe-value")
    restart(lab)
    remembered = json.loads(ssh(lab, f"cat {PATH}").stdout)["bridge_config"]
    assert set(remembered) == {"xenbr0", "xapi0", "xapi1", "xenbr3"}
    assert {each["other_config"]["probe-key"] for each in remembered.values()} == {"probe-value"}
