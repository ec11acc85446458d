"""What a host does to itself harms it alone: a full disk, a switch that stands still."""

import time

import pytest

from tests.lab.ovs.ground import members, needs_namespaces, shown
from tests.lab.worlds import eventually
from xsbond.lab.namespaced import openvswitch
from xsbond.lab.namespaced.lab import OvsLab

pytestmark = needs_namespaces
PIDFILE = "/run/openvswitch/ovs-vswitchd.pid"
ENABLED = {"eth1": "enabled", "eth5": "enabled"}


@pytest.mark.parametrize("place", ["/var/log", "/root", "/etc", "/opt", "/tmp", "/run", "/dev/shm"])  # noqa: S108 - the host's own
def test_disk_is_full_some_time(lab: OvsLab, place: str) -> None:
    """Not when this machine's memory is."""
    host, file = lab.hosts[0], f"{place}/endless"
    done = host.machine.run("dd", "if=/dev/zero", f"of={file}", "bs=1M", "count=80")
    assert (done.code, "No space left on device" in done.stderr) == (1, True)
    shown(host, "rm", file)


def test_other_hosts_have_disks_of_their_own(lab: OvsLab) -> None:
    """One host's full disk takes no room of another's."""
    full, other = lab.hosts
    full.machine.run("dd", "if=/dev/zero", "of=/var/endless", "bs=1M", "count=80")
    shown(other, "dd", "if=/dev/zero", "of=/var/file", "bs=1M", "count=30")
    for host in lab.hosts:
        shown(host, "rm", "-f", "/var/endless", "/var/file")


def test_switch_that_stood_still_goes_on(lab: OvsLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than the lab waits for it; the very process goes on where it was stopped."""
    monkeypatch.setattr(openvswitch, "_PATIENCE", 0.05)
    host = lab.hosts[1]
    pid = shown(host, "cat", PIDFILE).strip()
    shown(host, "sh", "-c", f"kill -STOP {pid}")
    lab.pass_time(120)
    lab.pass_time(120)
    shown(host, "sh", "-c", f"kill -CONT {pid}")
    assert shown(host, "cat", PIDFILE).strip() == pid
    assert eventually(lambda: members(host) == ENABLED)
    lab.pass_time(10)
    assert members(host) == ENABLED


@pytest.mark.slow
def test_switch_that_stood_still_for_long_goes_on(lab: OvsLab) -> None:
    """40 seconds, the lab's own patience as it is."""
    host = lab.hosts[1]
    pid = shown(host, "cat", PIDFILE).strip()
    shown(host, "sh", "-c", f"kill -STOP {pid}")
    time.sleep(40)
    shown(host, "sh", "-c", f"kill -CONT {pid}")
    assert eventually(lambda: members(host) == ENABLED)
    assert shown(host, "cat", PIDFILE).strip() == pid
