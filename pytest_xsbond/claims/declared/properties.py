"""Bond.properties of lacp bonds, in XAPI and as the switch runs them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.seen import Sentences
from xsbond.snapshot import switch
from xsbond.snapshot.properties import other_properties, wanted_property

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""

_RUNS_UNSET = MappingProxyType({"lacp-time": "slow", "lacp-fallback-ab": "false"})
"""Key of Port.other_config -> what Open vSwitch does without it (vswitch.xml)."""


def property_differences(here: BondOnHost) -> Sentences:
    """Return which properties of the Bond, or of what runs, are not the wanted ones."""
    in_xapi = [
        f"{name} is {seen}, wanted {wanted}"
        for name, (seen, wanted) in other_properties(here.bond, here.wanted).items()
    ]
    return Sentences([*in_xapi, *_not_run(here)])


def _not_run(here: BondOnHost) -> Iterator[str]:
    """Yield what the switch runs otherwise than XAPI has it, where XAPI is right."""
    for name, runs in _running(here).items():
        wanted = wanted_property(here.wanted, name)
        # A Bond of an old release lacks the property, and its networkd never heard of it.
        recorded = here.bond.properties.get(name, runs)
        if recorded == wanted != runs:
            where = switch.name(here.snapshot, here.host)
            yield f"{where} runs {name} {runs}, wanted {wanted}"


def _running(here: BondOnHost) -> Mapping[str, str]:
    if switch.is_kernel(here.snapshot, here.host):
        # networkd gives the kernel's bonds none of them (Linux_bonding.known_props).
        return {}
    here.evidence.output("ovs-ports")
    port = switch.all_port_settings(here.snapshot, here.host).get(here.pif.device)
    if port is None:
        return {}
    return {name: port.other_config.get(name, unset) for name, unset in _RUNS_UNSET.items()}
