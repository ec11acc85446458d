"""What a lab is built from: the pool of the tutorial, for any number of hosts, on any profile.

Blueprints are frozen values; `world.py` builds the pool's database from one, `dom0` its hosts.
"""

import ipaddress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from xsbond.lab.contracts import Nic

MAX_HOSTS = 64
"""The largest pool XenServer and XCP-ng support."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One generation of the product: what it prints and how its members inherit bonds."""

    name: str
    product_brand: str
    product_version: str
    xapi_version: str
    api_version: tuple[int, int]
    openvswitch: str
    """Version of Open vSwitch; decides the wording of bond/list and bond/show."""
    net_tools: Literal[1, 2]
    """Generation of ifconfig: 1 prints `HWaddr`, 2 prints `ether`."""
    network_label: str
    """Name of the default network; `{position}` and `{device}` are filled in."""
    inherit_by: Literal["device", "position"]
    """How a member finds its NICs: PIF.device, since xapi 25.35 the N of `xenbrN`."""
    bond_before_enabled: bool = False
    """Up to 6.5 the bonds are copied before the host is enabled, later after."""


CURRENT = Profile(
    name="current",
    product_brand="XCP-ng",
    product_version="8.3.0",
    xapi_version="26.17.0",
    api_version=(2, 23),
    openvswitch="3.5.0",
    net_tools=2,
    network_label="Pool-wide network {position}",
    inherit_by="position",
)
XENSERVER_6_2 = Profile(
    name="xenserver-6.2",
    product_brand="XenServer",
    product_version="6.2.0",
    xapi_version="1.3",
    api_version=(2, 0),
    openvswitch="1.4.6",
    net_tools=1,
    network_label="Pool-wide network associated with {device}",
    inherit_by="device",
    bond_before_enabled=True,
)
PROFILES = MappingProxyType({profile.name: profile for profile in (CURRENT, XENSERVER_6_2)})


@dataclass(frozen=True, slots=True, kw_only=True)
class BondBlueprint:
    """A bond that every host of the pool already has when the lab starts."""

    network: str
    devices: tuple[str, ...]
    mode: str = "active-backup"
    addresses: tuple[ipaddress.IPv4Interface, ...] = ()
    """One per host, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostBlueprint:
    """One host: its name, its NICs in order of position, its management address on the first."""

    name: str
    nics: tuple[Nic, ...]
    management: ipaddress.IPv4Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """A whole pool; the first host is the master."""

    hosts: tuple[HostBlueprint, ...]
    bonds: tuple[BondBlueprint, ...] = ()
    gateway: str = ""
    profile: Profile = field(default=CURRENT)
    password: str = ""
    """Password of root, for XAPI and SSH alike; empty: the lab draws one."""


# The six NICs of each host of the tutorial, eth0 to eth5.
_TUTORIAL_MACS = (
    (
        "00:1f:29:c4:9f:5c",
        "00:1f:29:c4:9f:3c",
        "00:26:55:d1:e8:cc",
        "00:26:55:d1:e8:cd",
        "00:1b:78:5a:21:8d",
        "00:1b:78:5a:21:8c",
    ),
    (
        "00:1f:29:c4:9d:ba",
        "00:1f:29:c4:9d:c2",
        "00:26:55:d2:ee:50",
        "00:26:55:d2:ee:51",
        "00:1b:78:5c:74:35",
        "00:1b:78:5c:74:34",
    ),
)
_NICS = 6


def _macs(index: int) -> tuple[str, ...]:
    """Return the MACs of host number `index`; beyond the tutorial's two, locally administered."""
    if index < len(_TUTORIAL_MACS):
        return _TUTORIAL_MACS[index]
    return tuple(f"02:00:5e:{index:02x}:00:{nic:02x}" for nic in range(_NICS))


def _subnets(hosts: int) -> tuple[list[ipaddress.IPv4Interface], list[ipaddress.IPv4Interface]]:
    """Return management and storage addresses; the tutorial's subnets while the hosts fit in."""
    if hosts <= 10:  # noqa: PLR2004 - 172.16.0.0/27 from .10 in steps of two
        return (
            [ipaddress.IPv4Interface(f"172.16.0.{10 + 2 * n}/27") for n in range(hosts)],
            [ipaddress.IPv4Interface(f"172.16.0.{35 + n}/28") for n in range(hosts)],
        )
    return (
        [ipaddress.IPv4Interface(f"172.18.0.{10 + n}/24") for n in range(hosts)],
        [ipaddress.IPv4Interface(f"172.19.0.{10 + n}/24") for n in range(hosts)],
    )


def tutorial(hosts: int = 2, profile: Profile = CURRENT, password: str = "") -> Blueprint:
    """Return the tutorial's pool: management on eth0, network NAS on bond0 of eth2 and eth4.

    Raises ValueError if `hosts` is not between 1 and 64.
    """
    if not 1 <= hosts <= MAX_HOSTS:
        raise ValueError(f"a lab has 1 to {MAX_HOSTS} hosts, not {hosts}")
    management, storage = _subnets(hosts)
    return Blueprint(
        hosts=tuple(
            HostBlueprint(
                name=f"xs-{index + 1}",
                nics=tuple(
                    Nic(device=f"eth{position}", mac=mac, position=position)
                    for position, mac in enumerate(_macs(index))
                ),
                management=management[index],
            )
            for index in range(hosts)
        ),
        bonds=(BondBlueprint(network="NAS", devices=("eth2", "eth4"), addresses=tuple(storage)),),
        gateway=str(next(iter(management[0].network.hosts()))),
        profile=profile,
        password=password,
    )
