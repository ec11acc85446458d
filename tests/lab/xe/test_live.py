"""xe in a running pool: what it makes, what it waits for, and which host answers."""

import time
from collections.abc import Iterator

import pytest

from tests.lab.hosts import Answer, Shell
from tests.lab.sriov_pools import FUNCTIONS, sriov_pool
from tests.lab.worlds import ask, eventually, network, pif, running
from xsbond.lab.contracts import Failure
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.programs import programs_of
from xsbond.lab.shell import Machine, Session
from xsbond.lab.world import World

_PATIENCE = 20.0
"""Real seconds."""


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


def shell_in(world: World, index: int = 0) -> Shell:
    """Return a shell in the dom0 of a host; nobody waits for ever for what is typed there."""
    host = world.hosts[index]
    dom0 = host.backend
    assert isinstance(dom0, SimulatedDom0)
    programs = dict(programs_of(dom0.profile.net_tools))
    shell = Shell(Machine(dom0=dom0, toolstack=host.toolstack, programs=programs))
    deadline = time.monotonic() + _PATIENCE
    shell.session = Session(shell.machine, lambda: time.monotonic() > deadline)
    return shell


def test_vlan_is_made_and_goes_by_the_uuid_of_its_pif(world: World) -> None:
    """vlan-create prints that uuid, and vlan-destroy takes it."""
    shell = shell_in(world)
    eth1 = ask(world, "PIF.get_uuid", pif(world, world.hosts[0], "eth1"))
    label = shell.out("xe network-create name-label=guests").strip()
    made = shell.out(f"xe vlan-create network-uuid={label} pif-uuid={eth1} vlan=7").strip()
    assert shell.out(f"xe pif-list uuid={made} params=VLAN --minimal") == "7\n"
    assert shell.run(f"xe vlan-destroy uuid={made}").status == 0
    assert shell.out("xe vlan-list --minimal") == "\n"


def test_pool_wide_vlan_is_on_every_host(world: World) -> None:
    """pool-vlan-create prints a uuid for each."""
    shell = shell_in(world)
    eth1 = ask(world, "PIF.get_uuid", pif(world, world.hosts[0], "eth1"))
    label = shell.out("xe network-create name-label=guests").strip()
    made = shell.out(f"xe pool-vlan-create network-uuid={label} pif-uuid={eth1} vlan=7")
    assert len(made.splitlines()) == 2


def test_event_wait_ends_at_once_where_nothing_is_to_wait_for(world: World) -> None:
    """A condition that holds already."""
    assert shell_in(world).run("xe event-wait class=host name-label=xs-1").status == 0


def test_event_wait_waits_for_a_change(world: World) -> None:
    """And prints nothing."""
    shell, ref = shell_in(world), network(world, "xenbr1")
    uuid = ask(world, "network.get_uuid", ref)

    def rename() -> None:
        with world.lock:
            world.pool.pause(100.0)
            world.database.set("network", ref, name_label="guests")

    world.pool.spawn("rename", rename)
    command = f"xe event-wait class=network uuid={uuid} name-label=guests"
    assert shell.run(command) == Answer(stdout="", stderr="", status=0)
    assert ask(world, "network.get_name_label", ref) == "guests"


def test_event_wait_waits_for_a_value_to_go(world: World) -> None:
    """name=/=value."""
    shell = shell_in(world)
    assert shell.run("xe event-wait class=host name-label=xs-2 enabled=/=false").status == 0


def test_member_shows_the_whole_pool(world: World) -> None:
    """Its xe is the master's."""
    assert shell_in(world, 1).out("xe host-list --minimal").count(",") == 1


def test_agent_can_be_shut_down(world: World) -> None:
    """host-shutdown-agent, on the host where it is typed."""
    shell = shell_in(world, 1)
    shell.run("xe host-shutdown-agent")
    assert eventually(lambda: [host.running for host in world.hosts] == [True, False])


def test_emergency_mode_is_told_in_one_word(world: World) -> None:
    """Which --minimal leaves out."""
    assert shell_in(world, 1).out("xe host-is-in-emergency-mode") == "false\n"
    assert shell_in(world, 1).out("xe host-is-in-emergency-mode --minimal") == "\n"


def test_master_need_not_become_master(world: World) -> None:
    """Only a member's xe goes on."""
    assert shell_in(world).out("xe pool-emergency-transition-to-master") == (
        "Host agent is already master. Use '--force' to execute the operation anyway.\n"
    )


def test_command_ends_with_the_xapi_that_carries_it_out(world: World) -> None:
    """Whatever it waits for."""
    shell = shell_in(world)
    world.pool.spawn("stop", world.hosts[0].toolstack.stop)
    assert shell.run("xe event-wait class=host name-label=nobody") == Answer(
        stdout="", stderr="Lost connection to the server.\n", status=1
    )


def test_member_without_a_database_says_why(world: World) -> None:
    """It only tells that it is in emergency mode."""
    shell = shell_in(world, 1)
    world.hosts[1].emergency = Failure("HOST_STILL_BOOTING")
    assert shell.out("xe host-is-in-emergency-mode") == "true\n"
    assert shell.run("xe host-list").stderr == (
        "The host toolstack is still initialising. Please wait.\n"
    )


def test_every_host_has_a_control_domain(world: World) -> None:
    """It is a VM that runs there."""
    shell = shell_in(world)
    uuid = shell.out("xe host-list name-label=xs-2 params=control-domain-uuid --minimal").strip()
    assert shell.out(f"xe vm-list uuid={uuid}") == (
        f"uuid ( RO)           : {uuid}\n"
        "     name-label ( RW): Control domain on host: xs-2\n"
        "    power-state ( RO): running\n\n\n"
    )


def test_sriov_is_enabled_shown_and_disabled() -> None:
    """network-sriov-create prints a uuid; the list and the PIF show it until it is destroyed."""
    with running(blueprint=sriov_pool()) as world:
        shell = shell_in(world)
        eth1 = ask(world, "PIF.get_uuid", pif(world, world.hosts[0], "eth1"))
        label = shell.out("xe network-create name-label=VF").strip()
        made = shell.out(f"xe network-sriov-create network-uuid={label} pif-uuid={eth1}").strip()
        mode = shell.out(f"xe network-sriov-list uuid={made} params=configuration-mode --minimal")
        left = shell.out(f"xe network-sriov-param-get uuid={made} param-name=remaining-capacity")
        shown = shell.out(f"xe pif-param-get uuid={eth1} param-name=sriov-physical-PIF-of").strip()
        assert (mode, left, shown) == ("sysfs\n", f"{FUNCTIONS}\n", made)
        assert shell.run(f"xe network-sriov-destroy uuid={made}").status == 0
        assert shell.out("xe network-sriov-list --minimal") == "\n"
