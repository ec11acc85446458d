"""The changes a plan is made of: each says what it does, and what a person would type instead."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from shlex import quote

from xsbond.model import BondMode

RESTART_COMMAND = "service xapi restart"
"""Restarts xapi alone; understood by SysV and by systemd dom0s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateNetwork:
    """network.create: a record in the pool's database, no bridge on any host yet."""

    host: str
    network: str
    mtu: int = 1500

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"create network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        mtu = f" MTU={self.mtu}" if self.mtu != 1500 else ""  # noqa: PLR2004 - XAPI's default
        return f"xe network-create name-label={quote(self.network)}{mtu}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBond:
    """Bond.create on one host's own PIFs."""

    host: str
    host_uuid: str
    network: str
    nics: tuple[str, ...]
    mode: BondMode
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        nics = "+".join(self.nics)
        return f"create a {self.mode} bond of {nics} on {self.host}, network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        pifs = ",".join(
            f"$(xe pif-list host-uuid={self.host_uuid} device={nic} VLAN=-1 --minimal)"
            for nic in self.nics
        )
        properties = "".join(f" properties:{k}={v}" for k, v in self.properties.items())
        network = f"$(xe network-list name-label={quote(self.network)} --minimal)"
        return (
            f"xe bond-create network-uuid={network} pif-uuids={pifs} mode={self.mode}{properties}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartAgent:
    """Restart a member's xapi, which copies the master's bonds when it starts."""

    host: str
    networks: tuple[str, ...]
    """The networks whose bonds it is to inherit."""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"restart xapi on {self.host}, to inherit the bond of {', '.join(self.networks)}"

    @property
    def command(self) -> str:
        """Return what to type at one's own prompt."""
        return f"ssh root@{self.host} {RESTART_COMMAND}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAddress:
    """PIF.reconfigure_ip on one host's bond."""

    host: str
    host_uuid: str
    network: str
    address: ipaddress.IPv4Interface

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"give {self.host} the address {self.address} on network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return (
            f"xe pif-reconfigure-ip uuid=$(xe pif-list host-uuid={self.host_uuid}"
            f" network-name-label={quote(self.network)} --minimal) mode=static"
            f" IP={self.address.ip} netmask={self.address.netmask}"
        )


Step = CreateNetwork | CreateBond | RestartAgent | SetAddress
"""Every kind of change this product makes."""
