"""The addresses that a dom0 really has, and the devices that they are on."""

from collections.abc import Iterable, Mapping

from pytest_xsbond.claims import parts
from pytest_xsbond.claims.seen import Evidence
from xsbond.model import Device
from xsbond.snapshot import lookup
from xsbond.snapshot.dom0_addresses import Address, addresses_of

Held = frozenset[tuple[str, Address]]
"""(device, address) pairs; an alias, as `xapi1:0`, counts as its device."""


def held(evidence: Evidence) -> Held:
    """Return every address of a host's dom0 but the loopback's and the link-local ones.

    A look of a release that did not ask `ip` knows what ifconfig prints.
    """
    evidence.output("ifconfig-a")
    evidence.output("ip-addr")
    return addresses_of(evidence.snapshot, evidence.host)


def devices(evidence: Evidence) -> Mapping[str, Device]:
    """Return name -> device of a host's dom0; none where a look has not asked for them."""
    evidence.output("ip-link")
    return parts.devices(evidence.snapshot, evidence.host)


def with_those_above(evidence: Evidence, names: Iterable[str]) -> frozenset[str]:
    """Return devices and all that are made on them, as a VLAN of a bridge is."""
    known, found = devices(evidence), set(names)
    while more := {each.name for each in known.values() if each.below in found} - found:
        found |= more
    return frozenset(found)


def own_devices(evidence: Evidence) -> frozenset[str]:
    """Return the devices that XAPI's PIFs of a host stand for, their bridges, and those on them."""
    snapshot = evidence.snapshot
    pifs = [pif for _, pif in lookup.pifs_of(snapshot, evidence.host)]
    networks = [snapshot.networks.get(pif.network) for pif in pifs]
    names = {pif.device for pif in pifs} | {each.bridge for each in networks if each}
    return with_those_above(evidence, names)
