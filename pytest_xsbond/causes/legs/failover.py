"""The causes of failed failover claims: found in what was seen while a leg was down."""

from collections.abc import Callable

from pytest_xsbond.causes.cause import Cause
from pytest_xsbond.claims import leg_on_host
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.leg_on_host import LegOnHost
from xsbond.failover.leg_facts import LegDrill, Restored


def _seen(says: Callable[[LegDrill, LegOnHost], bool]) -> Callable[[BondOnHost], bool]:
    """Return a question about a drill; nothing is at work where none went to its end."""

    def holds(here: BondOnHost) -> bool:
        if here.drill is None or here.drill.trouble:
            return False
        return says(here.drill, LegOnHost(here=here, drill=here.drill))

    return holds


def _is_down(drill: LegDrill) -> bool:
    return drill.restored in {Restored.REFUSED, Restored.UNSEEN}


FAILOVER_CAUSES: tuple[Cause, ...] = (
    Cause(
        name="leg could not be set up",
        says="dom0 could not set the leg up again, or was out of reach; its timer tries once more.",
        holds=_seen(lambda drill, _: _is_down(drill)),
        explains=("F-returns",),
        next=(
            "{host}# ip link set {leg} up",
            "{host}# ip -o link show {leg}",
            "{host}# dmesg | tail -20",
        ),
    ),
    Cause(
        name="legs fail together",
        says="Another leg lost its link with the one that was taken down: one card, one cable, or"
        " a switch that shuts its ports together.",
        holds=_seen(
            lambda drill, leg: (
                drill.restored is Restored.BY_DOM0 or bool(leg_on_host.also_disabled(leg))
            )
        ),
        explains=("F-carries-on",),
        next=("{host}# lspci | grep -i ethernet", "look at the switch ports of {host}"),
    ),
    Cause(
        name="switch keeps a dead leg",
        says="The switch did not disable the leg while its interface was down.",
        holds=_seen(lambda _, leg: bool(leg_on_host.not_failed_over(leg))),
        explains=("F-carries-on",),
        next=("{host}# ovs-appctl bond/show {port}", "{host}# ovs-vsctl list port {port}"),
    ),
    Cause(
        name="link does not come back",
        says="The leg was set up again and found no link, or was not enabled: negotiation, driver,"
        " or a switch port that was shut because its link flapped.",
        holds=_seen(lambda drill, leg: not _is_down(drill) and bool(leg_on_host.not_returned(leg))),
        explains=("F-returns",),
        next=(
            "{host}# ethtool {leg}",
            "{host}# ovs-appctl bond/show {port}",
            "look at the switch port of {host}",
        ),
    ),
    Cause(
        name="XAPI counts no links",
        says="XAPI's monitor of this host has stopped: nobody would hear of a dead leg.",
        holds=_seen(lambda _, leg: bool(leg_on_host.miscounts(leg))),
        explains=("F-counted",),
        next=(
            "{master}# xe bond-list uuid={bond_uuid} params=links-up",
            "{host}# service xapi restart",
        ),
    ),
)
"""In the order to look for them; they come after those of the health claims."""
