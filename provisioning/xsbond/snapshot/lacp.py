"""What LACP says of each leg, in words: who is at the other end, and why a leg is out. Pure."""

from collections.abc import Mapping

from xsbond.errors import XsbondError
from xsbond.model import LacpMember
from xsbond.snapshot import switch
from xsbond.snapshot.snapshot import Snapshot


def partner_of(leg: LacpMember) -> str:
    """Return who is at the other end of a leg, as a sentence names it."""
    return f"system {leg.partner}, key {leg.partner_key}, port {leg.partner_port}"


def reason(leg: LacpMember) -> str:
    """Return in one sentence why LACP lets a leg carry nothing; empty where it does."""
    if leg.status == "defaulted":
        return f"{leg.name} has no partner: the switch port sends no LACPDU"
    if leg.status == "expired":
        return f"{leg.name} has lost its partner ({partner_of(leg)}): it fell silent"
    if not leg.attached:
        return f"{leg.name} is detached: its switch port is in another LAG ({partner_of(leg)})"
    if "synchronized" not in leg.partner_state:
        return f"{leg.name} is kept out of the LAG by its partner ({partner_of(leg)})"
    return ""


def legs(snapshot: Snapshot, host: str) -> Mapping[str, LacpMember]:
    """Return NIC -> what LACP says of it; nothing where nobody asked, or nobody can tell."""
    try:
        found = switch.lacp(snapshot, host) or ()
    except XsbondError:
        return {}
    return {leg.name: leg for bond in found for leg in bond.members}


def reasons(snapshot: Snapshot, host: str) -> Mapping[str, str]:
    """Return NIC -> why LACP lets it carry nothing, for those that it leaves out."""
    told = {name: reason(leg) for name, leg in legs(snapshot, host).items()}
    return {name: why for name, why in told.items() if why}
