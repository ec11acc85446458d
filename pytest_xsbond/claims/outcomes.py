"""The catalogue: every outcome, who it is about and what must be known to judge it.

`PM` outcomes are about the pool master, `M` outcomes about every other member; the numbers are the
tutorial's steps. `H`, `F` and `D` outcomes go beyond the tutorial: the health of the bond, what it
does when a leg fails, and what has changed since a baseline, on every host. A test
carries its ids in the marker `outcome`; ids of both kinds on one test are the same claim about the
two kinds of host.

`X` outcomes are a user's own. They stand in no table: the test that has one says what it claims.
"""

import enum
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pytest_xsbond.claims.stages import Stages
from xsbond.drift.drift import same_host
from xsbond.model import BondMode, DesiredBond


class Needs(enum.Enum):
    """What a run must have done for an outcome to be judged."""

    A_LOOK = "any run"
    A_CHANGE = "a run that provisions"
    INHERITANCE = "a run in which this member gets this bond"
    A_RESTART = "a run in which this member's xapi is restarted"
    SLB = "a bond that is to run balance-slb"
    LACP = "a bond that is to run lacp"
    ACTIVE_BACKUP = "a bond that is to run active-backup"
    NOT_SLB = "a bond that is to run active-backup or lacp"
    MANAGEMENT = "a bond that is to have the management interface, or a VLAN of it"
    VLANS = "a bond for which the bond file names VLANs"
    IPV6 = "a bond for which the bond file has IPv6"
    OVERRIDES = "a bond for which the bond file has other_config"
    LACP_BASELINE = "a run with --xsbond-baseline, for a bond that is to run lacp"
    DEVICE = "a bond to which the bond file gives a device name"
    LISTENING = "a run with --xsbond-listen"
    FAILOVER = "a run with --xsbond-failover"
    A_BASELINE = "a run with --xsbond-baseline, of a host that is in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One sentence that can be true or false."""

    id: str
    needs: Needs = Needs.A_LOOK
    warns: bool = False
    """Whether what does not hold is worth a warning only."""
    of_pool: bool = False
    """Whether it is about the whole pool, and judged on the pool master only."""

    def is_about(self, *, master: bool) -> bool:
        """Tell whether it is about the pool master, or about any other member."""
        return self.id.startswith(("PM-" if master else "M-", "H-", "F-", "D-", "X-"))


_NEEDS = MappingProxyType(
    {
        "PM-1": Needs.A_LOOK,
        "PM-2": Needs.A_LOOK,
        "PM-3": Needs.A_LOOK,
        "PM-4.1": Needs.A_CHANGE,
        "PM-4.2.1": Needs.A_CHANGE,
        "PM-4.2.2": Needs.A_CHANGE,
        "PM-4.2.3": Needs.A_LOOK,
        "PM-4.2.4": Needs.A_LOOK,
        "PM-4.3.1": Needs.A_LOOK,
        "PM-4.3.2": Needs.A_LOOK,
        "PM-4.4.1": Needs.A_LOOK,
        "PM-4.4.2": Needs.A_LOOK,
        "PM-4.4.3": Needs.A_LOOK,
        "PM-4.5.1": Needs.A_LOOK,
        "PM-4.5.2": Needs.A_LOOK,
        "PM-4.5.3": Needs.A_LOOK,
        "M-1.1": Needs.INHERITANCE,
        "M-1.2": Needs.INHERITANCE,
        "M-1.3": Needs.INHERITANCE,
        "M-1.4": Needs.INHERITANCE,
        "M-1.5.1": Needs.INHERITANCE,
        "M-1.5.2": Needs.INHERITANCE,
        "M-2": Needs.A_RESTART,
        "M-3.1": Needs.A_CHANGE,
        "M-3.2": Needs.A_LOOK,
        "M-3.3.1": Needs.A_LOOK,
        "M-3.3.2": Needs.A_LOOK,
        "M-3.3.3": Needs.A_LOOK,
        "M-3.4": Needs.A_LOOK,
        "M-3.5.1": Needs.A_LOOK,
        "M-3.5.2": Needs.A_LOOK,
        "H-nics": Needs.A_LOOK,
        "H-both-views": Needs.A_LOOK,
        "H-legs-up": Needs.A_LOOK,
        "H-leg-hears": Needs.LISTENING,
        "H-same-nics": Needs.A_LOOK,
        "H-mac": Needs.A_LOOK,
        "H-mtu": Needs.A_LOOK,
        "H-speed": Needs.A_LOOK,
        "H-vlans": Needs.A_LOOK,
        "H-vlans-run": Needs.A_LOOK,
        "H-leg-clean": Needs.A_LOOK,
        "H-one-management": Needs.A_LOOK,
        "H-backend": Needs.A_LOOK,
        "H-slb-not-lacp": Needs.SLB,
        "H-lacp": Needs.LACP,
        "H-alerts": Needs.A_LOOK,
        "H-hosts": Needs.A_LOOK,
        "H-naming": Needs.A_LOOK,
        "H-standby-speed": Needs.ACTIVE_BACKUP,
        "H-settings": Needs.NOT_SLB,
        "H-bridge": Needs.A_LOOK,
        "H-flows": Needs.A_LOOK,
        "H-addresses": Needs.A_LOOK,
        "H-modes": Needs.A_LOOK,
        "H-management": Needs.MANAGEMENT,
        "H-wanted-vlans": Needs.VLANS,
        "H-ipv6": Needs.IPV6,
        "H-overrides": Needs.OVERRIDES,
        "H-device": Needs.DEVICE,
        "H-properties": Needs.LACP,
        "H-lacp-legs": Needs.LACP,
        "H-lacp-partner": Needs.LACP,
        "F-carries-on": Needs.FAILOVER,
        "F-counted": Needs.FAILOVER,
        "F-returns": Needs.FAILOVER,
        "D-hosts": Needs.A_BASELINE,
        "D-networks": Needs.A_BASELINE,
        "D-nics": Needs.A_BASELINE,
        "D-pifs": Needs.A_BASELINE,
        "D-vlans": Needs.A_BASELINE,
        "D-bonds": Needs.A_BASELINE,
        "D-mtus": Needs.A_BASELINE,
        "D-addresses": Needs.A_BASELINE,
        "D-bridges": Needs.A_BASELINE,
        "D-versions": Needs.A_BASELINE,
        "D-partners": Needs.LACP_BASELINE,
    }
)

_WARNINGS = frozenset(
    {"H-alerts", "H-naming", "H-standby-speed", "H-flows", "H-modes", "D-versions", "D-partners"}
)
_OF_POOL = frozenset({"D-hosts", "D-networks"})

CATALOGUE = MappingProxyType(
    {
        id_: Outcome(id=id_, needs=needs, warns=id_ in _WARNINGS, of_pool=id_ in _OF_POOL)
        for id_, needs in _NEEDS.items()
    }
)
"""Outcome id -> outcome, in the order of the tutorial; what goes beyond it comes last."""


OWN_ID = r"X-[A-Za-z0-9][A-Za-z0-9.\-]*"
"""What the id of a user's own outcome looks like."""


def is_own(id_: str) -> bool:
    """Tell whether an id is one that a user may give to a claim of his own."""
    return re.fullmatch(OWN_ID, id_) is not None


def place(id_: str) -> tuple[int, str]:
    """Return where an outcome stands: in the catalogue, or after it, by name."""
    return _PLACES.get(id_, len(_PLACES)), id_


_PLACES = MappingProxyType({id_: number for number, id_ in enumerate(CATALOGUE)})


def outcomes_for(
    ids: Iterable[str], *, is_master: bool, warns: bool = False
) -> tuple[Outcome, ...]:
    """Return which of a test's outcomes are about this kind of host.

    `warns` is what the test says of the ids that are a user's own.


    A claim that the tutorial makes about the master only holds for every host that has the bond,
    so a test without an `M` id judges members under its `PM` id.
    """
    outcomes = tuple(CATALOGUE.get(id_) or Outcome(id=id_, warns=warns) for id_ in ids)
    own = tuple(outcome for outcome in outcomes if outcome.is_about(master=is_master))
    if not own and not is_master:
        return outcomes
    return own


_WANTED: Mapping[Needs, Callable[[DesiredBond], bool]] = MappingProxyType(
    {
        Needs.SLB: lambda bond: bond.mode is BondMode.BALANCE_SLB,
        Needs.LACP: lambda bond: bond.mode is BondMode.LACP,
        Needs.ACTIVE_BACKUP: lambda bond: bond.mode is BondMode.ACTIVE_BACKUP,
        Needs.NOT_SLB: lambda bond: bond.mode is not BondMode.BALANCE_SLB,
        Needs.MANAGEMENT: lambda bond: any(network.management for network in bond.networks),
        Needs.VLANS: lambda bond: bool(bond.vlans),
        Needs.IPV6: lambda bond: bool(bond.ipv6),
        Needs.OVERRIDES: lambda bond: bool(bond.other_config),
        Needs.DEVICE: lambda bond: bool(bond.devices),
    }
)
"""What must be wanted of a bond for an outcome to be judged."""
_SINCE: Mapping[Needs, Callable[[DesiredBond], bool]] = MappingProxyType(
    {Needs.A_BASELINE: lambda _: True, Needs.LACP_BASELINE: _WANTED[Needs.LACP]}
)
"""The same, where there is a baseline, too."""


def applies(outcome: Outcome, stages: Stages, host: str, network: str | None) -> bool:
    """Tell whether a run's stages allow an outcome to be judged for a host ref and a network."""
    if outcome.needs in {Needs.A_LOOK, *_SINCE}:
        return outcome.needs is Needs.A_LOOK or _is_in_baseline(outcome, stages, host)
    if outcome.needs in _WANTED:
        wants = _WANTED[outcome.needs]
        return any(wants(bond) for bond in stages.desired if network in (None, bond.network))
    if outcome.needs in {Needs.LISTENING, Needs.FAILOVER}:
        return stages.listened if outcome.needs is Needs.LISTENING else stages.drilled
    if outcome.needs is Needs.A_CHANGE:
        return stages.before is not None
    if outcome.needs is Needs.A_RESTART:
        name = stages.now.labels[host]
        return any(name == own and network in (None, label) for own, label in stages.restarted)
    return any(ref == host and network in (None, label) for ref, label in stages.inherited)


def _is_in_baseline(outcome: Outcome, stages: Stages, host: str) -> bool:
    wants = _SINCE[outcome.needs]
    if stages.baseline is None or not any(wants(bond) for bond in stages.desired):
        return False
    if outcome.of_pool:
        return host == stages.now.pool.master
    return same_host(stages.baseline, stages.now, host) is not None
