"""What a bond file may hold, key by key: what the reader and the JSON schema are made of."""

from typing import Annotated

import msgspec
from msgspec import Meta

from xsbond.model import BondMode

_HOSTS = "a table from host name to value; the key `default` stands for all other hosts"

NIC = (
    r"^(?:[A-Za-z][A-Za-z0-9_.\-]{0,14}"
    r"|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"
    r"|(?:[0-9A-Fa-f]{4}:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7])$"
)
"""A device name, a MAC or a PCI position."""

Text = Annotated[str, Meta(min_length=1)]
Network = Annotated[str, Meta(min_length=1, description="name_label of the network")]
NetworkUuid = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="uuid of the network, where other networks have the same name",
    ),
]
Nic = Annotated[
    str,
    Meta(
        pattern=NIC,
        description="a device (eth1), a MAC (00:1f:29:c4:9f:3c) or a PCI position (0000:04:00.1)",
    ),
]
Nics = Annotated[
    list[Nic] | dict[str, list[Nic]],
    Meta(
        description="the legs, two or more; the first one gives the bond its MAC. A list for all"
        f" hosts, or {_HOSTS}"
    ),
]
Mtu = Annotated[int, Meta(ge=68, le=65535, description="bytes")]
Addresses = Annotated[
    dict[str, Text],
    Meta(description=f"IPv4 address and prefix length, `dhcp` or `none`; {_HOSTS}"),
]
Ipv6 = Annotated[
    dict[str, Text],
    Meta(description=f"IPv6 address and prefix length, `autoconf`, `dhcp` or `none`; {_HOSTS}"),
]
Management = Annotated[
    bool, Meta(description="whether the management interface of every host is on this network")
]
Gateway = Annotated[str, Meta(min_length=1, description="of the management interface, IPv4")]
Ipv6Gateway = Annotated[str, Meta(min_length=1, description="of the management interface, IPv6")]
Dns = Annotated[list[Text], Meta(description="name servers of the management interface")]
Tag = Annotated[int, Meta(ge=1, le=4094, description="VLAN tag")]
Properties = Annotated[dict[str, str], Meta(description="Bond.properties, for mode lacp only")]
OtherConfig = Annotated[
    dict[str, str | int],
    Meta(description="`bond-…` keys of PIF.other_config, which override what XAPI sets"),
]
_Device = Annotated[str, Meta(pattern=r"^bond\d+$")]
Device = Annotated[
    _Device | dict[str, _Device],
    Meta(description=f"what the bond is called in XAPI, such as bond1; a text, or {_HOSTS}"),
]
Macs = Annotated[
    dict[str, Annotated[str, Meta(pattern=r"^[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}$")]],
    Meta(description="explicit MAC of the bond; a table from host name to value"),
]


class VlanTable(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One `[[bond.vlans]]` table: a VLAN network on the bond."""

    network: Network
    tag: Tag
    network_uuid: NetworkUuid | msgspec.UnsetType = msgspec.UNSET
    mtu: Mtu | msgspec.UnsetType = msgspec.UNSET
    management: Management = False
    addresses: Addresses = {}
    gateway: Gateway | msgspec.UnsetType = msgspec.UNSET
    dns: Dns = []
    ipv6: Ipv6 = {}
    ipv6_gateway: Ipv6Gateway | msgspec.UnsetType = msgspec.UNSET


class BondTable(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One `[[bond]]` table: a bond that every host of the pool is to have."""

    network: Network
    nics: Nics
    network_uuid: NetworkUuid | msgspec.UnsetType = msgspec.UNSET
    mode: BondMode = BondMode.BALANCE_SLB
    mtu: Mtu | msgspec.UnsetType = msgspec.UNSET
    properties: Properties = {}
    other_config: OtherConfig = {}
    device: Device | msgspec.UnsetType = msgspec.UNSET
    mac: Macs = {}
    management: Management = False
    addresses: Addresses = {}
    gateway: Gateway | msgspec.UnsetType = msgspec.UNSET
    dns: Dns = []
    ipv6: Ipv6 = {}
    ipv6_gateway: Ipv6Gateway | msgspec.UnsetType = msgspec.UNSET
    vlans: list[VlanTable] = []


class BondFile(msgspec.Struct, forbid_unknown_fields=True):
    """A bond file of pytest-xsbond."""

    bond: Annotated[list[BondTable], Meta(min_length=1)]
