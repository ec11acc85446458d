"""The generations of the product: what each prints, knows, and does differently.

A feature's `since` is one number line: the product's version up to 8.2, xapi's own version from
21 on, and (8, 2, 1, N) for what came with xapi 1.N between the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

Version = tuple[int, ...]

_FIRST_OF_ITS_OWN = (21,)
"""xapi's version that no longer belongs to a numbered release of the product."""


def numbers(version: str) -> Version:
    """Return a version as integers, for example (2, 17, 7)."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One generation of the product."""

    name: str
    product_brand: str
    product_version: str
    product_version_text: str
    product_version_short: str
    platform_version: str
    build_number: str
    build_date: str
    """Empty: the day the lab starts."""
    company: str
    console: str
    """Name of the administrator's graphical program."""
    edition: str
    xapi_version: str
    xapi_told: str
    """What host.software_version says of it; up to 8.2 that is another number."""
    api_version: tuple[int, int]
    db_schema: str
    """Empty where host.software_version does not tell."""
    xen: str
    linux: str
    openvswitch: str
    """Version of Open vSwitch; decides the wording of bond/list and bond/show."""
    openvswitch_compiled: str
    """When it was, which only older ones tell."""
    net_tools: Literal[1, 2]
    """Generation of ifconfig: 1 prints `HWaddr`, 2 prints `ether`."""
    network_label: str
    """Name of the default network; `{position}` and `{device}` are filled in."""
    inherit_by: Literal["device", "position"]
    """How a member finds its NICs: PIF.device, since xapi 25.35 the N of `xenbrN`."""
    bond_before_enabled: bool
    """Up to 6.5 the bonds are copied before the host is enabled, later after (CA-175353)."""
    json_paths: tuple[str, ...]
    """Where JSON-RPC is answered."""
    json_2: bool
    """JSON-RPC 2.0 is spoken besides 1.0, since 2017."""
    json_2_in_emergency: bool
    """What fails before its dispatch is answered in the shape of 2.0, since March 2024."""

    @property
    def generation(self) -> Version:
        """Return the place on the number line of `since`."""
        xapi = numbers(self.xapi_version)
        return xapi if xapi >= _FIRST_OF_ITS_OWN else numbers(self.product_version)

    @property
    def release_line(self) -> str:
        """Return the text of /etc/redhat-release, which told the build up to 6.5."""
        build = "" if self.knows((7, 0)) else f"-{self.build_number}"
        return f"{self.product_brand} release {self.product_version}{build} (xenenterprise)\n"

    def knows(self, since: Version) -> bool:
        """Tell whether what came with `since` is there."""
        return since <= self.generation


XENSERVER_6_2 = Profile(
    name="xenserver-6.2",
    product_brand="XenServer",
    product_version="6.2.0",
    product_version_text="6.2",
    product_version_short="6.2",
    platform_version="1.8.0",
    build_number="70446c",
    build_date="2013-06-14",
    company="Citrix Systems, Inc.",
    console="XenCenter",
    edition="free",
    xapi_version="1.3",
    xapi_told="1.3",
    api_version=(2, 0),
    db_schema="",
    xen="4.1.5",
    linux="2.6.32.43-0.4.1.xs1.8.0.835.170778xen",
    openvswitch="1.4.6",
    openvswitch_compiled="Jun  3 2013 12:29:44",
    net_tools=1,
    network_label="Pool-wide network associated with {device}",
    inherit_by="device",
    bond_before_enabled=True,
    json_paths=("/json",),
    json_2=False,
    json_2_in_emergency=False,
)
CITRIX_HYPERVISOR_8_2 = Profile(
    name="citrix-hypervisor-8.2",
    product_brand="Citrix Hypervisor",
    product_version="8.2.1",
    product_version_text="8.2 Cumulative Update 1",
    product_version_short="8.2 CU1",
    platform_version="3.2.1",
    build_number="release/yangtze/master/58",
    build_date="2021-11-29",
    company="Citrix Systems, Inc.",
    console="Citrix XenCenter",
    edition="express",
    xapi_version="1.249.19",
    xapi_told="1.20",
    api_version=(2, 15),
    db_schema="5.603",
    xen="4.13.4-10.12",
    linux="4.19.0+1",
    openvswitch="2.5.3",
    openvswitch_compiled="Mar 27 2019 10:02:03",
    net_tools=2,
    network_label="Pool-wide network associated with {device}",
    inherit_by="device",
    bond_before_enabled=False,
    json_paths=("/jsonrpc",),
    json_2=True,
    json_2_in_emergency=False,
)
XCP_NG_8_2 = replace(
    CITRIX_HYPERVISOR_8_2,
    name="xcp-ng-8.2",
    product_brand="XCP-ng",
    product_version_text="8.2",
    product_version_short="8.2",
    build_date="2022-02-11",
    company="Open Source",
    console="XCP-ng Center",
    edition="xcp-ng",
    xapi_version="1.249.32",
    xen="4.13.5-9.36",
)
XCP_NG_8_3 = replace(
    XCP_NG_8_2,
    name="xcp-ng-8.3",
    product_version="8.3.0",
    product_version_text="8.3",
    product_version_short="8.3",
    platform_version="3.4.0",
    build_number="cloud",
    build_date="20240926T12:00:05Z",
    xapi_version="24.19.2",
    xapi_told="24.19",
    api_version=(2, 21),
    db_schema="5.780",
    xen="4.17.5-3",
    openvswitch="2.17.7",
    openvswitch_compiled="",
    json_2_in_emergency=True,
)
XENSERVER_8 = replace(
    XCP_NG_8_3,
    name="xenserver-8",
    product_brand="XenServer",
    product_version="8.4.0",
    product_version_text="8",
    product_version_short="8",
    build_number="stream",
    build_date="20251124T10:31:02Z",
    company="Cloud Software Group, Inc.",
    console="XenCenter",
    edition="trial",
    xapi_version="25.33.1",
    xapi_told="25.33",
    db_schema="5.792",
    xen="4.17.5-23",
)
CURRENT = replace(
    XCP_NG_8_3,
    name="current",
    build_date="",
    xapi_version="26.17.0",
    xapi_told="26.17",
    api_version=(2, 23),
    db_schema="5.909",
    xen="",
    openvswitch="3.5.0",
    network_label="Pool-wide network {position}",
    inherit_by="position",
)
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            CURRENT,
            XENSERVER_8,
            XCP_NG_8_3,
            XCP_NG_8_2,
            CITRIX_HYPERVISOR_8_2,
            XENSERVER_6_2,
        )
    }
)
"""By the name a user types, the newest first."""
