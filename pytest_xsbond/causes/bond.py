"""The causes of what a bond lacks, in XAPI or in Open vSwitch: the one that explains most first.

What XAPI does to bonds and when is in ocaml/xapi/xapi_bond.ml, sync_networking.ml and nm.ml of
xen-api; what to type is the ordinary procedure of an administrator.
"""

from pytest_xsbond.causes import mending
from pytest_xsbond.causes.cause import DESCRIBED, DOM0_CLAIMS, FAILOVER, LACP, Cause
from pytest_xsbond.causes.described import UNDECLARED_MANAGEMENT
from pytest_xsbond.causes.dom0 import NOT_LOOKED_AT, XAPI_STOPPED, is_unreachable
from pytest_xsbond.causes.nics import NIC_CAUSES, is_kept_from
from pytest_xsbond.claims.bond_on_host import BondOnHost
from xsbond.snapshot import lookup

_BOND_RECORDS = ("PM-3", "M-3.2", "PM-4.2.3", "PM-4.2.4")
_BOND_OF_HOST = ("PM-4.3.1", "PM-4.3.2", "M-3.3.1", "M-3.3.2", "M-3.3.3")
_DOM0_HEALTH = (
    "H-both-views",
    "H-legs-up",
    "H-leg-hears",
    "H-mac",
    "H-mtu",
    "H-leg-clean",
    "H-bridge",
    "H-flows",
)
_PORT_HEALTH = ("H-slb-not-lacp", *LACP, "H-settings")
_BOND_HEALTH = (*_DOM0_HEALTH, *_PORT_HEALTH, "H-same-nics", "H-speed", "H-vlans", "H-vlans-run")
_WITHOUT_BOND = (
    *(*_BOND_RECORDS, *_BOND_OF_HOST, *DOM0_CLAIMS, *_BOND_HEALTH),
    *("H-alerts", "H-naming", *DESCRIBED, *FAILOVER),
)
_WITHOUT_DOM0 = (
    *(*DOM0_CLAIMS, *_DOM0_HEALTH, *_PORT_HEALTH, "H-backend", "H-hosts", *FAILOVER),
    *("H-wanted-vlans", "H-overrides", "H-properties", "H-vlans-run", "H-nics"),
    *("H-addresses", "H-modes"),
)
_SWITCH = ("PM-4.5.1", "PM-4.5.2", "M-3.5.2", "H-both-views")


def _has_bond(here: BondOnHost) -> bool:
    return lookup.bond_on(here.snapshot, here.host, here.wanted) is not None


def _master_has_bond(here: BondOnHost) -> bool:
    master = here.snapshot.pool.master
    return lookup.bond_on(here.snapshot, master, here.wanted) is not None


def _not_inherited(here: BondOnHost) -> bool:
    lacks = not here.is_master and _master_has_bond(here) and not _has_bond(here)
    return lacks and not is_kept_from(here)


def _absent(here: BondOnHost) -> bool:
    return bool(here.networks) and not _has_bond(here) and not is_kept_from(here)


def _partial(here: BondOnHost) -> bool:
    return _has_bond(here) and here.legs < set(here.wanted.nics)


def _other_nics(here: BondOnHost) -> bool:
    return _has_bond(here) and not here.legs <= set(here.wanted.nics)


def _unplugged(here: BondOnHost) -> bool:
    return _has_bond(here) and here.network.bridge not in here.bridges


def _detached(here: BondOnHost) -> bool:
    return _has_bond(here) and not here.pif.currently_attached and not is_kept_from(here)


def _overridden(here: BondOnHost) -> bool:
    return any(key.startswith("bond-") for key in here.pif.other_config)


def _other_mode(here: BondOnHost) -> bool:
    return here.bond.mode != here.wanted.mode.value


def _switch_differs(here: BondOnHost) -> bool:
    """Tell whether XAPI has what is wanted and Open vSwitch has not."""
    nics = frozenset(here.wanted.nics)
    mode = lookup.ovs_mode(here.wanted)
    right = (here.legs, lookup.ovs_mode(here.bond)) == (nics, mode)
    seen = {(bond.name, bond.members, bond.type) for bond in here.ovs_bonds}
    if not nics <= here.snapshot.nics(here.host).keys():
        # Open vSwitch cannot have a NIC that the kernel does not.
        return False
    return right and seen != {(here.pif.device, nics, mode)}


def _other_primary(here: BondOnHost) -> bool:
    return here.primary_leg.device != here.wanted.nics[0]


def _leftover(here: BondOnHost) -> bool:
    return _has_bond(here) and bool(here.bridges & here.leg_bridges)


def _addressed(here: BondOnHost) -> bool:
    wanted = (str(here.address.ip), str(here.address.netmask)) if here.address else ("", "")
    return wanted != (here.pif.IP, here.pif.netmask)


def _bridge_down(here: BondOnHost) -> bool:
    return not here.interface(here.network.bridge).up


BOND_CAUSES: tuple[Cause, ...] = (
    XAPI_STOPPED,
    Cause(
        name="host is down",
        says="The pool has lost the host: it has no power, or its network is gone.",
        holds=lambda here: not here.is_live and is_unreachable(here),
        explains=("M-2", *_WITHOUT_DOM0),
        next=(
            "{master}# xe host-list uuid={host_uuid} params=name-label,enabled,host-metrics-live",
            "look at the console of {host}",
        ),
    ),
    *NOT_LOOKED_AT[:1],
    Cause(
        name="dom0 was not reached",
        says="SSH to the host was refused, timed out, was not trusted or broke off: nobody looked.",
        holds=is_unreachable,
        explains=_WITHOUT_DOM0,
        next=("ssh root@{host} true",),
    ),
    *NOT_LOOKED_AT[1:],
    Cause(
        name="network is missing",
        says="No network of the pool has the wanted name; it was renamed, or never made.",
        holds=lambda here: not here.networks,
        explains=("PM-1", "M-1.1", *_WITHOUT_BOND),
        next=("{master}# xe network-list params=uuid,name-label,bridge",),
    ),
    Cause(
        name="network name is not unique",
        says="Several networks have the wanted name; retried scripts make them.",
        holds=lambda here: len(here.networks) > 1,
        explains=("PM-1", "PM-4.1"),
        steps=mending.rename_unused,
        next=(
            "{master}# xe network-list name-label={network} params=uuid,bridge,PIF-uuids",
            "rename all but one, by xe network-param-set with its uuid and another name-label",
        ),
    ),
    *NIC_CAUSES,
    Cause(
        name="bond not inherited",
        says="The master has the bond, this member has not: its xapi was not restarted since, or"
        " could not make it.",
        holds=_not_inherited,
        steps=mending.free_nics,
        explains=_WITHOUT_BOND,
        next=("{host}# service xapi restart",),
    ),
    Cause(
        name="bond does not exist",
        says="The network is there and no PIF of this host is on it: the bond was destroyed, or"
        " never made.",
        holds=_absent,
        steps=mending.free_nics,
        explains=_WITHOUT_BOND,
        next=("pytest --pool={pool} --xsbond-apply",),
    ),
    Cause(
        name="bond lacks a leg",
        says="The member found fewer NICs than the master has when it copied the bond; neither"
        " XAPI nor an alert tells.",
        holds=_partial,
        explains=("PM-3", "H-legs-up", "H-same-nics", *_PORT_HEALTH, *_SWITCH),
        steps=mending.scan_and_copy,
        next=(
            "{master}# xe pif-scan host-uuid={host_uuid}",
            "{host}# service xapi restart",
        ),
    ),
    Cause(
        name="other NICs are bonded",
        says="The bond joins other NICs than wanted: they are counted otherwise on this host, or"
        " were chosen wrongly.",
        holds=_other_nics,
        explains=("PM-3", "PM-4.5.3", "M-3.5.1", "PM-4.4.3", "M-3.4", "H-same-nics", *_SWITCH),
        steps=mending.replace_bond,
        next=(
            "{master}# xe pif-list host-uuid={host_uuid} physical=true params=device,MAC",
            "{master}# xe bond-destroy uuid={bond_uuid}",
            "pytest --pool={pool} --xsbond-apply",
        ),
    ),
    Cause(
        name="mode is overridden",
        says="A key bond-… in the bond PIF's other_config tells networkd otherwise than the Bond.",
        holds=_overridden,
        explains=("PM-4.5.2", "M-3.5.2", "H-both-views", *_PORT_HEALTH),
        steps=mending.without_overrides,
        next=(
            "{master}# xe pif-param-get uuid={pif_uuid} param-name=other-config",
            (
                "{master}# xe pif-param-remove uuid={pif_uuid} param-name=other-config"
                " param-key=bond-mode"
            ),
            "{master}# xe pif-plug uuid={pif_uuid}",
        ),
    ),
    Cause(
        name="mode differs",
        says="The bond was made in another mode, or its mode was changed on this host.",
        holds=_other_mode,
        explains=(
            *("PM-4.3.2", "M-3.3.2", "PM-4.5.2", "M-3.5.2", "H-both-views"),
            *("H-slb-not-lacp", *LACP),
        ),
        next=("{master}# xe bond-set-mode uuid={bond_uuid} mode={mode}",),
    ),
    Cause(
        name="bond is not plugged",
        says="The bond's PIF was unplugged, or could not be plugged: its bridge is not in dom0.",
        holds=_unplugged,
        explains=("PM-4.2.3", "M-3.2", *DOM0_CLAIMS, *_DOM0_HEALTH, *_PORT_HEALTH),
        next=("{master}# xe pif-plug uuid={pif_uuid}",),
    ),
    Cause(
        name="bond is recorded as not plugged",
        says="XAPI takes the bond's PIF for unplugged while its bridge is there.",
        holds=_detached,
        explains=("PM-4.2.3", "M-3.2"),
        next=("{master}# xe pif-plug uuid={pif_uuid}",),
    ),
    Cause(
        name="first NIC is not the primary one",
        says="The bond was made with its NICs in another order, so it has another one's MAC.",
        holds=_other_primary,
        steps=mending.replace_bond,
        explains=("PM-4.4.3", "M-3.4"),
        next=(
            "{master}# xe bond-destroy uuid={bond_uuid}",
            "pytest --pool={pool} --xsbond-apply",
        ),
    ),
    UNDECLARED_MANAGEMENT,
    Cause(
        name="bond PIF has another address",
        says="The bond's PIF was given an IP configuration, or lost the one it should have.",
        holds=_addressed,
        explains=("PM-4.2.4", "M-3.2", "PM-4.4.1", "PM-4.4.2"),
        steps=mending.readdress,
        next=(
            "{master}# xe pif-param-list uuid={pif_uuid}",
            "correct the address by xe pif-reconfigure-ip; a guest bond has none",
        ),
    ),
    Cause(
        name="dom0 was changed by hand",
        says="XAPI has what is wanted; Open vSwitch was changed behind its back.",
        holds=_switch_differs,
        explains=(*_SWITCH, "H-legs-up", *_PORT_HEALTH),
        steps=mending.replug,
        next=(
            "{host}# ovs-vsctl list port {port}",
            "{master}# xe pif-unplug uuid={pif_uuid}",
            "{master}# xe pif-plug uuid={pif_uuid}",
        ),
    ),
    Cause(
        name="own bridge of a leg is left over",
        says="A bridge that the bond replaces is still there, or somebody made it again.",
        holds=_leftover,
        explains=("PM-4.5.3", "M-3.5.1"),
        next=("{host}# ovs-vsctl list-br", "{master}# xe pif-plug uuid={pif_uuid}"),
    ),
    Cause(
        name="bridge is down",
        says="The bridge interface was set down in dom0.",
        holds=_bridge_down,
        explains=("PM-4.4.2",),
        next=("{host}# ip link set {bridge} up",),
    ),
)
"""In the order to look for them, before all others."""
