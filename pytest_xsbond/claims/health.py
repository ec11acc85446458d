"""Questions about the health of one wanted bond on one host; what is wrong comes as sentences.

What a question is about and is not there raises `Missing`, as in `here`; what cannot be known at
all, such as the speed of a virtual NIC, leaves the claim unjudged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Never

import pytest

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.declared import carriers
from pytest_xsbond.claims.dom0 import addresses
from pytest_xsbond.claims.seen import Missing, Sentences
from xsbond.collect.listen import FIRST, LAST, heard
from xsbond.model import BondMode, OvsBondStatus, OvsPort, Pif, PifMetrics
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.lacp import reasons
from xsbond.snapshot.views import LegViews, LinkViews, Plugged, judge_legs, judge_links, judge_mode

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""

XAPI_LAG = 5.0
"""Seconds between two samples of the links (network_monitor_thread.ml); a live run waits longer."""
LACPDU_INTERVAL = 30.0
"""Seconds between two LACPDUs of a partner that is slow (IEEE 802.1AX, Slow_Periodic_Time)."""
FEWEST_FRAMES = 5
"""Fewer on the busiest leg may all have been for that one."""


def not_judged(reason: str) -> Never:
    """End a claim without a verdict."""
    pytest.skip(reason)


def leg_pifs(here: BondOnHost) -> Mapping[str, Pif]:
    """Return device -> PIF of the bond's legs."""
    found = lookup.leg_pifs(here.snapshot, here.bond)
    for ref in here.bond.slaves:
        here.evidence.record("PIF", ref)
    if set(found) != here.legs or not found:
        raise Missing(f"Bond.slaves of {here.name} leads to PIFs that are not there")
    return found


def leg_metrics(here: BondOnHost) -> Mapping[str, PifMetrics]:
    """Return device -> PIF_metrics of the bond's legs."""
    pifs = leg_pifs(here)
    for device, pif in pifs.items():
        here.evidence.record("PIF_metrics", pif.metrics)
        if pif.metrics not in here.snapshot.pif_metrics:
            raise Missing(f"PIF {device} of {here.name} has no PIF_metrics")
    return {device: here.snapshot.pif_metrics[pif.metrics] for device, pif in pifs.items()}


def status(here: BondOnHost) -> OvsBondStatus:
    """Return how the switch judges the bond at this moment."""
    here.evidence.output(switch.status_probe(here.snapshot, here.host))
    if found := switch.status_touching(here.snapshot, here.host, here.wanted.nics):
        return found
    where = switch.name(here.snapshot, here.host)
    says = f"{where} of {here.name} runs no bond with {'+'.join(here.wanted.nics)}"
    raise here.missing("bond in the switch", says)


# --- the three views ---


def disagreements(here: BondOnHost) -> Sentences:
    """Return where XAPI, the switch and the kernel differ about legs or mode, and who is wrong."""
    where = switch.name(here.snapshot, here.host)
    running = {device: bond.type for bond in here.ovs_bonds for device in bond.members}
    here.evidence.output("ovs-show")
    ports = [
        port
        for port in switch.ports(here.snapshot, here.host)
        if port.bridge == here.network.bridge
    ]
    in_port = {name for port in ports if port.name == here.pif.device for name in port.interfaces}
    devices = sorted(here.legs | set(here.wanted.nics) | set(running) | in_port)
    found = judge_legs([_leg_views(here, d, frozenset(running), ports) for d in devices], where)
    for mode in sorted(set(running.values())):
        xapi, wanted = (
            switch.mode_of(here.snapshot, here.host, bond) for bond in (here.bond, here.wanted)
        )
        found += judge_mode(xapi, mode, wanted, where)
    return Sentences(found)


def _leg_views(
    here: BondOnHost, device: str, running: frozenset[str], ports: list[OvsPort]
) -> LegViews:
    here.evidence.output("sysfs-net")
    port = next((port for port in ports if device in port.interfaces), None)
    plugged = Plugged.ABSENT
    if device in running:
        plugged = Plugged.BONDED
    elif port:
        plugged = Plugged.BROKEN if len(port.interfaces) > 1 else Plugged.ALONE
    return LegViews(
        device=device,
        joined=device in here.legs,
        plugged=plugged,
        exists=device in here.snapshot.nics(here.host),
        error=port.interfaces[device] if port else "",
    )


def lame_legs(here: BondOnHost) -> Sentences:
    """Return which legs are not up, in the kernel or in the switch, or what XAPI has of it."""
    if lookup.is_off(here.snapshot, here.host) and (found := tuple(_lame_in_xapi(here))):
        return Sentences(found)
    return Sentences(unlike_links(here) or carriers.stale_carriers(here))


def _lame_in_xapi(here: BondOnHost) -> Iterator[str]:
    """Yield the legs that are not up, as far as XAPI's own records tell."""
    metrics = leg_metrics(here)
    down = sorted(device for device, each in metrics.items() if not each.carrier)
    yield from (f"{device} has no carrier, by XAPI's PIF_metrics" for device in down)
    up = len(metrics) - len(down)
    if here.bond.links_up != up:
        yield f"Bond.links_up is {here.bond.links_up}, and {up} legs have a carrier in PIF_metrics"
    if up:
        yield from carriers.stale_carriers(here)


def unlike_links(here: BondOnHost) -> tuple[str, ...]:
    """Return which legs are not up, and whether XAPI's record of each and links_up agree."""
    here.evidence.output("sysfs-net")
    members = {member.name: member for member in status(here).members}
    nics = here.snapshot.nics(here.host)
    left_out = reasons(here.snapshot, here.host)
    links = [
        LinkViews(
            device=device,
            carrier=device in nics and nics[device].carrier is True,
            enabled=device in members and members[device].enabled,
            known=metrics.carrier,
            waits=device in members and members[device].may_enable,
            why=left_out.get(device, ""),
        )
        for device, metrics in leg_metrics(here).items()
    ]
    where = switch.name(here.snapshot, here.host)
    enabled = sum(member.enabled for member in members.values())
    found = judge_links(links, here.bond.links_up, enabled, where)
    # What is left when XAPI is taken to know all is not XAPI's lag.
    counted = [replace(link, known=link.carrier) for link in links]
    if (
        found
        and here.snapshot.raw.uncounted < XAPI_LAG
        and not judge_links(counted, enabled, enabled, where)
    ):
        not_judged(f"{'; '.join(found)}: XAPI may be within its lag of {XAPI_LAG:g} s")
    return found


def deaf_legs(here: BondOnHost) -> Sentences:
    """Return the legs that received nothing while another one did."""
    for name in (FIRST, LAST):
        here.evidence.output(name)
    counts = heard(here.snapshot, here.host)
    if lost := sorted(here.legs - set(counts)):
        raise Missing(f"{here.name} counts nothing for {', '.join(lost)}")
    seconds, most = here.snapshot.raw.listened, max(counts[leg] for leg in here.legs)
    if most < FEWEST_FRAMES:
        not_judged(f"the LAN is silent: {most} frames in {seconds:g} s on the busiest leg")
    if here.wanted.mode is BondMode.LACP and seconds <= LACPDU_INTERVAL:
        not_judged(f"a lacp partner may be silent for {LACPDU_INTERVAL:g} s on a leg")
    return Sentences(
        f"{leg} heard nothing in {seconds:g} s, while another leg heard {most} frames"
        for leg in sorted(here.legs)
        if counts[leg] <= 0
    )


# --- the legs and their settings ---


def record_macs(here: BondOnHost) -> Mapping[str, str]:
    """Return leg -> PIF.MAC."""
    return {device: pif.MAC.lower() for device, pif in leg_pifs(here).items()}


def real_macs(here: BondOnHost) -> Mapping[str, str]:
    """Return leg -> the MAC that the NIC itself has."""
    here.evidence.output("sysfs-net")
    nics = here.snapshot.nics(here.host)
    macs = {leg: nics[leg].address if leg in nics else "no such NIC" for leg in here.legs}
    if switch.is_kernel(here.snapshot, here.host):
        # The kernel's slaves all go by the bond's address.
        bonds = switch.kernel_bonds(here.snapshot, here.host)
        own = {member.name: member.mac for bond in bonds for member in bond.members}
        macs |= {leg: own[leg] for leg in here.legs if leg in own}
    return macs


def twins(here: BondOnHost) -> Sentences:
    """Return which NICs of the pool share a MAC with a leg."""
    legs = leg_pifs(here)
    return Sentences(
        f"{pif.device} of {here.snapshot.labels.get(pif.host, pif.host)} has {leg}'s MAC {pif.MAC}"
        for leg, own in legs.items()
        for pif in here.snapshot.pifs.values()
        if pif.physical and pif.uuid != own.uuid and pif.MAC.lower() == own.MAC.lower()
    )


def mtus(here: BondOnHost) -> Mapping[str, int]:
    """Return the MTU of the network and the bond's PIF, and of the bridge and the legs in dom0."""
    in_xapi = {"network": here.network.MTU, f"PIF {here.pif.device}": here.pif.MTU}
    if lookup.is_off(here.snapshot, here.host) and {*in_xapi.values()} != {wanted_mtu(here)}:
        return in_xapi
    here.evidence.output("sysfs-net")
    nics, bridge = here.snapshot.nics(here.host), here.network.bridge
    names = (bridge, *sorted(here.legs))
    if lost := [name for name in names if name not in nics]:
        says = f"dom0 of {here.name} has no interface {', '.join(lost)}"
        raise here.missing(f"interface {lost[0]}", says)
    return in_xapi | {name: nics[name].mtu for name in names}


def wanted_mtu(here: BondOnHost) -> int:
    """Return the MTU of the bond file, or of the network where the file does not say."""
    return here.wanted.mtu or here.network.MTU


def speeds(here: BondOnHost) -> Mapping[str, tuple[int, str]]:
    """Return leg -> (Mbit/s, duplex) of the legs whose NIC reports them."""
    told = {
        device: (metrics.speed, "full duplex" if metrics.duplex else "half duplex")
        for device, metrics in leg_metrics(here).items()
        if metrics.speed > 0
    }
    return told or not_judged("no leg reports a speed")


def wanted_speeds(here: BondOnHost) -> Mapping[str, tuple[int, str]]:
    """Return what `speeds` is to return; of an active-backup bond one leg works at a time."""
    told = speeds(here)
    fastest = max(speed for speed, _ in told.values())
    alike = here.wanted.mode is not BondMode.ACTIVE_BACKUP
    return {leg: (fastest if alike else own, "full duplex") for leg, (own, _) in told.items()}


def slower_legs(here: BondOnHost) -> Sentences:
    """Return which legs are slower than another one."""
    told = speeds(here)
    fastest = max(speed for speed, _ in told.values())
    return Sentences(
        f"{leg} runs at {speed} Mbit/s, another leg at {fastest}"
        for leg, (speed, _) in told.items()
        if speed < fastest
    )


def burdens(here: BondOnHost) -> Sentences:
    """Return what a leg carries on its own account; it should carry the bond and nothing else."""
    if not lookup.is_off(here.snapshot, here.host):
        for device in leg_pifs(here):
            here.interface(device)
    return Sentences(chain(_burdens_in_xapi(here), _burdens_in_dom0(here)))


def _burdens_in_xapi(here: BondOnHost) -> Iterator[str]:
    yield from (
        f"{device} {what}"
        for device, pif in leg_pifs(here).items()
        for what, carries in (
            (f"has the address {pif.IP} in XAPI", bool(pif.IP)),
            (f"is set to {pif.ip_configuration_mode}", pif.ip_configuration_mode != "None"),
            ("is the management interface", pif.management),
            ("is attached to a network of its own", pif.currently_attached),
            ("carries VLANs of its own", bool(pif.VLAN_slave_of)),
        )
        if carries
    )


def _burdens_in_dom0(here: BondOnHost) -> Iterator[str]:
    in_dom0, above = addresses.held(here.evidence), addresses.devices(here.evidence)
    for device in leg_pifs(here):
        for at, own in sorted(in_dom0, key=str):
            if at == device:
                yield f"{device} has the address {own} in dom0"
        for each in above.values():
            if each.below == device:
                yield f"{device} carries the device {each.name}"
