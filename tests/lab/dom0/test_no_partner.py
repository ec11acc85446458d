"""A LACP bond whose switch does not answer: Open vSwitch 3.5 as recorded from a real pool.

XAPI's default is lacp-fallback-ab=true, so the bond works as active-backup.
"""

import pytest

from tests.lab.hosts import RECORDED, Shell, bare_dom0, machine_of, plug
from xsbond.lab.contracts import BondSettings
from xsbond.lab.dom0 import SimulatedDom0

MAC = "00:1f:29:c4:9f:3c"
LEGS = ("eth1", "eth5")


def settings(**options: str) -> BondSettings:
    """Return what xapi makes of mode lacp, with other options."""
    return BondSettings(
        bond_mode="balance-tcp",
        lacp="active",
        updelay=31000,
        downdelay=200,
        mac=MAC,
        other_config={"lacp-fallback-ab": "true", "lacp-time": "slow", **options},
    )


def lacp_bond(*silent: str, **options: str) -> tuple[SimulatedDom0, Shell]:
    """Return a dom0 with a LACP bond whose switch is silent on some legs, a while later."""
    dom0, clock = bare_dom0()
    for device in silent:
        dom0.without_lacp[device] = "no LAG"
    plug(dom0, "xapi1", list(LEGS), ("bond1", settings(**options)))
    dom0.link_states("bond1")
    clock.sleep(60)
    return dom0, Shell(machine_of(dom0))


def recorded(name: str) -> list[str]:
    """Return the lines of a recording, without which leg happened to be the active one."""
    return without_active((RECORDED / name).read_text(encoding="utf-8"))


def without_active(text: str) -> list[str]:
    """Leave out what says which leg is active."""
    told = ("active member", "  active member")
    return [line for line in text.rstrip("\n").splitlines() if not line.startswith(told)]


def test_bond_show_is_as_recorded() -> None:
    """Configured, both legs enabled, nothing balanced."""
    _, shell = lacp_bond(*LEGS)
    shown = without_active(shell.out("ovs-appctl bond/show bond1"))
    assert shown == recorded("bond-show-lacp-no-partner.txt")


def test_lacp_show_is_as_recorded() -> None:
    """Both legs defaulted and attached; which of them has which number is Open vSwitch's."""
    _, shell = lacp_bond(*LEGS)
    shown = sorted(without_active(shell.out("ovs-appctl lacp/show bond1")))
    assert shown == sorted(recorded("lacp-show-no-partner.txt"))


@pytest.mark.parametrize(
    ("silent", "fallback", "status"),
    [
        ((), "true", "negotiated"),
        (("eth1",), "true", "negotiated"),
        (LEGS, "true", "configured"),
        (LEGS, "false", "configured"),
    ],
)
def test_status_tells_whether_somebody_answers(
    silent: tuple[str, ...], fallback: str, status: str
) -> None:
    """One answer on one leg is enough."""
    _, shell = lacp_bond(*silent, **{"lacp-fallback-ab": fallback})
    assert f"lacp_status: {status}" in shell.out("ovs-appctl bond/show bond1").splitlines()


@pytest.mark.parametrize(
    ("silent", "eth1"),
    [
        ((), "member: eth1: current attached"),
        (("eth1",), "member: eth1: defaulted detached"),
        (LEGS, "member: eth1: defaulted attached"),
    ],
)
def test_leg_is_attached_unless_only_the_other_has_a_partner(
    silent: tuple[str, ...], eth1: str
) -> None:
    """A leg that hears nobody stays out of a bond that has negotiated."""
    _, shell = lacp_bond(*silent)
    assert eth1 in shell.out("ovs-appctl lacp/show").splitlines()


@pytest.mark.parametrize(("silent", "current"), [((), "true"), (LEGS, "false")])
def test_database_tells_whether_a_leg_hears_its_partner(
    silent: tuple[str, ...], current: str
) -> None:
    """Interface.lacp_current."""
    _, shell = lacp_bond(*silent)
    assert shell.out("ovs-vsctl get interface eth1 lacp_current") == f"{current}\n"


def test_port_without_lacp_has_none_to_show() -> None:
    """The NAS bond of the tutorial."""
    _, shell = lacp_bond()
    answer = shell.run("ovs-appctl lacp/show bond0")
    assert (answer.status, "no such lacp object" in answer.stderr) == (2, True)
