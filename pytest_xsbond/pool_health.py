"""Questions that need the whole pool: is this host the odd one; what do its messages say."""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from pytest_xsbond.health import leg_metrics
from pytest_xsbond.here import BondOnHost, Missing
from pytest_xsbond.seen import Sentences
from xsbond import lookup
from xsbond.compare import odd
from xsbond.errors import PoolError
from xsbond.model import Alert

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""

_T = TypeVar("_T")

_NO_SLOT = frozenset({"", "N/A"})
"""PIF_metrics.pci_bus_path of a NIC that sits in no slot, or whose slot is not known."""


def on_all_hosts(here: BondOnHost, ask: Callable[[BondOnHost], _T]) -> Mapping[str, _T]:
    """Return host name -> answer, for this host and all others that have one.

    The report shows the answers, not the records of all the other hosts.
    """
    answers = {here.name: ask(here)}
    for ref in here.snapshot.hosts:
        if ref != here.host:
            other = replace(here, host=ref, keeps=False)
            with contextlib.suppress(Missing):
                answers[other.name] = ask(other)
    here.evidence.comparison(answers)
    return answers


def odd_name(here: BondOnHost) -> Sentences:
    """Return how the bond's device differs from that of most hosts."""
    difference = odd(on_all_hosts(here, _bond_device), here.name)
    return Sentences([f"the bond is {difference}"] if difference else [])


def _bond_device(here: BondOnHost) -> str:
    return here.pif.device if here.bond else ""


def odd_positions(here: BondOnHost) -> Sentences:
    """Return which legs are others, or sit elsewhere, than on most hosts.

    Legs that the bond file names are right, whatever the other hosts have.
    """
    names = on_all_hosts(here, lambda each: "+".join(sorted(each.legs)))
    difference = odd(names, here.name) if here.legs != set(here.wanted.nics) else ""
    found = [f"the legs are {difference}"] if difference else []
    slots = on_all_hosts(here, _slots)
    for leg in slots[here.name]:
        known = {host: legs[leg] for host, legs in slots.items() if leg in legs}
        if difference := odd(known, here.name):
            found.append(f"{leg} sits at {difference}")
    return Sentences(found)


def _slots(here: BondOnHost) -> Mapping[str, str]:
    """Return leg -> PCI slot, where it is known."""
    paths = {device: metrics.pci_bus_path for device, metrics in leg_metrics(here).items()}
    return {device: path for device, path in paths.items() if path not in _NO_SLOT}


def vlan_differences(here: BondOnHost) -> Sentences:
    """Return which VLANs of the pool this host lacks on the bond, or has under another tag."""
    everywhere = on_all_hosts(here, vlans)
    known = sorted({network for tags in everywhere.values() for network in tags})
    return Sentences(
        sentence for network in known if (sentence := _vlan_difference(here, network, everywhere))
    )


def _vlan_difference(
    here: BondOnHost, network: str, everywhere: Mapping[str, Mapping[str, int]]
) -> str:
    tags = {host: vlans[network] for host, vlans in everywhere.items() if network in vlans}
    name = here.snapshot.networks[network].name_label
    if here.name not in tags:
        others = ", ".join(sorted(tags))
        tag = next(iter(tags.values()))
        return f"{here.name} has no VLAN {tag} for network {name}, which is on {others}"
    difference = odd(tags, here.name)
    return f"network {name} has tag {difference}" if difference else ""


def vlans(here: BondOnHost) -> Mapping[str, int]:
    """Return network ref -> tag of the VLANs on the bond."""
    pif_ref, pif = here.pif_refs[0] if here.bond else "", here.pif
    for ref in pif.VLAN_slave_of:
        if ref not in here.snapshot.vlans:
            raise Missing(f"PIF {pif.device} of {here.name} carries a VLAN that is not there")
        here.evidence.record("VLAN", ref)
    found = lookup.vlans_on(here.snapshot, here.host, pif_ref)
    if lost := len(pif.VLAN_slave_of) - len(found):
        raise Missing(f"{lost} VLANs of PIF {pif.device} of {here.name} have no PIF of their own")
    return {network: own.VLAN for network, own in found if network in here.snapshot.networks}


# --- messages ---

STATUS = "BOND_STATUS_CHANGED"
_BODY = re.compile(r"The status of the (\S+) bond (?:is|changed): (\d+)/(\d+) up(?: \(was .*\))?")
"""network_monitor_thread.ml, send_bond_change_alert."""
_OTHER_ALERTS = frozenset({"HA_NETWORK_BONDING_ERROR"})


def unanswered_alerts(here: BondOnHost) -> Sentences:
    """Return the messages about this bond since it was last said to be whole."""
    legs = "+".join(sorted(here.legs))
    found: list[Alert] = []
    for alert in _alerts(here):
        says = _BODY.fullmatch(alert.body) if alert.name == STATUS else None
        if says and says[1] == legs and says[2] == says[3]:
            found = []
        elif alert.name in _OTHER_ALERTS or (says and says[1] == legs):
            found.append(alert)
    return Sentences(f"{alert.timestamp} {alert.name}: {alert.body}" for alert in found)


def _alerts(here: BondOnHost) -> Iterator[Alert]:
    """Yield what the messages of the pool say about this host, the oldest first."""
    if here.snapshot.alerts is None:
        raise PoolError(here.snapshot.raw.address, "message", "messages were not asked for")
    uuid = here.snapshot.hosts[here.host].uuid
    own = [item for item in here.snapshot.alerts.items() if item[1].obj_uuid == uuid]
    for ref, alert in sorted(own, key=lambda item: item[1].timestamp):
        here.evidence.record("message", ref)
        yield alert
