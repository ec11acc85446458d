"""What LACP has agreed on with the switch, leg by leg; what is wrong comes as sentences."""

from collections.abc import Callable, Mapping, Sequence

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.health import not_judged
from pytest_xsbond.claims.seen import Sentences
from xsbond.model import LacpBond, LacpMember
from xsbond.snapshot import switch
from xsbond.snapshot.lacp import reason
from xsbond.snapshot.properties import wanted_property

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""


def agreed(here: BondOnHost) -> LacpBond:
    """Return what LACP has agreed on for the bond with any of its NICs."""
    if switch.is_kernel(here.snapshot, here.host):
        not_judged("LACP is read of Open vSwitch only, leg by leg")
    found = switch.lacp(here.snapshot, here.host)
    if found is None:
        not_judged("LACP was not asked about when this was recorded")
    here.evidence.output("ovs-lacp")
    for bond in found:
        if {member.name for member in bond.members} & set(here.wanted.nics):
            return bond
    says = f"no bond with {'+'.join(here.wanted.nics)} speaks LACP on {here.name}"
    raise here.missing("bond that speaks LACP", says)


def silent(here: BondOnHost) -> Sequence[LacpMember]:
    """Return the legs on which the switch is not heard, or not any more."""
    return [leg for leg in agreed(here).members if leg.status != "current"]


def kept_out(here: BondOnHost) -> Sequence[LacpMember]:
    """Return the legs that the switch speaks on and keeps out of its LAG."""
    return [
        leg
        for leg in agreed(here).members
        if leg.status == "current" and leg.attached and "synchronized" not in leg.partner_state
    ]


def left_out(here: BondOnHost) -> Sentences:
    """Return which legs carry nothing, by LACP, and why; or at which other rate it is spoken."""
    bond, wanted = agreed(here), wanted_property(here.wanted, "lacp-time")
    found = [why for leg in bond.members if (why := reason(leg))]
    if bond.rate != wanted:
        found.append(f"{bond.name} asks for LACPDUs at the rate {bond.rate}, wanted {wanted}")
    return Sentences(found)


def systems(here: BondOnHost) -> Mapping[str, Sequence[str]]:
    """Return system id -> the legs that end in this switch."""
    return _by(here, lambda leg: leg.partner)


def lags(here: BondOnHost) -> Mapping[str, Sequence[str]]:
    """Return key, with the system where there are several -> the legs whose ports are in it."""
    return _by(here, lambda leg: f"{leg.partner} key {leg.partner_key}")


def partners(here: BondOnHost) -> Sentences:
    """Return how the legs end in more than one LAG, or in more than one switch."""
    heard = lags(here)
    if not heard:
        not_judged("no leg hears a LACP partner")
    if len(heard) == 1:
        return Sentences()
    kind = "switches that are not one stack" if len(systems(here)) > 1 else "LAGs of one switch"
    told = "; ".join(f"{'+'.join(legs)}: system {lag}" for lag, legs in heard.items())
    return Sentences([f"the legs end in {len(heard)} {kind}: {told}"])


def _by(here: BondOnHost, key: Callable[[LacpMember], str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for leg in agreed(here).members:
        if leg.status != "defaulted":
            found.setdefault(key(leg), []).append(leg.name)
    return found
