"""What a lab is built from: the pool of the tutorial, for any number of hosts, on any profile.

Blueprints are frozen values; `world.py` builds the pool's database from one, `dom0` its hosts.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, repeat
from typing import Literal

from xsbond.lab.contracts import NetworkBackend, Nic
from xsbond.lab.profiles import CURRENT, PROFILES, XENSERVER_6_2, Profile

__all__ = [
    "CURRENT",
    "MAX_HOSTS",
    "PROFILES",
    "ROLES",
    "XENSERVER_6_2",
    "AccountBlueprint",
    "Blueprint",
    "BondBlueprint",
    "GuestBlueprint",
    "HostBlueprint",
    "NetworkBackend",
    "Profile",
    "tutorial",
    "with_nics",
]

ROLES = (
    "pool-admin",
    "pool-operator",
    "vm-power-admin",
    "vm-admin",
    "vm-operator",
    "read-only",
)
"""RBAC's roles, from most to least; each may do whatever a later one may (datamodel_roles.ml)."""
_ACCOUNT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")
PowerState = Literal["Halted", "Running", "Paused", "Suspended"]
_AT_REST = ("Halted", "Suspended")
MAX_HOSTS = 64
"""The largest pool XenServer and XCP-ng support."""


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
    network_backend: NetworkBackend = "openvswitch"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBlueprint:
    """A user besides root."""

    name: str
    role: str
    """One of ROLES, for example read-only."""
    password: str = field(default="", repr=False)
    """Empty: the lab draws one."""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"{self.role!r} is none of {', '.join(ROLES)}")
        if not _ACCOUNT_NAME.fullmatch(self.name) or self.name == "root":
            raise ValueError(f"{self.name!r} is no name for an account")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestBlueprint:
    """A virtual machine: where it runs, and the networks it is connected to."""

    name: str
    host: str = ""
    """Name of the host it runs on; empty: it is at rest."""
    power_state: PowerState = "Halted"
    networks: tuple[str, ...] = ()
    """Name or bridge of each, in the order of its interfaces."""

    def __post_init__(self) -> None:
        if (self.power_state in _AT_REST) == bool(self.host):
            where = f"on host {self.host}" if self.host else "on no host"
            raise ValueError(f"guest {self.name} cannot be {self.power_state} {where}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """A whole pool; the first host is the master."""

    hosts: tuple[HostBlueprint, ...]
    bonds: tuple[BondBlueprint, ...] = ()
    gateway: str = ""
    profile: Profile = field(default=CURRENT)
    password: str = field(default="", repr=False)
    """Password of root, for XAPI and SSH alike; empty: the lab draws one."""
    accounts: tuple[AccountBlueprint, ...] = ()
    """Users of XAPI besides root; SSH knows root alone."""

    guests: tuple[GuestBlueprint, ...] = ()

    def __post_init__(self) -> None:
        strangers = {guest.host for guest in self.guests} - {host.name for host in self.hosts}
        if strangers - {""}:
            raise ValueError(f"guests on hosts that are not: {', '.join(sorted(strangers - {''}))}")
        names = [account.name for account in self.accounts]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"there is more than one account {', '.join(twice)}")


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


def tutorial(
    hosts: int = 2,
    profile: Profile = CURRENT,
    password: str = "",
    network_backend: NetworkBackend = "openvswitch",
) -> Blueprint:
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
                network_backend=network_backend,
            )
            for index in range(hosts)
        ),
        bonds=(BondBlueprint(network="NAS", devices=("eth2", "eth4"), addresses=tuple(storage)),),
        gateway=str(next(iter(management[0].network.hosts()))),
        profile=profile,
        password=password,
    )


def with_nics(pool: Blueprint, counts: Sequence[int]) -> Blueprint:
    """Return a pool whose hosts have so many of their NICs, the last count for all other hosts.

    A bond stays if every host has its NICs. Raises ValueError for a count that cannot be.
    """
    if not counts or not all(1 <= count <= len(pool.hosts[0].nics) for count in counts):
        raise ValueError(f"a host of a lab has 1 to {len(pool.hosts[0].nics)} NICs")
    if len(counts) > len(pool.hosts):
        raise ValueError(f"there are {len(pool.hosts)} hosts, and counts of NICs for {len(counts)}")
    own = tuple(islice(chain(counts, repeat(counts[-1])), len(pool.hosts)))
    hosts = tuple(
        replace(host, nics=host.nics[:count]) for host, count in zip(pool.hosts, own, strict=True)
    )
    everywhere = {nic.device for nic in hosts[0].nics}.intersection(
        *({nic.device for nic in host.nics} for host in hosts)
    )
    bonds = tuple(bond for bond in pool.bonds if everywhere >= {*bond.devices})
    return replace(pool, hosts=hosts, bonds=bonds)
