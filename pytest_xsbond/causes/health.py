"""The causes of failed health claims: cables, switch ports, NICs, settings, hosts left behind."""

from datetime import UTC, datetime

from pytest_xsbond.causes.cause import FAILOVER, LACP, Cause
from pytest_xsbond.causes.mending import clean_legs, vlans_as_elsewhere
from pytest_xsbond.claims import health, pool_health
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.declared import vlans
from pytest_xsbond.claims.dom0 import settings
from pytest_xsbond.claims.host_in_pool import HostInPool
from pytest_xsbond.claims.seen import Evidence, Sentences
from xsbond.errors import UnexpectedOutput
from xsbond.model import BondMode
from xsbond.snapshot.snapshot import SERVER_TIME

_STARTS_FOR = 30.0
"""Seconds; xapi answers before it enables its host, and refuses host-enable until then."""


def _host(here: BondOnHost) -> HostInPool:
    return HostInPool(evidence=_evidence(here), desired=here.desired)


def _evidence(here: BondOnHost) -> Evidence:
    return Evidence(snapshot=here.snapshot, host=here.host)


def _without_carrier(here: BondOnHost) -> list[str]:
    nics = here.snapshot.nics(here.host)
    return [leg for leg in sorted(here.legs) if leg in nics and nics[leg].carrier is not True]


def _waiting(here: BondOnHost) -> bool:
    return any(member.may_enable and not member.enabled for member in health.status(here).members)


def _miscounted(here: BondOnHost) -> bool:
    return here.bond.links_up != sum(member.enabled for member in health.status(here).members)


def _subjects(sentences: Sentences) -> list[str]:
    """Return the legs that sentences are about, each of which begins with one."""
    return list(dict.fromkeys(sentence.split()[0] for sentence in sentences))


def _other_mtu(here: BondOnHost) -> bool:
    return set(health.mtus(here).values()) != {here.network.MTU}


def _other_settings(here: BondOnHost) -> bool:
    is_slb = here.wanted.mode is BondMode.BALANCE_SLB
    return is_slb and settings.slb(here) != settings.wanted_slb(here)


def _daemon_dead(here: BondOnHost) -> bool:
    """Tell whether the switch's database answers and the switch does not."""
    if not here.bridges:
        return False
    try:
        return here.ovs_bonds is None
    except UnexpectedOutput as error:
        return error.reason.startswith("exit")


def _is_disabled(here: BondOnHost) -> bool:
    return here.is_live and not _host(here).record.enabled


def _has_just_started(here: BondOnHost) -> bool:
    """Tell whether a host is disabled because its xapi, or the host, has just come up."""
    if not _is_disabled(here) or not here.snapshot.raw.clock:
        return False
    now = datetime.strptime(here.snapshot.raw.clock[-1], SERVER_TIME).replace(tzinfo=UTC)
    return 0 <= now.timestamp() - here.start_time < _STARTS_FOR


def _in_maintenance(here: BondOnHost) -> bool:
    return _is_disabled(here) and not _has_just_started(here)


HEALTH_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="switch daemon does not answer",
        says="ovs-vswitchd of the host has died, or ovs-appctl is not there.",
        holds=_daemon_dead,
        explains=(
            *("PM-4.5.1", "PM-4.5.2", "M-3.5.2"),
            *("H-both-views", "H-legs-up", "H-slb-not-lacp", *LACP, "H-settings"),
            *("H-bridge", "H-flows", "H-modes"),
        ),
        next=("{host}# service openvswitch status", "{host}# service openvswitch restart"),
    ),
    Cause(
        name="no carrier",
        says="A leg has no link: cable, transceiver, or a switch port that is shut.",
        holds=lambda here: bool(_without_carrier(here)),
        nics=_without_carrier,
        explains=("H-legs-up", "H-speed", "H-alerts", *LACP, *FAILOVER),
        next=("{host}# cat /sys/class/net/{nic}/carrier", "look at the switch port of {host}"),
    ),
    Cause(
        name="updelay runs",
        says="A leg has its link back and carries traffic when its updelay of 31 s is over.",
        holds=_waiting,
        explains=("H-legs-up", *LACP, *FAILOVER),
        next=("{host}# ovs-appctl bond/show {port}", "pytest --pool={pool} --xsbond-wait=60"),
    ),
    Cause(
        name="XAPI miscounts the links",
        says="Bond.links_up is stale: xapi's monitor has stopped, or misreads this Open vSwitch.",
        holds=_miscounted,
        explains=("H-legs-up",),
        next=(
            "{host}# ovs-appctl bond/show {port}",
            "{master}# xe bond-list uuid={bond_uuid} params=links-up",
            "{host}# xe-toolstack-restart",
        ),
    ),
    Cause(
        name="switch port is off its VLAN",
        says="The link is there, but not a frame arrives: the port is in another VLAN, or blocked.",
        holds=lambda here: bool(health.deaf_legs(here)),
        nics=lambda here: _subjects(health.deaf_legs(here)),
        explains=("H-leg-hears",),
        next=("{host}# tcpdump -c 5 -i {nic}", "look at the VLANs of the switch port of {host}"),
    ),
    Cause(
        name="NICs are counted otherwise",
        says="The legs sit in other slots, or have other names, than on most hosts.",
        holds=lambda here: bool(pool_health.odd_positions(here)),
        explains=("H-same-nics",),
        next=(
            "{host}# interface-rename --list",
            "{master}# xe pif-list host-uuid={host_uuid} physical=true params=device,MAC",
        ),
    ),
    Cause(
        name="MAC is not unique",
        says="Another NIC of the pool has the same MAC: a clone, or a MAC set by hand.",
        holds=lambda here: bool(health.twins(here)),
        explains=("H-mac",),
        next=("{master}# xe pif-list physical=true params=host-name-label,device,MAC",),
    ),
    Cause(
        name="MTU was not applied",
        says="The network's MTU was changed after the bond was plugged, or set by hand in dom0.",
        holds=_other_mtu,
        explains=("H-mtu",),
        next=(
            "{master}# xe network-param-get uuid={network_uuid} param-name=MTU",
            "{master}# xe pif-plug uuid={pif_uuid}",
        ),
    ),
    Cause(
        name="legs negotiated differently",
        says="A leg runs at another speed or at half duplex: cable, transceiver or a fixed port.",
        holds=lambda here: len(set(health.speeds(here).values())) > 1,
        explains=("H-speed",),
        next=("{host}# ethtool {nic}", "look at the switch port of {host}"),
    ),
    Cause(
        name="VLAN is not as elsewhere",
        says="The host missed the VLAN, in maintenance or down, or was given another tag, or has it"
        " alone.",
        holds=lambda here: bool(vlans.vlan_differences(here)),
        explains=("H-vlans",),
        steps=vlans_as_elsewhere,
        next=(
            "{master}# xe vlan-list",
            "{master}# xe host-param-get uuid={host_uuid} param-name=other-config",
            "{master}# xe vlan-create network-uuid={that_network} pif-uuid={pif_uuid} vlan={tag}",
        ),
    ),
    Cause(
        name="leg is used for something else",
        says="A leg has an address, is management or carries a network beside the bond.",
        holds=lambda here: bool(health.burdens(here)),
        nics=lambda here: _subjects(health.burdens(here)),
        explains=("H-leg-clean",),
        steps=clean_legs,
        next=("{master}# xe pif-list host-uuid={host_uuid} device={nic} params=all",),
    ),
    Cause(
        name="management interface is in doubt",
        says="The host has none or several management PIFs, or its guests' bond is one.",
        holds=lambda here: len(_host(here).management_pifs) != 1,
        explains=("H-one-management",),
        next=(
            "{master}# xe pif-list host-uuid={host_uuid} management=true params=uuid,device,IP",
            "{host}# cat /etc/firstboot.d/data/management.conf",
        ),
    ),
    Cause(
        name="host was left out of an update",
        says="The host runs another product version or network backend than most hosts.",
        holds=lambda here: bool(_host(here).odd_software()),
        explains=("H-backend",),
        next=(
            "{master}# xe host-list params=name-label,software-version",
            "{host}# cat /etc/xensource/network.conf",
        ),
    ),
    Cause(
        name="port is not set up as balance-slb",
        says="LACP, delays, detection or rebalancing of the port are not as XAPI sets them.",
        holds=_other_settings,
        explains=("H-slb-not-lacp",),
        next=("{host}# ovs-vsctl list port {port}", "{master}# xe pif-plug uuid={pif_uuid}"),
    ),
    Cause(
        name="alert was not dealt with",
        says="The last alert about this bond says that it is not whole.",
        holds=lambda here: bool(pool_health.unanswered_alerts(here)),
        explains=("H-alerts",),
        next=("{master}# xe message-list name=BOND_STATUS_CHANGED", "{host}# ovs-appctl bond/show"),
    ),
    Cause(
        name="xapi has just started",
        says="The host's xapi started less than half a minute ago; XAPI enables the host when it"
        " has done everything.",
        holds=_has_just_started,
        explains=("H-hosts", "M-2"),
        next=("pytest --pool={pool} --xsbond-wait=60",),
    ),
    Cause(
        name="host is in maintenance",
        says="The host is disabled: nobody enabled it again after the maintenance.",
        holds=_in_maintenance,
        explains=("H-hosts", "M-2"),
        next=("{master}# xe host-enable uuid={host_uuid}",),
    ),
    Cause(
        name="clock is off",
        says="The host's clock differs from the others' by more than two seconds.",
        holds=lambda here: bool(_host(here).clock_difference()),
        explains=("H-hosts",),
        next=("{host}# chronyc sources", "{host}# date"),
    ),
    Cause(
        name="bonds were made in another order",
        says="XAPI numbers bonds on each host for itself; only scripts that go by the name mind.",
        holds=lambda here: bool(pool_health.odd_name(here)),
        explains=("H-naming",),
        next=("{master}# xe pif-list network-uuid={network_uuid} params=host-name-label,device",),
    ),
)
"""In the order to look for them; those of the bond and of dom0 come before."""
