"""What a bond file says of one host beyond NICs and mode: is it so.

Management, addresses, VLANs, overrides and names that are declared are right, and judged here; what
is not declared is for the other claims.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pytest_xsbond.claims import health
from pytest_xsbond.claims.bond_on_host import Addresses, BondOnHost
from pytest_xsbond.claims.seen import Sentences
from xsbond.model import Automatic, DesiredNetwork, DesiredVlan, Ipv4, Pif
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.addressing import address_of, ipv4_of, ipv6_of, settings_of, written

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""

IpFields = Mapping[str, str]
"""IPv4 mode, address and netmask of a PIF, and its IPv6 configuration in the file's words."""


def ip_fields(here: BondOnHost) -> IpFields:
    """Return the IP configuration of the bond's PIF."""
    pif = here.pif
    v4 = {"mode": pif.ip_configuration_mode, "IP": pif.IP, "netmask": pif.netmask}
    return v4 | {"IPv6": ipv6_of(pif), "primary": pif.primary_address_type}


def wanted_ip_fields(here: BondOnHost) -> IpFields:
    """Return what `ip_fields` is to return; with DHCP any address will do, none will not."""
    own, v6 = here.wanted.ipv4_on(here.name), here.wanted.ipv6_on(here.name)
    # Where IPv6 is all that is wanted, either is right: XAPI minds it on management PIFs only.
    primary = here.pif.primary_address_type if v6 and not own else "IPv4"
    return _wanted_ipv4(here, own) | {"IPv6": written(v6), "primary": primary}


def _wanted_ipv4(here: BondOnHost, wanted: Ipv4) -> dict[str, str]:
    if wanted is None:
        return {"mode": "None", "IP": "", "netmask": ""}
    if isinstance(wanted, Automatic):
        address, netmask = here.pif.IP or "an address", here.pif.netmask or "a netmask"
        return {"mode": "DHCP", "IP": address, "netmask": netmask}
    return {"mode": "Static", "IP": str(wanted.ip), "netmask": str(wanted.netmask)}


# --- management ---


def management_differences(here: BondOnHost) -> Sentences:
    """Return how the management interface is not where, or as, the bond file has it."""
    network = here.wanted.managing_network
    assert network is not None, "judged only where the bond file wants it"
    pif = _pif_on(here, network)
    found = []
    if not pif.management:
        others = [_name(own) for ref, own in _pifs(here) if own.management]
        where = ", ".join(others) or "nowhere"
        found.append(f"management is on {where}, not on {_name(pif)} (network {network.network})")
    pairs = {"address": (ipv4_of(pif), written(network.ipv4_on(here.name)))}
    for name, (seen, wanted) in (pairs | settings_of(pif, network)).items():
        if seen != wanted:
            found.append(f"its {name} is {seen or 'not set'}, wanted {wanted}")
    if not pif.IP:
        found.append(f"{_name(pif)} has no address")
    return Sentences(found)


def _pifs(here: BondOnHost) -> Iterator[tuple[str, Pif]]:
    for ref, pif in lookup.pifs_of(here.snapshot, here.host):
        if pif.management:
            here.evidence.record("PIF", ref)
        yield ref, pif


def _name(pif: Pif) -> str:
    return pif.device if pif.VLAN == lookup.UNTAGGED else f"VLAN {pif.VLAN} of {pif.device}"


def _pif_on(here: BondOnHost, network: DesiredNetwork) -> Pif:
    pif = lookup.own_pif(here.snapshot, here.host, network)
    if pif is None:
        says = f"{here.name} has no PIF on network {network.network}"
        raise here.missing(f"PIF on {network.network}", says)
    return pif


# --- IPv6 ---


def ipv6_differences(here: BondOnHost) -> Sentences:
    """Return how the IPv6 configuration of the bond's PIF is not the one of the bond file."""
    return Sentences(_ipv6_of_pif(here, here.wanted, here.pif))


def _ipv6_of_pif(here: BondOnHost, network: DesiredNetwork, pif: Pif) -> Iterator[str]:
    seen, wanted = ipv6_of(pif), network.ipv6_on(here.name)
    if seen != written(wanted):
        yield f"IPv6 of {_name(pif)} is {seen}, wanted {written(wanted)}"
    elif isinstance(wanted, Automatic) and not any(pif.IPv6):
        yield f"{_name(pif)} has got no IPv6 address by {wanted}"
    if network.ipv6_gateway and wanted and not isinstance(wanted, Automatic):
        gateway = pif.ipv6_gateway
        if gateway != network.ipv6_gateway:
            yield f"its IPv6 gateway is {gateway or 'not set'}, wanted {network.ipv6_gateway}"


# --- VLANs ---


def wanted_vlan_differences(here: BondOnHost) -> Sentences:
    """Return how the VLANs of this host's bond are not those of the bond file."""
    assert here.bond, "a bond is there, or the claim has failed for the lack of it"
    return Sentences(text for vlan in here.wanted.vlans for text in _of_vlan(here, vlan))


def _of_vlan(here: BondOnHost, vlan: DesiredVlan) -> Iterator[str]:
    networks = lookup.networks_of(here.snapshot, vlan)
    if len(networks) != 1:
        count = len(networks) or "no"
        yield f"there are {count} networks {vlan.network}, wanted is one"
        return
    ((ref, network),) = networks
    here.evidence.record("network", ref)
    if vlan.mtu is not None and vlan.mtu != network.MTU:
        yield f"network {vlan.network} has MTU {network.MTU}, wanted {vlan.mtu}"
    pif = lookup.own_pif(here.snapshot, here.host, vlan)
    if pif is None:
        yield f"{here.name} has no VLAN {vlan.tag} for network {vlan.network}"
        return
    below = [
        each.tagged_PIF
        for each in here.snapshot.vlans.values()
        if here.snapshot.pifs.get(each.untagged_PIF) == pif
    ]
    if vlan.tag != pif.VLAN:
        yield f"network {vlan.network} is VLAN {pif.VLAN} here, wanted {vlan.tag}"
    if below != list(here.pif_refs):
        yield f"VLAN {vlan.tag} is on {pif.device}, and not on the bond {here.pif.device}"
    if not pif.currently_attached:
        yield f"VLAN {vlan.tag} is not attached"
    if (seen := ipv4_of(pif)) != (wanted := written(vlan.ipv4_on(here.name))):
        yield f"the address on VLAN {vlan.tag} is {seen}, wanted {wanted}"
    yield from _ipv6_of_pif(here, vlan, pif)
    yield from _vlan_in_dom0(here, vlan, pif, network.bridge)


def _vlan_in_dom0(here: BondOnHost, vlan: DesiredVlan, pif: Pif, bridge: str) -> Iterator[str]:
    """Yield how the VLAN's bridge in dom0 is not up with exactly the wanted address."""
    interface = here.interfaces.get(bridge)
    if bridge not in here.bridges or interface is None or not interface.up:
        yield f"dom0 has no bridge {bridge} for VLAN {vlan.tag} that is up"
        return
    address = address_of(pif, vlan, here.name)
    if interface.addresses != ((address,) if address else ()):
        seen = ", ".join(map(str, interface.addresses)) or "no address"
        yield f"bridge {bridge} of VLAN {vlan.tag} has {seen}, wanted {address or 'none'}"
    if address is None and vlan.ipv4_on(here.name):
        yield f"VLAN {vlan.tag} has got no address by {written(vlan.ipv4_on(here.name))}"


def vlan_addresses(here: BondOnHost) -> Addresses:
    """Return (bridge, address) of what the bond file gives this host on the VLANs of its bonds."""
    found = (
        (
            lookup.networks_of(here.snapshot, vlan),
            lookup.own_pif(here.snapshot, here.host, vlan),
            vlan,
        )
        for bond in here.desired
        for vlan in bond.vlans
    )
    return frozenset(
        (networks[0][1].bridge, address)
        for networks, pif, vlan in found
        if networks and pif and (address := address_of(pif, vlan, here.name))
    )


# --- overrides and names ---

_OF_PORT = MappingProxyType(
    {
        "bond-miimon": "bond-miimon-interval",
        "bond-rebalance-interval": "bond-rebalance-interval",
    }
)
"""Key of PIF.other_config -> of Port.other_config (network_utils.ml, make_bond_properties)."""
_DETECTION = MappingProxyType({"1": "carrier", "0": "miimon"})


def override_differences(here: BondOnHost) -> Sentences:
    """Return which overrides of the bond file the bond's PIF lacks, or the switch does not run."""
    recorded, runs = here.pif.other_config, _running(here)
    found = []
    for key, wanted in here.wanted.other_config.items():
        seen = recorded.get(key)
        if seen != wanted:
            found.append(f"{key} of PIF {here.pif.device} is {seen or 'not set'}, wanted {wanted}")
        if key in runs and runs[key] != wanted:
            where = switch.name(here.snapshot, here.host)
            found.append(f"{where} runs {key} {runs[key] or 'unset'}, wanted {wanted}")
    return Sentences(found)


def _running(here: BondOnHost) -> Mapping[str, str]:
    """Return what the switch runs, as the keys of PIF.other_config say it."""
    status = health.status(here)
    runs = {"bond-updelay": str(status.updelay), "bond-downdelay": str(status.downdelay)}
    if switch.is_kernel(here.snapshot, here.host):
        return runs
    here.evidence.output("ovs-ports")
    port = switch.all_port_settings(here.snapshot, here.host).get(here.pif.device)
    settings = port.other_config if port else {}
    runs |= {key: settings.get(name, "") for key, name in _OF_PORT.items()}
    detection = {mode: number for number, mode in _DETECTION.items()}
    runs["bond-use_carrier"] = detection.get(settings.get("bond-detect-mode", ""), "")
    return runs


def device_difference(here: BondOnHost) -> str:
    """Return how the bond is not called as the bond file has it; empty if it is, or may be."""
    wanted, seen = here.wanted.device_on(here.name), here.pif.device if here.bond else ""
    return f"it is {seen}, wanted {wanted}" if wanted and seen != wanted else ""
