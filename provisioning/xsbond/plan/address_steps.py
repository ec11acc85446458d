"""The changes of a plan that give a host's PIF an address, or take it away."""

import ipaddress
from dataclasses import dataclass
from typing import ClassVar

from xsbond.model import Automatic, Ipv4, Pif
from xsbond.plan.commands import pif_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAddress:
    """PIF.reconfigure_ip on a host's PIF on one network."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.reconfigure_ip",)
    kind: ClassVar[str] = "set-address"

    host: str
    host_uuid: str
    network: str
    address: ipaddress.IPv4Interface | Automatic
    network_uuid: str = ""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return _gives(self.host, self.address, self.network)

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        uuid = pif_of(self.host_uuid, self.network, self.network_uuid)
        return f"xe pif-reconfigure-ip uuid={uuid} {words_of(self.address)}"


def readdressing(pif: Pif, address: Ipv4) -> str:
    """Return what gives a PIF that is there another address, or none; it keeps its gateway."""
    if address is None:
        return f"xe pif-reconfigure-ip uuid={pif.uuid} mode=none"
    kept = f" gateway={pif.gateway}" if pif.gateway and not isinstance(address, Automatic) else ""
    return f"xe pif-reconfigure-ip uuid={pif.uuid} {words_of(address)}{kept}"


def words_of(address: ipaddress.IPv4Interface | Automatic) -> str:
    """Return an address as arguments of xe pif-reconfigure-ip."""
    if isinstance(address, Automatic):
        return f"mode={address}"
    return f"mode=static IP={address.ip} netmask={address.netmask}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIpv6Address:
    """PIF.reconfigure_ipv6 on a host's PIF on one network."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.reconfigure_ipv6",)
    kind: ClassVar[str] = "set-ipv6-address"

    host: str
    host_uuid: str
    network: str
    address: ipaddress.IPv6Interface | Automatic
    gateway: str = ""
    network_uuid: str = ""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return _gives(self.host, self.address, self.network, "IPv6 ")

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        uuid = pif_of(self.host_uuid, self.network, self.network_uuid)
        if isinstance(self.address, Automatic):
            return f"xe pif-reconfigure-ipv6 uuid={uuid} mode={self.address}"
        gateway = f" gateway={self.gateway}" if self.gateway else ""
        return f"xe pif-reconfigure-ipv6 uuid={uuid} mode=static IPv6={self.address}{gateway}"


def _gives(host: str, address: object, network: str, version: str = "") -> str:
    if isinstance(address, Automatic):
        return f"let {host} get its {version}address on network {network} by {address}"
    return f"give {host} the {version}address {address} on network {network}"


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
