"""The changes a plan is made of: each says what it does, and what a person would type instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from shlex import quote
from typing import ClassVar

from xsbond.model import BondMode
from xsbond.plan.address_steps import ClearAddress, SetAddress, SetIpv6Address
from xsbond.plan.commands import network_of, pif_of
from xsbond.plan.vlan_steps import CreateVlan, DestroyVlan, PlugVlan

__all__ = [
    "RESTART_CALL",
    "RESTART_COMMAND",
    "AnyStep",
    "ClearAddress",
    "CreateBond",
    "CreateNetwork",
    "CreateVlan",
    "DestroyBond",
    "DestroyNetwork",
    "DestroyVlan",
    "PlugVlan",
    "RestartAgent",
    "SetAddress",
    "SetIpv6Address",
    "SetOverrides",
    "Step",
    "UndoStep",
]

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
    network_uuid: str = ""
    """Where it is known already."""
    mac: str = ""
    """Explicit; empty: that of the first NIC."""
    moves_management: bool = False
    """Whether one of the NICs is the management interface, or carries it: the host's connections
    may break meanwhile (xapi_bond.ml, create)."""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        nics = "+".join(self.nics)
        article = "an" if self.mode.value[0] in "aeiou" else "a"
        what = f"create {article} {self.mode} bond of {nics} on {self.host}, network {self.network}"
        what += f", with MAC {self.mac}" if self.mac else ""
        return f"{what}; the management interface moves to it" if self.moves_management else what

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        pifs = ",".join(
            f"$(xe pif-list host-uuid={self.host_uuid} device={nic} VLAN=-1 --minimal)"
            for nic in self.nics
        )
        mac = f" mac={self.mac}" if self.mac else ""
        properties = "".join(f" properties:{k}={v}" for k, v in self.properties.items())
        network = network_of(self.network, self.network_uuid)
        return (
            f"xe bond-create network-uuid={network} pif-uuids={pifs} mode={self.mode}{mac}"
            f"{properties}"
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
    moves_management: bool = False
    """Whether the management interface moves to a bond that is inherited, as in CreateBond."""

    @property
    def calls(self) -> tuple[str, ...]:
        """Return what the account must be allowed to call."""
        return (RESTART_CALL,) if self.by_xapi else ()

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        what = "the toolstack" if self.by_xapi else "xapi"
        bonds = ", ".join(self.networks)
        does = f"restart {what} on {self.host}, to inherit the bond of {bonds}"
        return f"{does}; the management interface moves to it" if self.moves_management else does

    @property
    def command(self) -> str:
        """Return what to type at one's own prompt."""
        return f"ssh root@{self.host} {'xe-toolstack-restart' if self.by_xapi else RESTART_COMMAND}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOverrides:
    """Keys of the bond PIF's other_config, and PIF.plug, which has networkd read them."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.add_to_other_config", "PIF.plug")
    kind: ClassVar[str] = "set-overrides"

    host: str
    host_uuid: str
    network: str
    other_config: Mapping[str, str]
    network_uuid: str = ""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        keys = ", ".join(f"{key}={value}" for key, value in self.other_config.items())
        return f"set {keys} on the bond of {self.host}, network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        pif = pif_of(self.host_uuid, self.network, self.network_uuid)
        keys = " ".join(f"other-config:{k}={quote(v)}" for k, v in self.other_config.items())
        return f"xe pif-param-set uuid={pif} {keys} && xe pif-plug uuid={pif}"


Step = (
    CreateNetwork
    | CreateBond
    | RestartAgent
    | SetOverrides
    | SetAddress
    | SetIpv6Address
    | CreateVlan
    | PlugVlan
)
"""Every kind of change an apply makes."""


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


UndoStep = ClearAddress | DestroyVlan | DestroyBond | DestroyNetwork
"""Every kind of change an undo makes."""
AnyStep = Step | UndoStep
