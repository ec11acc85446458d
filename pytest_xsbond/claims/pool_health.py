"""Questions that need the whole pool: is this host the odd one; what do its messages say."""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.health import leg_metrics, not_judged
from pytest_xsbond.claims.seen import Missing, Sentences
from xsbond.errors import PoolError
from xsbond.model import Alert
from xsbond.snapshot import lookup
from xsbond.snapshot.compare import is_tied, odd
from xsbond.snapshot.snapshot import SERVER_TIME

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


def sharing(here: BondOnHost) -> Sentences:
    """Return which other hosts have the same Bond object; each should have its own."""
    own = here.bond.uuid
    return Sentences(
        f"it is the Bond of {here.snapshot.labels[ref]}, too"
        for ref in here.snapshot.hosts
        if ref != here.host
        for _, bond in lookup.bonds_of(here.snapshot, ref)
        if bond.uuid == own
    )


def odd_name(here: BondOnHost) -> Sentences:
    """Return how the bond's device differs from that of most hosts; it may where it is wanted."""
    if here.wanted.device_on(here.name):
        return Sentences()
    difference = odd(on_all_hosts(here, _bond_device), here.name)
    return Sentences([f"the bond is {difference}"] if difference else [])


def _bond_device(here: BondOnHost) -> str:
    return here.pif.device if here.bond else ""


def odd_positions(here: BondOnHost) -> Sentences:
    """Return which legs are others, or sit elsewhere, than on most hosts.

    Legs that the bond file names are right, whatever the other hosts have. Slots are compared
    between hosts of one model; of as many hosts here as there nobody can tell which are right.
    """
    names = on_all_hosts(here, lambda each: "+".join(sorted(each.legs)))
    difference = odd(names, here.name) if here.legs != set(here.wanted.nics) else ""
    found = [f"the legs are {difference}"] if difference else []
    slots, untold = on_all_hosts(here, _slots), list[str]()
    models = {here.snapshot.labels[ref]: each.model for ref, each in here.snapshot.hosts.items()}
    for leg in slots[here.name]:
        known = {
            host: legs[leg]
            for host, legs in slots.items()
            if leg in legs and models[host] == models[here.name]
        }
        if difference := odd(known, here.name):
            (untold if is_tied(known) else found).append(f"{leg} sits at {difference}")
    if untold and not found:
        not_judged(f"{'; '.join(untold)}: as many hosts have one as the other")
    return Sentences(found)


def _slots(here: BondOnHost) -> Mapping[str, str]:
    """Return leg -> PCI slot, where it is known."""
    paths = {device: metrics.pci_bus_path for device, metrics in leg_metrics(here).items()}
    return {device: path for device, path in paths.items() if path not in _NO_SLOT}


# --- messages ---

STATUS = "BOND_STATUS_CHANGED"
_BODY = re.compile(r"The status of the (\S+) bond (?:is|changed): (\d+)/(\d+) up(?: \(was .*\))?")
"""network_monitor_thread.ml, send_bond_change_alert."""
_OTHER_ALERTS = frozenset({"HA_NETWORK_BONDING_ERROR"})


def unanswered_alerts(here: BondOnHost) -> Sentences:
    """Return the messages about this bond since it was last said to be whole, or the host booted.

    After a boot xcp-networkd says nothing of a bond that is whole when first seen.
    """
    legs, booted = "+".join(sorted(here.legs)), _booted(here)
    found: list[Alert] = []
    for alert in _alerts(here):
        if alert.timestamp < booted:
            continue
        says = _BODY.fullmatch(alert.body) if alert.name == STATUS else None
        if says and says[1] == legs and says[2] == says[3]:
            found = []
        elif alert.name in _OTHER_ALERTS or (says and says[1] == legs):
            found.append(alert)
    return Sentences(f"{alert.timestamp} {alert.name}: {alert.body}" for alert in found)


def _booted(here: BondOnHost) -> str:
    """Return when the host was booted, as messages have their time; nothing if it is not told."""
    try:
        seconds = float(here.record.other_config.get("boot_time", ""))
        return datetime.fromtimestamp(seconds, UTC).strftime(SERVER_TIME)
    except (ValueError, OverflowError, OSError):
        return ""


def _alerts(here: BondOnHost) -> Iterator[Alert]:
    """Yield what the messages of the pool say about this host, the oldest first."""
    if here.snapshot.alerts is None:
        raise PoolError(here.snapshot.raw.address, "message", "messages were not asked for")
    uuid = here.snapshot.hosts[here.host].uuid
    own = [item for item in here.snapshot.alerts.items() if item[1].obj_uuid == uuid]
    for ref, alert in sorted(own, key=lambda item: item[1].timestamp):
        here.evidence.record("message", ref)
        yield alert
