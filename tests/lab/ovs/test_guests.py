"""Guests of the world are namespaces, and their packets go through the bond."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.lab.ovs.ground import field, needs_namespaces, shown
from tests.lab.worlds import eventually
from tests.support.labs import provision
from xsbond.lab.blueprint import GuestBlueprint, tutorial
from xsbond.lab.namespaced.lab import OvsHost, OvsLab
from xsbond.lab.rig.guest import Guest
from xsbond.lab.rig.switch import ECHO_PORT

pytestmark = needs_namespaces

VIF, OTHER_VIF = "vif1.0", "vif2.0"


@pytest.fixture(scope="module")
def lab() -> Iterator[OvsLab]:
    """A pool with the guest bond, made while a guest ran on a network of one of its legs."""
    guests = tuple(
        GuestBlueprint(name=name, host="xs-1", power_state="Running", networks=(bridge,))
        for name, bridge in (("g", "xenbr1"), ("h", "xenbr3"))
    )
    with OvsLab(replace(tutorial(2), guests=guests)) as lab:
        assert shown(lab.hosts[0], "ovs-vsctl", "port-to-br", VIF).strip() == "xenbr1"
        provision(lab)
        lab.pass_time(60)
        yield lab


@pytest.fixture
def home(lab: OvsLab) -> OvsHost:
    """The host that the guest runs on."""
    return lab.hosts[0]


@pytest.fixture
def guest(lab: OvsLab, home: OvsHost) -> Guest:
    """The guest's namespace."""
    return lab.rig.hosts[home.name].guests[VIF]


def test_guest_moves_with_its_nic_to_the_bond(home: OvsHost) -> None:
    """Bond.create takes the bridge it was on; XAPI and dom0 put it on the new one."""
    assert shown(home, "ovs-vsctl", "port-to-br", VIF).strip() == "xapi1"


def test_guest_has_the_mac_of_its_vif(lab: OvsLab, guest: Guest) -> None:
    """As XAPI recorded it."""
    with lab.world.lock:
        (vm,) = lab.world.database.where("VM", name_label="g")
        (vif,) = lab.world.database.get("VM", vm)["VIFs"]
    assert guest.demand("cat", "/sys/class/net/eth0/address").strip() == field(
        lab, "VIF", vif, "MAC"
    )


def test_guest_reaches_the_lan_by_ping(lab: OvsLab, guest: Guest) -> None:
    """A machine upstream answers, through the bond."""
    target = lab.rig.switch.peer.address
    printed = guest.demand("ping", "-n", "-c", "5", "-i", "0.05", "-W", "5", target)
    assert "5 received" in printed


def test_guest_reaches_the_lan_by_tcp(lab: OvsLab, guest: Guest) -> None:
    """It hears its own words from an echo server."""
    script = (
        f"exec 3<>/dev/tcp/{lab.rig.switch.peer.address}/{ECHO_PORT}; echo hello >&3; head -1 <&3"
    )
    assert guest.demand("bash", "-c", script) == "hello\n"


def test_guest_carries_on_with_one_cable(lab: OvsLab, home: OvsHost, guest: Guest) -> None:
    """Whichever of the two it is."""
    for leg in ("eth1", "eth5"):
        lab.rig.switch.unplug(home.name, leg)
        lab.pass_time(60)
        assert "3 received" in guest.demand(
            *("ping", "-n", "-c", "3", "-i", "0.05", "-W", "5"), lab.rig.switch.peer.address
        )
        lab.rig.switch.plug(home.name, leg)
        lab.pass_time(60)


def test_counted_traffic_names_what_was_sent(lab: OvsLab) -> None:
    """On a bond that carries no guest two are started; an untouched bond loses nothing."""
    host = lab.hosts[1].name
    with lab.traffic(host, "PUB") as ended:
        assert eventually(lambda: len(lab.rig.hosts[host].guests) == 2)
        sent, lost = ended()
    assert (sent > 0, lost) == (True, 0)


def test_guest_that_is_shut_down_is_gone(lab: OvsLab, home: OvsHost) -> None:
    """Its port and its interface go, too."""
    assert OTHER_VIF in shown(home, "ovs-vsctl", "list-ports", "xenbr3").split()
    with lab.world.lock:
        (vm,) = lab.world.database.where("VM", name_label="h")
    home.toolstack.call("VM.hard_shutdown", vm)
    assert OTHER_VIF not in lab.rig.hosts[home.name].guests
    assert OTHER_VIF not in shown(home, "ovs-vsctl", "list-ports", "xenbr3").split()
