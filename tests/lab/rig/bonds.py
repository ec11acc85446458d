"""Bonds on the hosts of a rig, and what is asked about them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.lab.rig.rigs import hosts, mac_of, until
from xsbond.lab.rig.guest import Guest
from xsbond.lab.rig.host import RunningHost
from xsbond.lab.rig.rig import Rig

LEGS = ("eth1", "eth5")
GUEST_MAC = "52:54:00:12:34:56"
VIF = "vif1.0"


def add_bond(rig: Rig, host: RunningHost, *settings: str) -> None:
    """Make bond1 of eth1 and eth5 on xapi1, in one transaction."""
    bridge = [
        f"datapath_type={rig.footing.datapath_type}",
        f"other-config:hwaddr={mac_of(1, 'eth1')}",
    ]
    words = ["--", "add-br", "xapi1", "--", "set", "bridge", "xapi1", *bridge]
    host.demand("ovs-vsctl", *words, "--", "add-bond", "xapi1", "bond1", *LEGS, *settings)
    host.demand("ip", "link", "set", "dev", "xapi1", "up")


@contextmanager
def bonded(*settings: str) -> Iterator[tuple[Rig, RunningHost, Guest]]:
    """Build a host with a bond and a guest on it."""
    with hosts() as rig:
        host = rig.hosts["xs-1"]
        add_bond(rig, host, *settings)
        guest = host.add_guest(VIF, GUEST_MAC)
        host.demand("ovs-vsctl", "add-port", "xapi1", VIF)
        yield rig, host, guest


def members(host: RunningHost) -> Mapping[str, str]:
    """Return leg -> enabled or disabled."""
    shown = host.demand("ovs-appctl", "bond/show", "bond1")
    return dict(re.findall(r"^(?:slave|member) (\S+): (\w+)$", shown, re.MULTILINE))


def lacp(host: RunningHost) -> str:
    """Return lacp_status."""
    shown = host.demand("ovs-appctl", "bond/show", "bond1")
    return str(re.findall(r"^lacp_status: (\w+)$", shown, re.MULTILINE)[0])


def carriers(host: RunningHost) -> Mapping[str, str]:
    """Return leg -> 1 or 0, as the kernel tells."""
    return {leg: host.read(f"/sys/class/net/{leg}/carrier").strip() for leg in LEGS}


def hears(guest: Guest, address: str) -> bool:
    """Tell whether one ping is answered within a second."""
    return guest.run("ping", "-c1", "-W1", address).code == 0


def reaches(guest: Guest, address: str) -> bool:
    """Tell whether an address answers in time."""
    return until(lambda: hears(guest, address))
