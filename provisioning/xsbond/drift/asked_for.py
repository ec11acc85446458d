"""What the bond file asks for, and what a bond brings with it: no drift. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xsbond.drift import bond_items, dom0_items
from xsbond.drift.dom0_items import FURTHER
from xsbond.drift.item import network_of, pif_name
from xsbond.model import DesiredBond, DesiredNetwork
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.addressing import address_of
from xsbond.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """What the bond file explains on one host."""

    added: frozenset[str]
    removed: frozenset[str]
    changed: Mapping[tuple[str, str], str]
    """(item, fact) -> the value that is asked for."""
    switched: frozenset[tuple[str, str]]
    """(item, fact) of the settings that change with the mode, for bonds that got the wanted one."""

    @classmethod
    def on(
        cls,
        baseline: Snapshot,
        now: Snapshot,
        host: str,
        then: str,
        desired: Sequence[DesiredBond],
    ) -> "AskedFor":
        """Return it for a host ref of `now`, which was `then` in the baseline."""
        made = [
            each
            for bond in desired
            if (each := _made(baseline, now, (then, host), lookup.wanted_on(now, host, bond)))
        ]
        return cls(
            added=frozenset(name for each in made for name in each.added)
            | frozenset(
                name
                for bond in desired
                for network in bond.networks
                for name in _new_network(baseline, now, network)
            ),
            removed=frozenset(name for each in made for name in each.removed),
            changed={key: value for each in made for key, value in each.changed.items()},
            switched=frozenset(key for each in made for key in each.switched),
        )

    def covers(self, area: str, how: str, item: str, fact: str, now: str) -> bool:
        """Tell whether a difference, told as `drift.Difference` has it, is what was asked for."""
        if area == "partners" and how != "changed":
            # A leg that came or went is told of its bond.
            return True
        if how == "added":
            return item in self.added or area == "mtus"
        if how == "removed":
            return item in self.removed
        return (item, fact) in self.switched or self.changed.get((item, fact)) == now


def _made(
    baseline: Snapshot, now: Snapshot, hosts: tuple[str, str], wanted: DesiredBond
) -> AskedFor | None:
    """Return what a wanted bond explains; None if the host does not have it as it is wanted.

    `hosts` are the refs of the host in the baseline and now.
    """
    host = hosts[1]
    found = lookup.bond_on(now, host, wanted)
    if found is None or lookup.legs_of(now, found[1]) != frozenset(wanted.nics):
        return None
    pif = now.pifs[found[1].master]
    bridge = now.networks[pif.network].bridge
    left = lookup.own_bridges(now, host, wanted.nics)
    name = bond_items.bond_name(wanted.network)
    address, ipv6 = address_of(pif, wanted, now.labels[host]), wanted.ipv6_on(now.labels[host])
    addressed = {f"address of {thing}" for thing in (f"PIF {pif.device}", f"interface {bridge}")}
    if ipv6:
        addressed.add(f"{FURTHER} {bridge}")
    return AskedFor(
        added=frozenset({f"PIF {pif.device}", name, f"bridge {bridge}"})
        | (addressed if address or ipv6 else frozenset())
        | _vlans_added(now, host, wanted),
        removed=frozenset(f"{kind} {each}" for each in left for kind in _OF_BRIDGES)
        | _handed_over(now, host, wanted),
        changed={
            **{(f"PIF {nic}", "attached"): "no" for nic in wanted.nics},
            **{(f"PIF {nic}", "management"): "no" for nic in wanted.nics if wanted.management},
            **{
                (f"MTU of interface {n}", "MTU"): str(wanted.mtu) for n in wanted.nics if wanted.mtu
            },
            **_wanted_facts(name, wanted, switch.mode_of(now, host, wanted)),
            **dom0_items.wanted_ipv6(pif, ipv6),
            **({(f"address of PIF {pif.device}", "IP"): str(address.ip)} if address else {}),
            **({(f"address of interface {bridge}", "IP"): str(address)} if address else {}),
        },
        switched=frozenset(
            {(name, bond_items.PORT_SETTINGS)}
            if _was_switched(baseline, now, hosts, wanted)
            else ()
        ),
    )


_OF_BRIDGES = ("bridge", "MTU of interface")


def _vlans_added(now: Snapshot, host: str, wanted: DesiredBond) -> frozenset[str]:
    """Return what the VLANs that are wanted on a bond bring, with their addresses."""
    pairs = [(vlan, lookup.own_pif(now, host, vlan)) for vlan in wanted.vlans]
    there = [(vlan, pif) for vlan, pif in pairs if pif and vlan.tag == pif.VLAN]
    names = {f"VLAN of network {network_of(now, pif).text}" for _, pif in there}
    for vlan, pif in there:
        bridge = now.networks[pif.network].bridge
        names |= {pif_name(pif), f"bridge {bridge}"}
        if vlan.addresses or vlan.ipv6:
            names |= {f"address of {pif_name(pif)}", f"address of interface {bridge}"}
            names.add(f"{FURTHER} {bridge}")
    return frozenset(names)


def _handed_over(now: Snapshot, host: str, wanted: DesiredBond) -> frozenset[str]:
    """Return what the NICs of a bond lose to it: the management interface, with its address."""
    if wanted.managing_network is None:
        return frozenset()
    nics = [pif for nic in wanted.nics for _, pif in lookup.nic_pifs(now, host, nic)]
    bridges = [now.networks[pif.network].bridge for pif in nics]
    return frozenset(
        {f"address of {pif_name(pif)}" for pif in nics}
        | {f"{kind} {bridge}" for bridge in bridges for kind in ("address of interface", FURTHER)}
    )


def _new_network(baseline: Snapshot, now: Snapshot, wanted: DesiredNetwork) -> frozenset[str]:
    """Return the wanted network if it is new; a second one of its name is nobody's wish."""
    then, there = (len(lookup.networks_of(each, wanted)) for each in (baseline, now))
    return frozenset({f"network {wanted.network}"} if (then, there) == (0, 1) else ())


def _wanted_facts(name: str, wanted: DesiredBond, mode: str) -> Mapping[tuple[str, str], str]:
    """Return the facts of a wanted bond, with its mode in the switch's words."""
    legs = "+".join(sorted(wanted.nics))
    facts = {
        "mode": wanted.mode.value,
        "legs": legs,
        "primary leg": wanted.nics[0],
        bond_items.IN_SWITCH: bond_items.running_bond(mode, wanted.nics),
        **{f"properties:{key}": value for key, value in wanted.properties.items()},
    }
    return {(name, fact): value for fact, value in facts.items()}


def _was_switched(
    baseline: Snapshot, now: Snapshot, hosts: tuple[str, str], wanted: DesiredBond
) -> bool:
    """Tell whether the bond had another mode in the baseline than the wanted one it has now."""
    then, host = hosts
    old = lookup.bond_on(baseline, then, wanted)
    new = lookup.bond_on(now, host, wanted)
    return bool(old and new and old[1].mode != new[1].mode == wanted.mode)
