"""What a step interrupts while it is carried out, in a few words. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.plan.differing.settings import ChangeAddress, ChangeOverride
from xsbond.plan.differing.steps import (
    Change,
    Plug,
    RemoveOverride,
    Replug,
    ScanNics,
    SetMode,
    SetMtu,
    SetProperty,
)
from xsbond.plan.steps import (
    AnyStep,
    ClearAddress,
    CreateBond,
    CreateNetwork,
    CreateVlan,
    DestroyBond,
    DestroyNetwork,
    DestroyVlan,
    PlugVlan,
    RestartAgent,
    SetAddress,
    SetIpv6Address,
    SetOverrides,
)

NOTHING = "nothing"
_THE_BOND = "this bond's traffic, for about a second"
_MANAGEMENT = "management of {host}, until its interface has moved"

_WORDS: Mapping[type[AnyStep | Change], str] = MappingProxyType(
    {
        CreateNetwork: NOTHING,
        CreateBond: "what runs on these NICs, for about a second",
        RestartAgent: "XAPI on {host}, until it has started again; no traffic",
        SetOverrides: _THE_BOND,
        SetAddress: "what uses the address that {host} has on the network now",
        SetIpv6Address: "what uses the IPv6 address that {host} has on the network now",
        CreateVlan: NOTHING,
        PlugVlan: NOTHING,
        SetMode: _THE_BOND,
        SetProperty: "this bond's traffic, until the switch has negotiated anew",
        SetMtu: "nothing, until a host plugs the bond",
        ChangeAddress: "what uses the address that {host} has on the network now",
        ChangeOverride: _THE_BOND,
        Plug: "nothing that still runs",
        Replug: _THE_BOND,
        RemoveOverride: _THE_BOND,
        ScanNics: NOTHING,
        ClearAddress: "what uses the address",
        DestroyVlan: "this VLAN's traffic",
        DestroyBond: "this bond's traffic, until there is a new one",
        DestroyNetwork: NOTHING,
    }
)


def interrupts(step: AnyStep | Change) -> str:
    """Return what a step interrupts."""
    moves = isinstance(step, CreateBond | RestartAgent) and step.moves_management
    return (_MANAGEMENT if moves else _WORDS[type(step)]).format(host=step.host)
