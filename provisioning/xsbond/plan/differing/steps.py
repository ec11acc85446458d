"""The changes that make what is there, and different, as it is wanted; nothing is destroyed.

Each was typed on a pool. Bond.set_mode and PIF.plug apply mode, MTU and settings anew on one host;
a port of other interfaces has to be unplugged first, since networkd adds none to a bond.
"""

from dataclasses import dataclass
from typing import ClassVar

from xsbond.model import BondMode
from xsbond.plan.differing.settings import ChangeAddress, ChangeOverride


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMode:
    """Bond.set_mode on one host's bond; the other hosts' bonds keep theirs."""

    calls: ClassVar[tuple[str, ...]] = ("Bond.set_mode",)
    kind: ClassVar[str] = "set-mode"

    host: str
    host_uuid: str
    network: str
    uuid: str
    """Of the bond."""
    seen: str
    mode: BondMode

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        where = f"the bond of {self.host}, network {self.network}"
        return f"set the mode of {where}, to {self.mode}; it is {self.seen}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe bond-set-mode uuid={self.uuid} mode={self.mode}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProperty:
    """Bond.set_property: one property of one host's lacp bond."""

    calls: ClassVar[tuple[str, ...]] = ("Bond.set_property",)
    kind: ClassVar[str] = "set-property"

    host: str
    host_uuid: str
    network: str
    uuid: str
    """Of the bond."""
    name: str
    seen: str
    value: str

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        where = f"the bond of {self.host}, network {self.network}"
        return f"set {self.name} of {where}, to {self.value}; it is {self.seen or 'not set'}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe bond-param-set uuid={self.uuid} properties:{self.name}={self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMtu:
    """network.set_MTU: a record; each host takes it over when its PIF is plugged."""

    calls: ClassVar[tuple[str, ...]] = ("network.set_MTU",)
    kind: ClassVar[str] = "set-mtu"

    host: str
    """The pool master."""
    network: str
    uuid: str
    """Of the network."""
    seen: int
    mtu: int

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"set the MTU of network {self.network} to {self.mtu}; it is {self.seen}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe network-param-set uuid={self.uuid} MTU={self.mtu}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """PIF.plug of a bond: networkd has bridge, port and legs as XAPI's records say."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.plug",)
    kind: ClassVar[str] = "plug-bond"

    host: str
    network: str
    pif: str
    """uuid."""
    why: str
    """What dom0 has, in a few words."""

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"plug the bond of {self.host}, network {self.network}: {self.why}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe pif-plug uuid={self.pif}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replug(Plug):
    """PIF.unplug and PIF.plug of a bond, whose port is made anew."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.unplug", "PIF.plug")
    kind: ClassVar[str] = "replug-bond"

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"unplug and plug the bond of {self.host}, network {self.network}: {self.why}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe pif-unplug uuid={self.pif} && xe pif-plug uuid={self.pif}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOverride:
    """One key less in the bond PIF's other_config, and PIF.plug, which has networkd read it."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.remove_from_other_config", "PIF.plug")
    kind: ClassVar[str] = "remove-override"

    host: str
    host_uuid: str
    network: str
    pif: str
    """uuid."""
    key: str
    value: str

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        key = f"{self.key}={self.value}"
        where = f"the bond of {self.host}, network {self.network}"
        return f"remove {key} from {where}; the bond file does not have it"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        key = f"param-name=other-config param-key={self.key}"
        return f"xe pif-param-remove uuid={self.pif} {key} && xe pif-plug uuid={self.pif}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanNics:
    """PIF.scan of one host, which finds NICs whose PIF was forgotten."""

    calls: ClassVar[tuple[str, ...]] = ("PIF.scan",)
    kind: ClassVar[str] = "scan-nics"

    host: str
    host_uuid: str
    network: str
    nics: tuple[str, ...]

    @property
    def does(self) -> str:
        """Return the step as a sentence."""
        return f"let XAPI find {', '.join(self.nics)} on {self.host}, for network {self.network}"

    @property
    def command(self) -> str:
        """Return what to type in the pool master's dom0."""
        return f"xe pif-scan host-uuid={self.host_uuid}"


Change = (
    SetMode
    | SetProperty
    | SetMtu
    | ChangeAddress
    | ChangeOverride
    | Plug
    | Replug
    | RemoveOverride
    | ScanNics
)
"""Every kind of step that only changes what is there."""
