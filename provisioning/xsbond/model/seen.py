"""What XAPI said, frozen.

Records of XAPI keep XAPI's own field names (`MAC`, `ip_configuration_mode`); our own values have
plain ones. Nothing here does I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """XAPI class pool."""

    uuid: str
    name_label: str
    master: str
    ha_enabled: bool
    other_config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """XAPI class host."""

    uuid: str
    name_label: str
    hostname: str
    address: str
    enabled: bool
    metrics: str
    software_version: Mapping[str, str]
    other_config: Mapping[str, str]
    bios_strings: Mapping[str, str] = field(default_factory=dict)
    ssh_enabled: bool = True
    """Whether sshd is to run; releases before xapi 25.21 do not tell."""

    @property
    def model(self) -> tuple[str, str]:
        """Who made the server, and which it is; empty texts where the BIOS does not tell."""
        told = self.bios_strings
        return told.get("system-manufacturer", ""), told.get("system-product-name", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMetrics:
    """XAPI class host_metrics."""

    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """XAPI class network."""

    uuid: str
    name_label: str
    bridge: str
    MTU: int
    other_config: Mapping[str, str]
    PIFs: tuple[str, ...]
    VIFs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pif:
    """XAPI class PIF."""

    uuid: str
    device: str
    host: str
    network: str
    MAC: str
    MTU: int
    VLAN: int
    metrics: str
    physical: bool
    currently_attached: bool
    management: bool
    ip_configuration_mode: str
    IP: str
    netmask: str
    gateway: str
    bond_slave_of: str
    bond_master_of: tuple[str, ...]
    other_config: Mapping[str, str]
    capabilities: tuple[str, ...] = ()
    VLAN_slave_of: tuple[str, ...] = ()
    """The VLANs that run on it."""
    tunnel_transport_PIF_of: tuple[str, ...] = ()
    """The tunnels that run on it."""
    sriov_physical_PIF_of: tuple[str, ...] = ()
    managed: bool = True
    DNS: str = ""
    """Name servers, separated by commas."""
    ipv6_configuration_mode: str = "None"
    IPv6: tuple[str, ...] = ()
    """Addresses with their prefix lengths; one empty text where there is none."""
    ipv6_gateway: str = ""
    primary_address_type: str = "IPv4"


@dataclass(frozen=True, slots=True, kw_only=True)
class PifMetrics:
    """XAPI class PIF_metrics."""

    carrier: bool
    speed: int
    """Mbit/s; the sum of the legs for a bond; 0 or below where the NIC does not tell."""
    duplex: bool
    pci_bus_path: str = ""
    """Empty or N/A where the NIC has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """XAPI class Bond."""

    uuid: str
    master: str
    slaves: tuple[str, ...]
    """Unordered: XAPI computes it from PIF.bond_slave_of."""
    primary_slave: str
    mode: str
    properties: Mapping[str, str]
    links_up: int
    auto_update_mac: bool = True
    """Whether the primary leg gives the bond its MAC; False if it was created with one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vlan:
    """XAPI class VLAN."""

    uuid: str
    tagged_PIF: str
    untagged_PIF: str
    tag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """XAPI class message."""

    name: str
    obj_uuid: str
    """Of a host, for what is about bonds."""
    timestamp: str
    """UTC, in the basic form of ISO 8601: texts sort as times do."""
    body: str
