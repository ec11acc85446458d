"""The causes of failed claims about LACP: ports that are in no LAG, in another one, or refused."""

from collections.abc import Sequence

from pytest_xsbond.causes.cause import FAILOVER, LACP, Cause
from pytest_xsbond.claims import health
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.dom0 import lacp
from xsbond.model import BondMode, LacpMember

_LEG_OUT = ("H-legs-up", "H-alerts", *LACP, *FAILOVER)
"""What fails where LACP lets a leg carry nothing."""


def _names(legs: Sequence[LacpMember]) -> list[str]:
    return [leg.name for leg in legs]


def _turned_off(here: BondOnHost) -> bool:
    """Tell whether the port of a lacp bond speaks no LACP, which no switch can answer."""
    return here.wanted.mode is BondMode.LACP and health.status(here).lacp_status == "off"


def _not_negotiated(here: BondOnHost) -> bool:
    status = health.status(here).lacp_status
    return here.wanted.mode is BondMode.LACP and status not in {"negotiated", "off"}


def _is_lacp(here: BondOnHost) -> bool:
    return here.wanted.mode is BondMode.LACP


def _in_several_lags_of_one(here: BondOnHost) -> bool:
    return len(lacp.lags(here)) > 1 == len(lacp.systems(here))


def _in_other_lag(here: BondOnHost) -> list[str]:
    return [leg.name for leg in lacp.agreed(here).members if not leg.attached]


LACP_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="LACP is off on the port",
        says="The bond runs no LACP: somebody turned it off in Open vSwitch.",
        holds=_turned_off,
        explains=LACP,
        next=("{host}# ovs-vsctl list port {port}", "{master}# xe pif-plug uuid={pif_uuid}"),
    ),
    Cause(
        name="legs end in two switches",
        says="The legs hear two LACP systems: two switches that are no stack and no MLAG, or whose"
        " stack has come apart. The bond uses the legs of one of them only.",
        holds=lambda here: _is_lacp(here) and len(lacp.systems(here)) > 1,
        nics=_in_other_lag,
        explains=_LEG_OUT,
        next=(
            "{host}# ovs-appctl lacp/show {port}",
            "look at the stack or MLAG of {host}'s switches, and at the cable of {nic}",
        ),
    ),
    Cause(
        name="legs end in two LAGs",
        says="The legs hear one switch with two keys: their ports are in different LAGs.",
        holds=lambda here: _is_lacp(here) and _in_several_lags_of_one(here),
        nics=_in_other_lag,
        explains=_LEG_OUT,
        next=(
            "{host}# ovs-appctl lacp/show {port}",
            "put the switch port of {nic} into the LAG of {host}'s other ports",
        ),
    ),
    Cause(
        name="switch port is in no LAG",
        says="One leg hears no LACPDU while another one does: its switch port is not in the LAG.",
        holds=lambda here: _is_lacp(here) and bool(lacp.lags(here) and lacp.silent(here)),
        nics=lambda here: _names(lacp.silent(here)),
        explains=_LEG_OUT,
        next=(
            "{host}# ovs-appctl lacp/show {port}",
            "put the switch port of {nic} into the LAG of {host}'s other ports",
        ),
    ),
    Cause(
        name="switch keeps a leg out of the LAG",
        says="The switch hears a leg and does not synchronize with it: its port has another speed,"
        " duplex, MTU or VLAN than the LAG, is suspended, or is one too many.",
        holds=lambda here: _is_lacp(here) and bool(lacp.kept_out(here)),
        nics=lambda here: _names(lacp.kept_out(here)),
        explains=_LEG_OUT,
        next=(
            "{host}# ovs-appctl lacp/show {port}",
            "{host}# ethtool {nic}",
            "look at why the switch port of {nic} is suspended",
        ),
    ),
    Cause(
        name="switch forms no LAG",
        says="The switch ports do not answer LACP, so the bond has no partner or has fallen back.",
        holds=_not_negotiated,
        explains=LACP,
        next=("{host}# ovs-appctl lacp/show {port}", "look at the LAG of {host}'s switch ports"),
    ),
)
"""In the order to look for them."""
