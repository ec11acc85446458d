"""The causes of drift: who joined or left, what was replaced, reset, updated or set up anew."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from pytest_xsbond.causes.cause import Cause
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.seen import Missing
from xsbond.drift.drift import differences, same_host
from xsbond.drift.inventory import AREAS, POOL_WIDE
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.snapshot import Snapshot

_OF_BOND = ("D-pifs", "D-vlans", "D-bonds", "D-mtus", "D-addresses", "D-bridges")
"""What changes when a bond comes or goes."""
_OF_DOM0 = ("D-nics", "D-bonds", "D-mtus", "D-addresses", "D-bridges")
"""What only dom0 can tell."""

ALSO_EXPLAINED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "host is down": _OF_DOM0,
        "dom0 was not reached": _OF_DOM0,
        "answer was not understood": _OF_DOM0,
        "network is missing": ("D-networks", *_OF_BOND),
        "network name is not unique": ("D-networks",),
        "NIC is missing": ("D-nics", "D-pifs", "D-bonds", "D-mtus"),
        "bond not inherited": _OF_BOND,
        "bond does not exist": _OF_BOND,
        "bond lacks a leg": ("D-bonds",),
        "other NICs are bonded": _OF_BOND,
        "mode is overridden": ("D-pifs", "D-bonds"),
        "mode differs": ("D-bonds",),
        "bond is not plugged": _OF_BOND,
        "bond is recorded as not plugged": ("D-pifs",),
        "first NIC is not the primary one": ("D-bonds", "D-bridges"),
        "bond PIF has another address": ("D-addresses",),
        "dom0 was changed by hand": ("D-bonds", "D-bridges"),
        "own bridge of a leg is left over": ("D-bridges", "D-mtus"),
        "address was set by hand": ("D-addresses",),
        "bridge is down": ("D-bridges",),
        "switch daemon does not answer": ("D-bonds",),
        "NIC is gone from the kernel": ("D-nics", "D-bonds", "D-mtus"),
        "NICs changed places": ("D-nics", "D-bridges"),
        "board was replaced": ("D-nics",),
        "MAC is not unique": ("D-nics",),
        "NICs are counted otherwise": ("D-nics",),
        "MTU was not applied": ("D-mtus", "D-networks"),
        "VLAN is not as elsewhere": ("D-vlans", "D-pifs"),
        "leg is used for something else": ("D-addresses", "D-pifs"),
        "management interface is in doubt": ("D-pifs",),
        "bridge has another MAC": ("D-bridges",),
        "port is not set up as balance-slb": ("D-bonds",),
        "no carrier": ("D-partners",),
        "leg was set down": ("D-partners",),
        "switch forms no LAG": ("D-partners",),
        "switch port is in no LAG": ("D-partners",),
        "legs end in two switches": ("D-partners",),
        "legs end in two LAGs": ("D-partners",),
    }
)
"""Cause of another claim's failure -> the differences that it makes, too."""

_NO_BOND = frozenset({"network is missing", "bond not inherited", "bond does not exist"})
"""The causes of a bond that is not there."""


def with_drift(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return causes that also explain the differences they make."""
    return tuple(
        replace(
            cause,
            explains=cause.explains + ALSO_EXPLAINED.get(cause.name, ()),
            is_behind=_has_lost_it if cause.name in _NO_BOND else cause.is_behind,
        )
        for cause in causes
    )


def _has_lost_it(here: BondOnHost, outcome: str) -> bool:
    """Tell whether the host had the bond at the baseline: what was missing then is no drift."""
    if not outcome.startswith("D-"):
        return True
    return lookup.bond_on(_baseline(here), _then(here), here.wanted) is not None


_ACCEPT = "pytest --pool={pool} --xsbond-save-baseline=NEW-FILE"


def _baseline(here: BondOnHost) -> Snapshot:
    if here.baseline is None:
        raise Missing("there is no baseline")
    return here.baseline


def _then(here: BondOnHost) -> str:
    """Return the host's ref in the baseline."""
    then = same_host(_baseline(here), here.snapshot, here.host)
    if then is None:
        raise Missing(f"{here.name} is not in the baseline")
    return then


def _differs(here: BondOnHost, area: str) -> bool:
    baseline = _baseline(here)
    return bool(differences(baseline, here.snapshot, here.host, area, here.desired))


def _others_in_pool(here: BondOnHost) -> bool:
    return _differs(here, "hosts")


def _unseen_in_baseline(here: BondOnHost) -> bool:
    dom0 = _baseline(here).raw.dom0.get(_baseline(here).hosts[_then(here)].uuid)
    return dom0 is None or bool(dom0.unreachable)


def _was_reset(here: BondOnHost) -> bool:
    """Tell whether all bonds and VLANs of the host are gone."""
    had = _bonds_and_vlans(_baseline(here), _then(here))
    return had > 0 and _bonds_and_vlans(here.snapshot, here.host) == 0


def _bonds_and_vlans(snapshot: Snapshot, host: str) -> int:
    tagged = [pif for _, pif in lookup.pifs_of(snapshot, host) if pif.VLAN != lookup.UNTAGGED]
    return len(lookup.bonds_of(snapshot, host)) + len(tagged)


def _other_backend(here: BondOnHost) -> bool:
    then = switch.is_kernel(_baseline(here), _then(here))
    return then != switch.is_kernel(here.snapshot, here.host)


def _switch_back(here: BondOnHost) -> Iterable[str]:
    """Yield how the host gets the backend of the baseline; it takes effect with the next boot."""
    was_kernel = switch.is_kernel(_baseline(here), _then(here))
    yield f"{here.name}# cat /etc/xensource/network.conf"
    yield f"{here.name}# xe-switch-network-backend {'bridge' if was_kernel else 'openvswitch'}"


def _other_nics(here: BondOnHost) -> bool:
    return _differs(here, "nics")


def _updated(here: BondOnHost) -> bool:
    return _differs(here, "versions")


def _other_partners(here: BondOnHost) -> bool:
    return _differs(here, "partners")


_WARNED = frozenset({"versions", "partners"})
"""Areas whose differences only warn."""


def _anything(here: BondOnHost) -> bool:
    """Tell whether anything differs, apart from what only warns."""
    pool_wide = here.is_master
    areas = [area for area in AREAS if area not in _WARNED and (pool_wide or area not in POOL_WIDE)]
    return any(_differs(here, area) for area in areas)


DRIFT_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="baseline lacks the host's dom0",
        says="The dom0 did not answer when the baseline was taken: nobody knows what it was like.",
        holds=_unseen_in_baseline,
        explains=_OF_DOM0,
        next=(_ACCEPT,),
    ),
    Cause(
        name="hosts joined or left the pool",
        says="The pool has other hosts than at the baseline, or one of them was installed anew.",
        holds=_others_in_pool,
        explains=("D-hosts",),
        next=("{master}# xe host-list params=name-label,uuid,enabled", _ACCEPT),
    ),
    Cause(
        name="host network was reset",
        says="All bonds and VLANs of the host are gone, as after an emergency network reset.",
        holds=_was_reset,
        explains=("D-nics", "D-pifs", "D-vlans", "D-bonds", "D-mtus", "D-addresses", "D-bridges"),
        next=(
            "{master}# xe pif-list host-uuid={host_uuid} params=device,VLAN,IP,management",
            "pytest --pool={pool} --xsbond-apply",
        ),
    ),
    Cause(
        name="network backend was switched",
        says="The host's bridges are made by another network backend than before.",
        holds=_other_backend,
        explains=("D-bridges", "D-bonds", "D-nics"),
        steps=_switch_back,
        next=(
            "{host}# cat /etc/xensource/network.conf",
            "{host}# xe-switch-network-backend {backend}",
        ),
    ),
    Cause(
        name="NICs are not what they were",
        says="A NIC was replaced, moved to another slot, renamed or taken out.",
        holds=_other_nics,
        explains=("D-nics",),
        next=(
            "{host}# interface-rename --list",
            "{master}# xe pif-list host-uuid={host_uuid} physical=true params=uuid,device,MAC",
        ),
    ),
    Cause(
        name="software was updated",
        says="The host was updated or upgraded since the baseline was taken.",
        holds=_updated,
        explains=("D-versions",),
        next=(_ACCEPT,),
    ),
    Cause(
        name="LACP partner is another one",
        says="A leg hears another switch, or another LAG, than at the baseline, or nobody: a cable"
        " was moved, or the switch was replaced or set up anew.",
        holds=_other_partners,
        explains=("D-partners",),
        next=(
            "{host}# ovs-appctl lacp/show {port}",
            "look at the LAG of {host}'s switch ports",
            _ACCEPT,
        ),
    ),
    Cause(
        name="set up otherwise than at the baseline",
        says="Somebody has changed the configuration since; a change that is meant needs a new"
        " baseline.",
        holds=_anything,
        explains=(
            *("D-hosts", "D-networks", "D-nics", "D-pifs", "D-vlans", "D-bonds", "D-mtus"),
            *("D-addresses", "D-bridges"),
        ),
        next=("{master}# tail -50 /var/log/audit.log", _ACCEPT),
    ),
)
