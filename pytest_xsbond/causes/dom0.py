"""The causes that lie between what XAPI remembers and what dom0 shows."""

from collections.abc import Callable, Iterable

from pytest_xsbond.causes.cause import DOM0_CLAIMS, FAILOVER, LACP, Cause
from pytest_xsbond.claims import health
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.seen import Missing
from xsbond.errors import PermissionMissing, UnexpectedOutput, XsbondError
from xsbond.snapshot import switch
from xsbond.snapshot.lookup import nics_of

_ANSWERS: tuple[Callable[[BondOnHost], object], ...] = (
    lambda here: here.interfaces,
    lambda here: here.bridges,
    lambda here: here.ovs_bonds,
    health.status,
    lambda here: here.snapshot.nics(here.host),
)
"""What dom0 is asked for."""


def is_unreachable(here: BondOnHost) -> bool:
    """Tell whether nobody could look at the host's dom0."""
    dom0 = here.snapshot.raw.dom0.get(here.snapshot.hosts[here.host].uuid)
    return dom0 is None or (bool(dom0.unreachable) and not dom0.off)


def _is_garbled(here: BondOnHost) -> bool:
    """Tell whether a command succeeded and what it printed made no sense."""
    return any(_makes_no_sense(answer, here) for answer in _ANSWERS)


def _raises(kind: type[XsbondError], here: BondOnHost) -> bool:
    """Tell whether any of the answers could not be had because of an error of exactly this kind."""
    return any(type(_error(answer, here)) is kind for answer in _ANSWERS)


def _error(answer: Callable[[BondOnHost], object], here: BondOnHost) -> XsbondError | None:
    try:
        answer(here)
    except XsbondError as error:
        return error
    except Missing:
        return None
    return None


def _is_another(here: BondOnHost) -> bool:
    dom0 = here.snapshot.raw.dom0.get(here.snapshot.hosts[here.host].uuid)
    return dom0 is not None and dom0.distrusted and "INSTALLATION_UUID" in dom0.unreachable


def _hangs(here: BondOnHost) -> bool:
    """Tell whether a command did not end, or printed without end."""
    dom0 = here.snapshot.raw.dom0.get(here.snapshot.hosts[here.host].uuid)
    return dom0 is not None and any(answer.trouble for answer in dom0.outputs.values())


def _makes_no_sense(answer: Callable[[BondOnHost], object], here: BondOnHost) -> bool:
    error = _error(answer, here)
    return isinstance(error, UnexpectedOutput) and not error.reason.startswith("exit")


def _have_changed_places(here: BondOnHost) -> bool:
    recorded, real = health.record_macs(here), health.real_macs(here)
    nics = {pif.device: pif.MAC.lower() for _, pif in nics_of(here.snapshot, here.host)}
    own = {leg for leg in recorded if real.get(leg) == recorded[leg]}
    return any(
        mac == real.get(leg) and device != leg
        for leg in recorded.keys() - own
        for device, mac in nics.items()
    )


def other_boards(here: BondOnHost) -> list[str]:
    """Return the legs whose NIC has a MAC that XAPI has for no NIC of the host.

    A NIC that dom0 has under another name was renamed, and one it does not have is gone.
    """
    recorded, real = health.record_macs(here), health.real_macs(here)
    nics = here.snapshot.nics(here.host)
    moved = {nic.address.lower() for name, nic in nics.items() if name not in here.bridges}
    known = {pif.MAC.lower() for _, pif in nics_of(here.snapshot, here.host)}
    return sorted(
        leg
        for leg in recorded
        if leg in nics and real.get(leg) not in known and recorded[leg] not in moved
    )


def _has_other_mac(here: BondOnHost) -> bool:
    wanted = here.wanted.mac_on(here.name) or here.primary_leg.MAC.lower()
    return here.interface(here.network.bridge).mac != wanted


def _misread_carriers(here: BondOnHost) -> Iterable[str]:
    nics, told = here.snapshot.nics(here.host), health.leg_metrics(here)
    # An interface that is down has no carrier to be read.
    seen = {leg: nics[leg].carrier is True for leg in told if leg in nics}
    return sorted(leg for leg in seen if seen[leg] != told[leg].carrier)


def _set_down(here: BondOnHost) -> Iterable[str]:
    interfaces = here.interfaces
    return sorted(leg for leg in here.legs if leg in interfaces and not interfaces[leg].up)


def _to_look_at_the_kernel(here: BondOnHost) -> tuple[str, ...]:
    """Return what to type where there is no Open vSwitch to ask; nothing where there is one."""
    if not switch.is_kernel(here.snapshot, here.host):
        return ()
    return (
        f"{here.name}# cat /proc/net/bonding/*; brctl show; ifconfig -a",
        f"{here.name}# head -3 /root/.bashrc",
        f"pytest --pool={here.snapshot.raw.address} --xsbond-save=DIR",
    )


_ALL_OF_DOM0 = (
    *(*DOM0_CLAIMS, "H-both-views", "H-legs-up", "H-leg-hears", "H-mac", "H-mtu"),
    *("H-leg-clean", "H-slb-not-lacp", *LACP, "H-vlans-run", "H-nics", *FAILOVER),
    *("H-settings", "H-bridge", "H-flows", "H-addresses", "H-modes"),
)

XAPI_STOPPED = Cause(
    name="xapi does not run",
    says="The host answers by SSH, and its xapi has stopped or is starting.",
    holds=lambda here: not here.is_live and not is_unreachable(here),
    explains=("M-2", "H-hosts"),
    next=("{host}# service xapi start", "pytest --pool={pool} --xsbond-wait=60"),
)
"""The pool has lost the host, and its dom0 can be looked at."""

GARBLED = Cause(
    name="answer was not understood",
    says="dom0 answered, and its answer was cut short, mixed with noise, or of an Open vSwitch that"
    " this release does not know.",
    holds=_is_garbled,
    explains=_ALL_OF_DOM0,
    steps=_to_look_at_the_kernel,
    next=(
        "{host}# ovs-appctl bond/list; ovs-vsctl list-br; ifconfig -a",
        "{host}# head -3 /root/.bashrc",
        "pytest --pool={pool} --xsbond-save=DIR",
    ),
)
"""It explains why nothing could be judged, so it comes with what cannot be reached."""

NOT_LOOKED_AT: tuple[Cause, ...] = (
    Cause(
        name="another host answered",
        says="SSH leads to another host than the one that is meant: see HostName in ssh_config,"
        " and the name in DNS.",
        holds=_is_another,
        explains=(*_ALL_OF_DOM0, "H-backend", "H-hosts"),
        next=("ssh root@{host} grep INSTALLATION_UUID /etc/xensource-inventory",),
    ),
    Cause(
        name="permission is denied",
        says="The user who looks at dom0 has not the right to; nothing is known to be wrong.",
        holds=lambda here: _raises(PermissionMissing, here),
        explains=(*_ALL_OF_DOM0, "H-backend", "H-hosts"),
        next=("ssh root@{host} true",),
    ),
    Cause(
        name="command does not end",
        says="A command in dom0 hangs, or prints without end, and was ended; the error names it.",
        holds=_hangs,
        explains=(*_ALL_OF_DOM0, "H-backend", "H-hosts"),
        next=("{host}# service openvswitch status", "{host}# ps -eo pid,stat,etime,args"),
    ),
    GARBLED,
)
"""Why nothing could be judged, although there was a connection."""

DOM0_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="NICs changed places",
        says="A leg has the MAC of another NIC: dom0 names its NICs in another order than before.",
        holds=_have_changed_places,
        explains=("H-mac", "PM-4.4.3", "M-3.4"),
        next=("{host}# interface-rename --list", "{host}# ip -o link"),
    ),
    Cause(
        name="board was replaced",
        says="PIF.MAC is that of the NIC that was there before; xapi reads MACs when it starts.",
        holds=lambda here: bool(other_boards(here)),
        nics=other_boards,
        explains=("H-mac",),
        next=(
            "{master}# xe pif-list host-uuid={host_uuid} device={nic} params=uuid,MAC",
            "{host}# service xapi restart",
        ),
    ),
    Cause(
        name="bridge has another MAC",
        says="XAPI has the right leg as the primary one; the bridge was given another one's MAC.",
        holds=_has_other_mac,
        explains=("PM-4.4.3", "M-3.4"),
        next=(
            "{host}# ovs-vsctl get bridge {bridge} other_config:hwaddr",
            "{master}# xe pif-unplug uuid={pif_uuid}",
            "{master}# xe pif-plug uuid={pif_uuid}",
        ),
    ),
    Cause(
        name="leg was set down",
        says="The interface of a leg is down in dom0, whatever its cable says.",
        holds=lambda here: bool(_set_down(here)),
        nics=_set_down,
        explains=("H-legs-up", "H-speed", "H-alerts", *LACP, *FAILOVER),
        next=("{host}# ip link set {nic} up", "{host}# ovs-appctl bond/show {port}"),
    ),
    Cause(
        name="XAPI misreads a carrier",
        says="PIF_metrics.carrier is not what the kernel says: xapi's monitor has stopped.",
        holds=lambda here: bool(list(_misread_carriers(here))),
        nics=_misread_carriers,
        explains=("H-legs-up",),
        next=(
            "{host}# cat /sys/class/net/{nic}/carrier",
            "{master}# xe pif-list host-uuid={host_uuid} device={nic} params=uuid,carrier",
            "{host}# xe-toolstack-restart",
        ),
    ),
)
"""In the order to look for them."""
