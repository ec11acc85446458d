"""The changes that give a bond's PIF another address, or another value of an override. Pure data.

Each holds what was there before, so that it can be taken back.
"""

import ipaddress
from dataclasses import dataclass
from shlex import quote
from typing import ClassVar

from xsbond.model import Automatic
from xsbond.plan.address_steps import words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAddress:
    """PIF.reconfigure_ip on a bond that has another address; its gateway stays."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.reconfigure_ip",)
    kind: ClassVar[str] = "change-address"

    host: str
    host_uuid: str
    network: str
    pif: str
    """uuid."""
    seen: str
    """The address with its prefix length, or `dhcp`."""
    address: ipaddress.IPv4Interface | Automatic
    gateway: str = ""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        where = f"{self.host} on network {self.network}"
        if isinstance(self.address, Automatic):
            return f"let {where} get its address by {self.address}; it is {self.seen}"
        return f"change the address of {where} to {self.address}; it is {self.seen}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        kept = self.gateway and not isinstance(self.address, Automatic)
        gateway = f" gateway={self.gateway}" if kept else ""
        return f"xe pif-reconfigure-ip uuid={self.pif} {words_of(self.address)}{gateway}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOverride:
    """Another value of one key in the bond PIF's other_config, and PIF.plug, which reads it."""

    calls: ClassVar[tuple[str, ...]] = (
        "PIF.remove_from_other_config",
        "PIF.add_to_other_config",
        "PIF.plug",
    )
    kind: ClassVar[str] = "change-override"

    host: str
    host_uuid: str
    network: str
    pif: str
    """uuid."""
    key: str
    seen: str
    """Empty: there is no such key."""
    value: str

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        where = f"the bond of {self.host}, network {self.network}"
        return f"set {self.key} of {where}, to {self.value}; it is {self.seen or 'not set'}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        key = f"other-config:{self.key}={quote(self.value)}"
        return f"xe pif-param-set uuid={self.pif} {key} && xe pif-plug uuid={self.pif}"
