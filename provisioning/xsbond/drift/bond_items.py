"""The bonds of a host, as XAPI and as the switch have them, to be compared. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from xsbond.drift.item import Fact, Item, joined, lost, network_of, text
from xsbond.model import Bond, OvsBond, OvsPort, OvsPortSettings, Pif
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.snapshot import Snapshot


def bond_name(label: str) -> str:
    """Return what the bond of a network is called: `bond1` is another one on every host."""
    return f"bond of network {label}"


def bonds(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield the bonds of a host, as XAPI and as the switch has them."""
    running = {bond.name: bond for bond in switch.bonds(snapshot, host)}
    ports = switch.all_port_settings(snapshot, host)
    places = {port.name: port for port in switch.ports(snapshot, host)}
    delays = {status.name: status.downdelay for status in switch.statuses(snapshot, host)}
    for ref, bond in lookup.bonds_of(snapshot, host):
        pif = snapshot.pifs[bond.master]
        network = snapshot.networks.get(pif.network)
        facts = {"network": network_of(snapshot, pif), **_recorded(snapshot, bond, pif)}
        facts[IN_SWITCH] = text(_running(running.get(pif.device)))
        facts[PORT_SETTINGS] = Fact(text=_port(ports.get(pif.device)), is_detail=True)
        if pif.device in delays:
            facts["downdelay"] = Fact(text=f"{delays[pif.device]} ms", is_detail=True)
        if pif.device in places:
            facts["place in the switch"] = Fact(text=_place(places[pif.device]), is_detail=True)
        yield Item(
            name=bond_name(network.name_label if network else pif.network),
            uuid=bond.uuid,
            facts=facts,
            rests_on=(
                *(("Bond", ref), ("PIF", bond.master), ("network", pif.network)),
                *(("PIF", leg) for leg in bond.slaves),
            ),
        )


def partners(snapshot: Snapshot, host: str) -> Iterator[Item]:
    """Yield who is at the other end of each leg of the bonds that speak LACP."""
    for bond in switch.lacp(snapshot, host) or ():
        for leg in bond.members:
            heard = leg.status != "defaulted"
            told = f"system {leg.partner}, key {leg.partner_key}" if heard else "nobody"
            facts = {"partner": text(told)}
            yield Item(name=f"LACP partner of {leg.name}", facts=facts, needs="ovs-lacp")


IN_SWITCH, PORT_SETTINGS = "in the switch", "settings in the switch"
"""Facts of a bond."""


def running_bond(mode: str, legs: Iterable[str]) -> str:
    """Return how a bond that runs is told, its mode in Open vSwitch's words."""
    return f"{mode} of {'+'.join(sorted(legs))}"


def _running(bond: OvsBond | None) -> str:
    return running_bond(bond.type, bond.members) if bond else "no such bond"


def _port(port: OvsPortSettings | None) -> str:
    if port is None:
        return "no such port"
    interval = port.other_config.get("bond-rebalance-interval", "not set")
    detection = port.other_config.get("bond-detect-mode", "carrier")
    return (
        f"lacp {port.lacp or 'off'}, updelay {port.updelay}, rebalance interval {interval},"
        f" detection by {detection}"
    )


def _place(port: OvsPort) -> str:
    tagged = f"tag {port.tag}" if port.tag else "untagged"
    return f"bridge {port.bridge}, {tagged}" + (f", trunks {port.trunks}" if port.trunks else "")


def _recorded(snapshot: Snapshot, bond: Bond, pif: Pif) -> Mapping[str, Fact]:
    primary = snapshot.pifs.get(bond.primary_slave)
    whole = all(ref in snapshot.pifs for ref in bond.slaves)
    return {
        "device": text(pif.device),
        "mode": text(bond.mode),
        "legs": joined(lookup.legs_of(snapshot, bond)) if whole else lost("PIF of a leg"),
        "primary leg": text(primary.device) if primary else lost("PIF of the primary leg"),
        **{f"properties:{key}": text(value) for key, value in bond.properties.items()},
    }
