"""Power, passwords and clients: what is true of every lab is true of namespaces, too."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.lab.ovs.ground import members, needs_namespaces, shown
from tests.lab.worlds import eventually
from tests.support.labs import provision, ssh_login
from xsbond.lab.blueprint import tutorial
from xsbond.lab.namespaced.lab import OvsHost, OvsLab
from xsbond.lab.timing.delays import INSTANT

pytestmark = needs_namespaces


@pytest.fixture(scope="module")
def quick() -> Iterator[OvsLab]:
    """A bonded pool in which nothing takes time."""
    with OvsLab(tutorial(2), delays=INSTANT) as lab:
        provision(lab)
        yield lab


def ssh(lab: OvsLab, name: str, command: str) -> subprocess.CompletedProcess[str]:
    """Type a command over OpenSSH's own client."""
    words = ["ssh", "-F", str(lab.ssh_config), "-o", "BatchMode=yes", name, command]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_host_without_power_is_gone_and_comes_back_with_its_bond(quick: OvsLab) -> None:
    """SSH is refused; after the boot xapi brings every bridge up again, the bond among them."""
    host, known = quick.hosts[1], quick.world.hosts[1]
    quick.world.switch_off(known)
    assert eventually(lambda: ssh(quick, host.name, "true").returncode == 255)
    quick.world.switch_on(known)
    assert eventually(lambda: ssh(quick, host.name, "true").returncode == 0)
    assert eventually(lambda: set(bonds(host)) == {"bond0", "bond1"})
    assert eventually(lambda: set(members(host).values()) == {"enabled"})
    inventory = ssh(quick, host.name, ". /etc/xensource-inventory; echo $INSTALLATION_UUID")
    assert inventory.stdout.strip() == host.uuid
    assert "172.16.0.36" in shown(host, "ip", "-4", "-br", "addr", "show", "dev", "xapi0")


def bonds(host: OvsHost) -> list[str]:
    """Return the bonds of a host's Open vSwitch; none while it has none."""
    try:
        printed = host.machine.run("ovs-appctl", "bond/list").stdout
    except OSError:
        return []
    return [line.split("\t")[0] for line in printed.splitlines()[1:]]


def test_host_out_of_reach_of_ssh_is_back_at_the_same_port(quick: OvsLab) -> None:
    """Connections are refused meanwhile; its bonds know nothing of it."""
    host = quick.hosts[0]
    with host.without_ssh():
        refused = ssh(quick, host.name, "true")
        assert (refused.returncode, "refused" in refused.stderr) == (255, True)
    assert ssh(quick, host.name, "hostname").stdout == "xs-1\n"


def test_password_that_xapi_changes_is_that_of_every_dom0(quick: OvsLab) -> None:
    """And the old one is no good any more."""
    quick.hosts[0].toolstack.call("session.change_password", quick.password, "another one")
    assert [ssh_login(quick, name, "another one") for name in ("xs-1", "xs-2")] == [True, True]
    assert not ssh_login(quick, "xs-2", quick.password)


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("service xapi status", "xapi is running\n"),
        ("systemctl is-active xapi", "active\n"),
        ("xe host-list --minimal | tr , '\\n' | wc -l", "2\n"),
        ("xe network-list name-label=PUB --minimal | wc -w", "1\n"),
        ("xapi-wait-init-complete 5; echo $?", "0\n"),
        ("/etc/init.d/xapi status", "xapi is running\n"),
    ],
)
def test_programs_of_xapi_are_there(quick: OvsLab, command: str, printed: str) -> None:
    """Answered by the lab, whatever pipes they are in."""
    assert eventually(
        lambda: ssh(quick, "xs-1", "service xapi status").stdout.endswith("running\n")
    )
    assert ssh(quick, "xs-1", command).stdout == printed


def test_toolstack_restart_is_answered(quick: OvsLab) -> None:
    """It comes back when xapi runs again."""
    done = ssh(quick, "xs-1", "xe-toolstack-restart && xe host-list --minimal")
    assert done.stdout.startswith("Executing xe-toolstack-restart\ndone.\n")


def test_refusals_of_xe_are_on_standard_error(quick: OvsLab) -> None:
    """With its exit status."""
    done = ssh(quick, "xs-2", "xe network-destroy uuid=none")
    assert (done.returncode, done.stdout) == (1, "")
    assert "uuid" in done.stderr
