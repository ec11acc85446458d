"""What a repair has changed in place, set back to what it was; or why that is not done. Pure."""

import ipaddress
from collections.abc import Iterator, Mapping

from xsbond.apply.in_place.values import Changed, Place, seen_value
from xsbond.model import Automatic, BondMode
from xsbond.plan.differing.settings import ChangeAddress, ChangeOverride
from xsbond.plan.differing.steps import (
    Change,
    Plug,
    RemoveOverride,
    SetMode,
    SetMtu,
    SetProperty,
)
from xsbond.plan.refusals import Refusal, refuse
from xsbond.snapshot.lookup import bond_on, master_name, networks_called, pifs_on
from xsbond.snapshot.snapshot import Snapshot


def reversals(changed: Mapping[Place, Changed], snapshot: Snapshot) -> Iterator[Change]:
    """Yield what sets each value back that is as the repair left it, the last change first."""
    for place, values in reversed(tuple(changed.items())):
        if seen_value(snapshot, place) == values.after:
            yield from _set_back(place, values, snapshot)


def reversed_otherwise(changed: Mapping[Place, Changed], snapshot: Snapshot) -> Iterator[Refusal]:
    """Yield the values that somebody has changed since."""
    names = {host.uuid: snapshot.labels[ref] for ref, host in snapshot.hosts.items()}
    for place, values in changed.items():
        uuid, network, what = place
        seen = seen_value(snapshot, place)
        if seen not in {None, values.before, values.after}:
            name = what.strip(":").replace(":", " ")
            words = {"name": name, "network": network, "seen": seen or "not set"}
            words |= {"made": values.after or "nothing", "before": values.before or "nothing"}
            yield refuse("undo-changed-since", names.get(uuid, "pool"), **words)


def _set_back(place: Place, values: Changed, snapshot: Snapshot) -> Iterator[Change]:
    uuid, network, what = place
    kind, _, name = what.partition(":")
    if kind == "MTU":
        yield from _mtu(network, values, snapshot)
        return
    ref = next(ref for ref, host in snapshot.hosts.items() if host.uuid == uuid)
    found = bond_on(snapshot, ref, network)
    if found is None:
        return
    pif = snapshot.pifs[found[1].master]
    where = {"host": snapshot.labels[ref], "host_uuid": uuid, "network": network}
    of_bond, of_pif = {**where, "uuid": found[1].uuid}, {**where, "pif": pif.uuid}
    before, after = values.before, values.after
    match kind:
        case "mode":
            yield SetMode(**of_bond, seen=after, mode=BondMode(before))
        case "property":
            yield SetProperty(**of_bond, name=name, seen=after, value=before)
        case "address":
            yield ChangeAddress(**of_pif, seen=after, address=_address(before), gateway=pif.gateway)
        case "override" if before:
            yield ChangeOverride(**of_pif, key=name, seen=after, value=before)
        case "override":
            yield RemoveOverride(**of_pif, key=name, value=after)


def _address(text: str) -> ipaddress.IPv4Interface | Automatic:
    return Automatic.DHCP if text == Automatic.DHCP.value else ipaddress.IPv4Interface(text)


def _mtu(network: str, values: Changed, snapshot: Snapshot) -> Iterator[Change]:
    """Yield the record's change, and the plugs that have each host take it over."""
    ref, record = networks_called(snapshot, network)[0]
    where = {"host": master_name(snapshot), "network": network, "uuid": record.uuid}
    yield SetMtu(**where, seen=int(values.after), mtu=int(values.before))
    for host, label in snapshot.labels.items():
        for _, pif in pifs_on(snapshot, host, ref):
            if pif.currently_attached:
                why = f"the MTU is {values.before} again"
                yield Plug(host=label, network=network, pif=pif.uuid, why=why)
