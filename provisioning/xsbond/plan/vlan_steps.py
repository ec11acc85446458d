"""The changes of a plan that concern a VLAN on a bond."""

from dataclasses import dataclass
from shlex import quote
from typing import ClassVar

from xsbond.plan.commands import network_of, pif_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateVlan:
    """VLAN.create on one host's bond; one that the host has inherited meanwhile is plugged."""

    calls: ClassVar[tuple[str, ...]] = ("VLAN.create", "PIF.plug")
    kind: ClassVar[str] = "create-vlan"

    host: str
    host_uuid: str
    network: str
    """Of the VLAN."""
    below: str
    """Network of the bond."""
    tag: int
    network_uuid: str = ""
    below_uuid: str = ""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return (
            f"create VLAN {self.tag} on the bond of {self.host} on {self.below},"
            f" network {self.network}"
        )

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        network = network_of(self.network, self.network_uuid)
        pif = pif_of(self.host_uuid, self.below, self.below_uuid)
        return f"xe vlan-create network-uuid={network} pif-uuid={pif} vlan={self.tag}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugVlan:
    """PIF.plug of a VLAN that is recorded, and not attached."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.plug",)
    kind: ClassVar[str] = "plug-vlan"

    host: str
    host_uuid: str
    network: str
    pif: str
    """uuid."""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"attach {self.host} to network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe pif-plug uuid={self.pif}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyVlan:
    """VLAN.destroy, to take back one that an apply has made."""

    calls: ClassVar[tuple[str, ...]] = ("VLAN.destroy",)
    kind: ClassVar[str] = "destroy-vlan"

    host: str
    host_uuid: str
    network: str
    tag: int
    uuid: str

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"destroy VLAN {self.tag} of {self.host}, network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe vlan-destroy uuid={quote(self.uuid)}"
