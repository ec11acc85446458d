"""Where a bond's port is in the switch, and what the bridge does with frames."""

from collections.abc import Iterator

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.dom0.addresses import devices
from pytest_xsbond.claims.health import not_judged
from pytest_xsbond.claims.seen import Sentences
from xsbond.model import OvsPort
from xsbond.snapshot import switch

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""


def misplaced(here: BondOnHost) -> Sentences:
    """Return how the bond's port is not on the network's own bridge, untagged, once."""
    if switch.is_kernel(here.snapshot, here.host):
        return Sentences(_in_the_kernel(here))
    here.evidence.output("ovs-show")
    ports = [p for p in switch.ports(here.snapshot, here.host) if p.name == here.pif.device]
    return Sentences(text for port in ports for text in _of_port(port, here.network.bridge))


def _of_port(port: OvsPort, bridge: str) -> Iterator[str]:
    if port.bridge != bridge:
        yield f"port {port.name} is on bridge {port.bridge}, not on {bridge}"
    if port.tag:
        yield f"port {port.name} has tag {port.tag}: it carries that VLAN only"
    if port.trunks:
        yield f"port {port.name} has trunks {port.trunks}: it carries no other VLAN"


def _in_the_kernel(here: BondOnHost) -> Iterator[str]:
    port = devices(here.evidence).get(here.pif.device)
    # Linux 2.6.32 does not tell of which bridge a device is part.
    if port and port.master and port.master != here.network.bridge:
        yield f"{port.name} is on bridge {port.master}, not on {here.network.bridge}"


def _flows(here: BondOnHost) -> tuple[str, ...]:
    """Return the flows of the network's bridge that are nobody's but dom0's."""
    snapshot, host, bridge = here.snapshot, here.host, here.network.bridge
    if switch.is_kernel(snapshot, host):
        not_judged("the kernel's bridges have no flows")
    here.evidence.output("ovs-show")
    bridges = switch.ovs_bridges(snapshot, host)
    if bridge not in bridges:
        says = f"Open vSwitch of {here.name} has no bridge {bridge}"
        raise here.missing(f"interface {bridge}", says)
    if controllers := bridges[bridge].controllers:
        not_judged(f"the flows of {bridge} are those of the controller {', '.join(controllers)}")
    found = switch.flows(snapshot, host)
    if found is None:
        not_judged("the flows were not asked for when this was recorded")
    here.evidence.output("ovs-flows")
    if bridge not in found:
        raise here.missing(f"interface {bridge}", f"the switch of {here.name} has no {bridge}")
    return found[bridge]


def blocked(here: BondOnHost) -> Sentences:
    """Return why the network's bridge passes no frame at all."""
    bridge = here.network.bridge
    if _flows(here):
        return Sentences()
    mode = switch.ovs_bridges(here.snapshot, here.host)[bridge].fail_mode or "standalone"
    return Sentences([f"bridge {bridge} passes no frame: it has no flow, its fail mode is {mode}"])


def dropping(here: BondOnHost) -> Sentences:
    """Return which flows of the network's bridge drop frames."""
    return Sentences(
        f"bridge {here.network.bridge} drops frames: {flow}"
        for flow in _flows(here)
        if flow.endswith("actions=drop")
    )


def held_back(here: BondOnHost) -> Sentences:
    """Return which legs take no more than a rate; none if nobody asked."""
    rates = switch.policing(here.snapshot, here.host)
    if rates is None:
        return Sentences()
    here.evidence.output("ovs-interfaces")
    return Sentences(
        f"{leg} takes {rates[leg]} kbit/s at most (ingress_policing_rate)"
        for leg in sorted(here.legs)
        if rates.get(leg)
    )
