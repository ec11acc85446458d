"""The changes a plan is made of: each says what it does, and what a person would type instead."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from shlex import quote
from typing import ClassVar

from xsbond.model import BondMode

RESTART_COMMAND = "service xapi restart"
"""Restarts xapi alone; understood by SysV and by systemd dom0s."""
_SAYS = "/var/run/xsbond-restart"
DETACHED_RESTART = (
    f"mkdir -p {_SAYS}; rm -f {_SAYS}/status\n"
    f"nohup sh -c '{RESTART_COMMAND} >{_SAYS}/said 2>&1; echo $? >{_SAYS}/status'"
    " </dev/null >/dev/null 2>&1 &\n"
    "wait $!\n"
    f"cat {_SAYS}/said; s=$(cat {_SAYS}/status); rm -f {_SAYS}/said {_SAYS}/status\n"
    f"rmdir {_SAYS}; exit ${{s:-1}}\n"
)
"""The same as a script that does not depend on the connection it came by.

A service script that writes to a connection that is gone ends there, with xapi stopped and not
started again.
"""
RESTART_CALL = "host.restart_agent"
"""Restarts all of a host's toolstack, and needs no SSH (xapi_host.ml, restart_agent)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateNetwork:
    """network.create: a record in the pool's database, no bridge on any host yet."""

    calls: ClassVar[tuple[str, ...]] = ("network.create",)
    """What the account must be allowed to call; every step has them."""
    kind: ClassVar[str] = "create-network"
    """What the journal calls it; every step has one."""

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

    calls: ClassVar[tuple[str, ...]] = ("Bond.create",)
    kind: ClassVar[str] = "create-bond"

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

    kind: ClassVar[str] = "restart-agent"

    host: str
    networks: tuple[str, ...]
    """The networks whose bonds it is to inherit."""
    host_uuid: str = field(default="", compare=False)
    by_xapi: bool = False
    """By a call instead of SSH; the whole toolstack is restarted then."""

    @property
    def calls(self) -> tuple[str, ...]:
        """Return what the account must be allowed to call."""
        return (RESTART_CALL,) if self.by_xapi else ()

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        what = "the toolstack" if self.by_xapi else "xapi"
        return f"restart {what} on {self.host}, to inherit the bond of {', '.join(self.networks)}"

    @property
    def command(self) -> str:
        """Return what to type at one's own prompt."""
        return f"ssh root@{self.host} {'xe-toolstack-restart' if self.by_xapi else RESTART_COMMAND}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAddress:
    """PIF.reconfigure_ip on one host's bond."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.reconfigure_ip",)
    kind: ClassVar[str] = "set-address"

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
"""Every kind of change an apply makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearAddress:
    """PIF.reconfigure_ip, to take an address away that an apply has set."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.reconfigure_ip",)
    kind: ClassVar[str] = "clear-address"

    host: str
    host_uuid: str
    network: str
    pif: str
    """uuid of the bond's PIF."""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"take the address of {self.host} on network {self.network} away"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe pif-reconfigure-ip uuid={self.pif} mode=none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyBond:
    """Bond.destroy: the legs get their own bridges back."""

    calls: ClassVar[tuple[str, ...]] = ("Bond.destroy",)
    kind: ClassVar[str] = "destroy-bond"

    host: str
    host_uuid: str
    network: str
    nics: tuple[str, ...]
    uuid: str

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"destroy the bond of {'+'.join(self.nics)} on {self.host}, network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe bond-destroy uuid={self.uuid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyNetwork:
    """network.destroy: the record in the pool's database goes."""

    calls: ClassVar[tuple[str, ...]] = ("network.destroy",)
    kind: ClassVar[str] = "destroy-network"

    host: str
    """The pool master."""
    network: str
    uuid: str

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"destroy network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe network-destroy uuid={self.uuid}"


UndoStep = ClearAddress | DestroyBond | DestroyNetwork
"""Every kind of change an undo makes."""
AnyStep = Step | UndoStep
