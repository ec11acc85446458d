"""Whether the management interface can move to a bond, and what speaks against it.

Bond.create takes the management interface along if it is one of the NICs, or a VLAN on one of them
(xapi_bond.ml, create); nothing else moves it without a new address for the host.
"""

from collections.abc import Iterator, Sequence

from xsbond.model import DesiredBond, DesiredNetwork, Pif
from xsbond.plan.refusals import Refusal, refuse
from xsbond.snapshot.addressing import ipv4_of, settings_of, written
from xsbond.snapshot.lookup import UNTAGGED, bond_on, networks_of, pifs_of, wanted_on
from xsbond.snapshot.snapshot import Snapshot


def management_nics(
    snapshot: Snapshot, host: str, desired: Sequence[DesiredBond]
) -> frozenset[str]:
    """Return the devices of a host that are to be bonded with its management interface."""
    managing = (bond for bond in desired if bond.managing_network)
    return frozenset(nic for bond in managing for nic in wanted_on(snapshot, host, bond).nics)


def management_pif(snapshot: Snapshot, host: str) -> Pif | None:
    """Return the PIF a host is managed through."""
    return next((pif for _, pif in pifs_of(snapshot, host) if pif.management), None)


def moves_along(snapshot: Snapshot, host: str, bond: DesiredBond) -> bool:
    """Tell whether making a bond of these NICs on a host moves its management interface."""
    pif = management_pif(snapshot, host)
    # A VLAN's PIF is called as the NIC it is on.
    return pif is not None and pif.device in bond.nics


def management_refusals(snapshot: Snapshot, host: str, bond: DesiredBond) -> Iterator[Refusal]:
    """Yield what keeps the management interface from being where the bond file puts it."""
    network, label = bond.managing_network, snapshot.labels[host]
    pif = management_pif(snapshot, host)
    if network is None or pif is None:
        return
    if not _is_there(snapshot, host, bond, network, pif):
        what = f"the bond of {'+'.join(bond.nics)}"
        yield refuse("management-elsewhere", label, device=_name(pif), bond=what)
        return
    if network is bond and pif.device in bond.nics and pif.device != bond.nics[0]:
        yield refuse("management-not-first", label, nic=pif.device)
    if pif.primary_address_type == "IPv6" and bond_on(snapshot, host, bond) is None:
        yield refuse("management-ipv6", label)
    pairs = {"address": (ipv4_of(pif), written(network.ipv4_on(label)))}
    if bond_on(snapshot, host, bond) is None:
        pairs |= settings_of(pif, network)
    for name, (seen, wanted) in pairs.items():
        if seen != wanted:
            words = {"name": name, "seen": seen or "none", "wanted": wanted}
            yield refuse("management-differs", label, **words)


def _is_there(
    snapshot: Snapshot, host: str, bond: DesiredBond, network: DesiredNetwork, pif: Pif
) -> bool:
    """Tell whether the management interface is on the network already, or moves there."""
    refs = {ref for ref, _ in networks_of(snapshot, network)}
    if bond_on(snapshot, host, bond) is not None:
        return pif.network in refs
    if network is bond:
        return pif.device in bond.nics and pif.VLAN == UNTAGGED
    return pif.device in bond.nics and pif.network in refs


def _name(pif: Pif) -> str:
    return pif.device if pif.VLAN == UNTAGGED else f"VLAN {pif.VLAN} of {pif.device}"
