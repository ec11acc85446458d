"""The table of causes, the one that explains most first.

What XAPI does to bonds and when is in ocaml/xapi/xapi_bond.ml, sync_networking.ml and nm.ml of
xen-api; what to type is the ordinary procedure of an administrator.
"""

from pytest_xsbond.causes import DOM0_CLAIMS, FAILOVER, Cause
from pytest_xsbond.dom0_causes import DOM0_CAUSES, GARBLED
from pytest_xsbond.drift_causes import DRIFT_CAUSES, with_drift
from pytest_xsbond.failover_causes import FAILOVER_CAUSES
from pytest_xsbond.health_causes import HEALTH_CAUSES
from pytest_xsbond.here import BondOnHost, Missing
from xsbond import lookup

_BOND_RECORDS = ("PM-3", "M-3.2", "PM-4.2.3", "PM-4.2.4")
_BOND_OF_HOST = ("PM-4.3.1", "PM-4.3.2", "M-3.3.1", "M-3.3.2", "M-3.3.3")
_DOM0_HEALTH = ("H-both-views", "H-legs-up", "H-leg-hears", "H-mac", "H-mtu", "H-leg-clean")
_PORT_HEALTH = ("H-slb-not-lacp", "H-lacp")
_BOND_HEALTH = (*_DOM0_HEALTH, *_PORT_HEALTH, "H-same-nics", "H-speed", "H-vlans")
_WITHOUT_BOND = (
    *(*_BOND_RECORDS, *_BOND_OF_HOST, *DOM0_CLAIMS, *_BOND_HEALTH),
    *("H-alerts", "H-naming", *FAILOVER),
)
_WITHOUT_DOM0 = (*DOM0_CLAIMS, *_DOM0_HEALTH, *_PORT_HEALTH, "H-backend", "H-hosts", *FAILOVER)
_SWITCH = ("PM-4.5.1", "PM-4.5.2", "M-3.5.2", "H-both-views")


def _unreachable(here: BondOnHost) -> bool:
    dom0 = here.snapshot.raw.dom0.get(here.snapshot.hosts[here.host].uuid)
    return dom0 is None or bool(dom0.unreachable)


def _has_bond(here: BondOnHost) -> bool:
    return lookup.bond_on(here.snapshot, here.host, here.wanted.network) is not None


def _master_has_bond(here: BondOnHost) -> bool:
    master = here.snapshot.pool.master
    return lookup.bond_on(here.snapshot, master, here.wanted.network) is not None


def _not_inherited(here: BondOnHost) -> bool:
    return not here.is_master and _master_has_bond(here) and not _has_bond(here)


def _absent(here: BondOnHost) -> bool:
    return bool(here.networks) and not _has_bond(here)


def _partial(here: BondOnHost) -> bool:
    return _has_bond(here) and here.legs < set(here.wanted.nics)


def _other_nics(here: BondOnHost) -> bool:
    return _has_bond(here) and not here.legs <= set(here.wanted.nics)


def _nic_missing(here: BondOnHost) -> bool:
    return any(count == 0 for count in here.nic_counts().values())


def _unplugged(here: BondOnHost) -> bool:
    return _has_bond(here) and here.network.bridge not in here.bridges


def _detached(here: BondOnHost) -> bool:
    return _has_bond(here) and not here.pif.currently_attached


def _overridden(here: BondOnHost) -> bool:
    return any(key.startswith("bond-") for key in here.pif.other_config)


def _other_mode(here: BondOnHost) -> bool:
    return here.bond.mode != here.wanted.mode.value


def _switch_differs(here: BondOnHost) -> bool:
    """Tell whether XAPI has what is wanted and Open vSwitch has not."""
    nics = frozenset(here.wanted.nics)
    right = (here.legs, here.bond.mode) == (nics, here.wanted.mode.value)
    seen = {(bond.name, bond.members, bond.type) for bond in here.ovs_bonds}
    return right and seen != {(here.pif.device, nics, lookup.ovs_mode(here.wanted))}


def _other_primary(here: BondOnHost) -> bool:
    return here.primary_leg.device != here.wanted.nics[0]


def _leftover(here: BondOnHost) -> bool:
    return _has_bond(here) and bool(here.bridges & here.leg_bridges)


def _addressed(here: BondOnHost) -> bool:
    wanted = str(here.address.ip) if here.address else ""
    return wanted != here.pif.IP


def _addressed_by_hand(here: BondOnHost) -> bool:
    own = {here.network.bridge, *here.wanted.nics}
    in_dom0 = {str(address.ip) for name, address in here.addresses() if name in own}
    return not in_dom0 <= {here.pif.IP}


def _bridge_down(here: BondOnHost) -> bool:
    return not here.interface(here.network.bridge).up


def _cannot_tell(here: BondOnHost) -> bool:
    """No snapshot tells who changed what."""
    raise Missing(f"nothing seen of {here.name} tells who changed it")


_BOND_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="host is down",
        says="The pool has lost the host: it has no power, or its network or its xapi is gone.",
        holds=lambda here: not here.is_live,
        explains=("M-2", *_WITHOUT_DOM0),
        next=(
            "{master}# xe host-list uuid={host_uuid} params=name-label,enabled,host-metrics-live",
            "look at the console of {host}",
        ),
    ),
    Cause(
        name="dom0 was not reached",
        says="SSH to the host was refused, timed out, was not trusted or broke off: nobody looked.",
        holds=_unreachable,
        explains=_WITHOUT_DOM0,
        next=("ssh root@{host} true",),
    ),
    GARBLED,
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
        next=(
            "{master}# xe network-list name-label={network} params=uuid,bridge,PIF-uuids",
            "{master}# xe network-param-set uuid=THE-UNUSED-ONE name-label=unused",
        ),
    ),
    Cause(
        name="NIC is missing",
        says="XAPI knows no such NIC on this host: it was renamed, replaced or taken out.",
        holds=_nic_missing,
        explains=("PM-2", "PM-3", *_BOND_HEALTH, *_SWITCH),
        next=(
            "{host}# ip -o link",
            "{master}# xe pif-scan host-uuid={host_uuid}",
        ),
    ),
    Cause(
        name="bond not inherited",
        says="The master has the bond, this member has not: its xapi was not restarted since.",
        holds=_not_inherited,
        explains=_WITHOUT_BOND,
        next=("{host}# service xapi restart",),
    ),
    Cause(
        name="bond does not exist",
        says="The network is there and no PIF of this host is on it: the bond was destroyed, or"
        " never made.",
        holds=_absent,
        explains=_WITHOUT_BOND,
        next=("pytest --pool={pool} --xsbond-apply",),
    ),
    Cause(
        name="bond lacks a leg",
        says="The member found fewer NICs than the master has when it copied the bond; neither"
        " XAPI nor an alert tells.",
        holds=_partial,
        explains=("PM-3", "H-legs-up", "H-same-nics", *_PORT_HEALTH, *_SWITCH),
        next=(
            "{host}# ip -o link",
            "{master}# xe pif-scan host-uuid={host_uuid}",
            "{master}# xe bond-destroy uuid={bond_uuid}",
            "{host}# service xapi restart",
        ),
    ),
    Cause(
        name="other NICs are bonded",
        says="The bond joins other NICs than wanted: they are counted otherwise on this host, or"
        " were chosen wrongly.",
        holds=_other_nics,
        explains=("PM-3", "PM-4.5.3", "M-3.5.1", "PM-4.4.3", "M-3.4", "H-same-nics", *_SWITCH),
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
        explains=("PM-4.5.2", "M-3.5.2", "H-both-views", "H-slb-not-lacp", "H-lacp"),
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
        explains=("PM-4.3.2", "M-3.3.2", "PM-4.5.2", "M-3.5.2", "H-slb-not-lacp", "H-lacp"),
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
        explains=("PM-4.4.3", "M-3.4"),
        next=(
            "{master}# xe bond-destroy uuid={bond_uuid}",
            "pytest --pool={pool} --xsbond-apply",
        ),
    ),
    Cause(
        name="bond PIF has another address",
        says="The bond's PIF was given an IP configuration, or lost the one it should have.",
        holds=_addressed,
        explains=("PM-4.2.4", "M-3.2", "PM-4.4.1", "PM-4.4.2"),
        next=("{master}# xe pif-reconfigure-ip uuid={pif_uuid} mode=none",),
    ),
    Cause(
        name="dom0 was changed by hand",
        says="XAPI has what is wanted; Open vSwitch was changed behind its back.",
        holds=_switch_differs,
        explains=(*_SWITCH, "H-legs-up", *_PORT_HEALTH),
        next=(
            "{host}# ovs-vsctl list port {port}",
            "{master}# xe pif-plug uuid={pif_uuid}",
            "{host}# service xapi restart",
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
        name="address was set by hand",
        says="dom0 has an address on the bridge or a leg that XAPI knows nothing of.",
        holds=_addressed_by_hand,
        explains=("PM-4.4.1", "PM-4.4.2", "H-leg-clean"),
        next=("{host}# ip -4 -o addr show", "{host}# ip addr del ADDRESS dev INTERFACE"),
    ),
    Cause(
        name="bridge is down",
        says="The bridge interface was set down in dom0.",
        holds=_bridge_down,
        explains=("PM-4.4.2",),
        next=("{host}# ip link set {bridge} up",),
    ),
)
_LAST = Cause(
    name="somebody else works on the pool",
    says="Something changed while this run was at work that it did not change itself.",
    holds=_cannot_tell,
    explains=(
        *("PM-4.1", "PM-4.2.1", "PM-4.2.2", "PM-4.4.1", "M-3.1"),
        *("M-1.1", "M-1.2", "M-1.3", "M-1.4", "M-1.5.1", "M-1.5.2"),
    ),
    next=("{master}# xe task-list", "{host}# tail -50 /var/log/audit.log"),
)

CAUSES = with_drift(
    (*_BOND_CAUSES, *DOM0_CAUSES, *HEALTH_CAUSES, *FAILOVER_CAUSES, *DRIFT_CAUSES, _LAST)
)
"""All causes, in the order to look for them."""
