"""The causes that lie between what XAPI remembers and what dom0 shows."""

from collections.abc import Callable, Iterable

from pytest_xsbond import health
from pytest_xsbond.causes import DOM0_CLAIMS, FAILOVER, Cause
from pytest_xsbond.here import BondOnHost, Missing
from xsbond.errors import UnexpectedOutput

_ANSWERS: tuple[Callable[[BondOnHost], object], ...] = (
    lambda here: here.interfaces,
    lambda here: here.bridges,
    lambda here: here.ovs_bonds,
    health.status,
    lambda here: here.snapshot.nics(here.host),
)
"""What dom0 is asked for."""


def _is_garbled(here: BondOnHost) -> bool:
    """Tell whether a command succeeded and what it printed made no sense."""
    return any(_makes_no_sense(answer, here) for answer in _ANSWERS)


def _makes_no_sense(answer: Callable[[BondOnHost], object], here: BondOnHost) -> bool:
    try:
        answer(here)
    except UnexpectedOutput as error:
        return not error.reason.startswith("exit")
    except Missing:
        return False
    return False


def _have_changed_places(here: BondOnHost) -> bool:
    recorded, real = health.record_macs(here), health.real_macs(here)
    return recorded != real and sorted(recorded.values()) == sorted(real.values())


def other_boards(here: BondOnHost) -> list[str]:
    """Return the legs whose NIC has a MAC that XAPI has for none of them."""
    recorded, real = health.record_macs(here), health.real_macs(here)
    return sorted(leg for leg in recorded if real.get(leg) not in recorded.values())


def _has_other_mac(here: BondOnHost) -> bool:
    return here.interface(here.network.bridge).mac != here.primary_leg.MAC.lower()


def _misread_carriers(here: BondOnHost) -> Iterable[str]:
    nics, told = here.snapshot.nics(here.host), health.leg_metrics(here)
    # An interface that is down has no carrier to be read.
    seen = {leg: nics[leg].carrier is True for leg in told if leg in nics}
    return sorted(leg for leg in seen if seen[leg] != told[leg].carrier)


def _set_down(here: BondOnHost) -> Iterable[str]:
    interfaces = here.interfaces
    return sorted(leg for leg in here.legs if leg in interfaces and not interfaces[leg].up)


GARBLED = Cause(
    name="answer was not understood",
    says="dom0 answered, and its answer was cut short, mixed with noise, or of an Open vSwitch that"
    " this release does not know.",
    holds=_is_garbled,
    explains=(
        *(*DOM0_CLAIMS, "H-both-views", "H-legs-up", "H-leg-hears", "H-mac", "H-mtu"),
        *("H-leg-clean", "H-slb-not-lacp", "H-lacp", *FAILOVER),
    ),
    next=(
        "{host}# ovs-appctl bond/list; ovs-vsctl list-br; ifconfig -a",
        "{host}# head -3 /root/.bashrc",
        "pytest --pool={pool} --xsbond-save=DIR",
    ),
)
"""It explains why nothing could be judged, so it comes with what cannot be reached."""

DOM0_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="NICs changed places",
        says="The legs have each other's MACs: dom0 names its NICs in another order than before.",
        holds=_have_changed_places,
        explains=("H-mac", "PM-4.4.3", "M-3.4"),
        next=("{host}# interface-rename --list", "{host}# ip -o link"),
    ),
    Cause(
        name="board was replaced",
        says="PIF.MAC is that of the NIC that was there before; XAPI does not follow by itself.",
        holds=lambda here: bool(other_boards(here)),
        nics=other_boards,
        explains=("H-mac",),
        next=(
            "{master}# xe bond-destroy uuid={bond_uuid}",
            "{master}# xe pif-list host-uuid={host_uuid} device={nic} params=uuid,MAC",
            "{master}# xe pif-forget uuid=THAT-UUID",
            "{master}# xe pif-scan host-uuid={host_uuid}",
            "pytest --pool={pool} --xsbond-apply",
        ),
    ),
    Cause(
        name="bridge has another MAC",
        says="XAPI has the right leg as the primary one; the bridge was given another one's MAC.",
        holds=_has_other_mac,
        explains=("PM-4.4.3", "M-3.4"),
        next=(
            "{host}# ovs-vsctl get bridge {bridge} other-config:hwaddr",
            "{master}# xe pif-unplug uuid={pif_uuid}",
            "{master}# xe pif-plug uuid={pif_uuid}",
        ),
    ),
    Cause(
        name="leg was set down",
        says="The interface of a leg is down in dom0, whatever its cable says.",
        holds=lambda here: bool(_set_down(here)),
        nics=_set_down,
        explains=("H-legs-up", "H-speed", "H-alerts", "H-lacp", *FAILOVER),
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
            "{host}# service xapi restart",
        ),
    ),
)
"""In the order to look for them."""
