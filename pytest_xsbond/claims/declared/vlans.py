"""The VLANs of a bond on one host, beside the other hosts' and as its dom0 runs them."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.pool_health import on_all_hosts
from pytest_xsbond.claims.seen import Missing, Sentences
from xsbond.model import Pif
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.lookup import master_name

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""

_T = TypeVar("_T", bound=Hashable)
Tags = Mapping[str, int]
"""Network ref -> tag."""


def vlan_differences(here: BondOnHost) -> Sentences:
    """Return which VLANs this host's bond lacks, has for itself, has otherwise or has unplugged.

    The bond file says what is right, else the pool master where it has the VLAN, which its members
    copy, else most hosts.
    """
    everywhere = on_all_hosts(here, vlan_tags)
    known = sorted({network for tags in everywhere.values() for network in tags})
    others = [each for network in known for each in _of_network(here, network, everywhere)]
    return Sentences([*others, *_unplugged(here)])


def _of_network(here: BondOnHost, network: str, everywhere: Mapping[str, Tags]) -> Iterator[str]:
    label = here.snapshot.networks[network].name_label
    tags = {host: found[network] for host, found in everywhere.items() if network in found}
    declared = next((vlan.tag for vlan in here.wanted.vlans if vlan.network == label), None)
    right = declared or _usual(tags, master_name(here.snapshot))
    lacking = [host for host in everywhere if host not in tags]
    if here.name not in tags:
        if declared or _is_usual(here, lacking, tags):
            on = _few(here, tags)
            tag = right or next(iter(tags.values()))
            yield f"{here.name} has no VLAN {tag} for network {label}, which is on {on}"
        return
    own = tags[here.name]
    if not declared and not _is_usual(here, lacking, tags):
        without = _few(here, lacking)
        yield f"VLAN {own} for network {label} is on {here.name}, and not on {without}"
    elif own != right:
        yield f"network {label} has tag {own} on {here.name}, but {_others(here, tags, own)}"


def _is_usual(here: BondOnHost, lacking: list[str], tags: Mapping[str, int]) -> bool:
    """Tell whether a VLAN belongs on every host's bond, and not on those alone that have it."""
    if (master := master_name(here.snapshot)) in tags:
        return True
    return len(tags) > len(lacking) or master not in lacking


def _usual(values: Mapping[str, _T], master: str) -> _T | None:
    """Return what most hosts have; at a tie what the pool master has, None if it has none."""
    most = Counter(values.values()).most_common(2)
    if len(most) == 1 or most[0][1] > most[1][1]:
        return most[0][0]
    return values.get(master)


def _others(here: BondOnHost, tags: Mapping[str, int], own: int) -> str:
    hosts = {tag: [host for host in tags if tags[host] == tag] for tag in tags.values()}
    return ", ".join(f"{tag} on {_few(here, on)}" for tag, on in hosts.items() if tag != own)


def _few(here: BondOnHost, hosts: Iterable[str]) -> str:
    """Return hosts in words, the pool master first, and how many are left."""
    master = master_name(here.snapshot)
    ordered = sorted(hosts, key=lambda host: (host != master, host))
    named = [f"the pool master {host}" if host == master else host for host in ordered]
    rest = len(named) - _NAMED
    named = [*named[:_NAMED], f"{rest} more"] if rest > 0 else named
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


_NAMED = 3
"""Hosts that are named; the others are counted."""


def vlan_tags(here: BondOnHost) -> Tags:
    """Return network ref -> tag of the VLANs on the bond."""
    return {pif.network: pif.VLAN for pif in vlan_pifs(here)}


def vlan_pifs(here: BondOnHost) -> tuple[Pif, ...]:
    """Return the PIFs of the VLANs on the bond, whose networks are there."""
    pif_ref, pif = here.pif_refs[0] if here.bond else "", here.pif
    for ref in pif.VLAN_slave_of:
        if ref not in here.snapshot.vlans:
            raise Missing(f"PIF {pif.device} of {here.name} carries a VLAN that is not there")
        here.evidence.record("VLAN", ref)
    found = lookup.vlans_on(here.snapshot, here.host, pif_ref)
    if lost := len(pif.VLAN_slave_of) - len(found):
        raise Missing(f"{lost} VLANs of PIF {pif.device} of {here.name} have no PIF of their own")
    return tuple(own for network, own in found if network in here.snapshot.networks)


def _unplugged(here: BondOnHost) -> Iterator[str]:
    for pif in detached(here):
        label = here.snapshot.networks[pif.network].name_label
        yield f"VLAN {pif.VLAN} for network {label} is not attached on {here.name}"


def detached(here: BondOnHost) -> tuple[Pif, ...]:
    """Return the PIFs of the VLANs on the bond that XAPI has not attached."""
    return tuple(pif for pif in vlan_pifs(here) if not pif.currently_attached)


# --- dom0 ---


def vlans_that_do_not_run(here: BondOnHost) -> Sentences:
    """Return which VLANs on the bond have no bridge in dom0, or one elsewhere or otherwise."""
    return Sentences(text for pif in vlan_pifs(here) for text in _in_dom0(here, pif))


def not_running(here: BondOnHost) -> tuple[Pif, ...]:
    """Return the PIFs of these VLANs."""
    return tuple(pif for pif in vlan_pifs(here) if list(_in_dom0(here, pif)))


def _in_dom0(here: BondOnHost, pif: Pif) -> Iterator[str]:
    network = here.snapshot.networks[pif.network]
    about = f"VLAN {pif.VLAN} for network {network.name_label}"
    if network.bridge not in here.bridges:
        yield f"dom0 of {here.name} has no bridge {network.bridge} for {about}"
        return
    where, own = switch.name(here.snapshot, here.host), here.network.bridge
    here.evidence.output("ovs-show")
    for port in switch.ports(here.snapshot, here.host):
        # A fake bridge is a port of its own name on the bridge below, with its tag.
        if port.name != network.bridge:
            continue
        if port.bridge != own:
            yield f"{where} has the port {port.name} of {about} on {port.bridge}, and not on {own}"
        elif port.tag != str(pif.VLAN):
            tag = f"tag {port.tag}" if port.tag else "no tag"
            yield f"{where} has {tag} on the port {port.name} of {about}"
