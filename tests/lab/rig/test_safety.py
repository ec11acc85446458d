"""A host's root cannot harm the machine it runs on."""

import os
from pathlib import Path

import pytest

from xsbond.lab.rig.host import RunningHost
from xsbond.lab.rig.modes import find

REPOSITORY = Path(__file__).parents[3]
PLACES = (
    "/etc",
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/root",
    "/home",
    "/opt",
    "/var",
    "/",
)


@pytest.mark.parametrize("place", [*PLACES, str(REPOSITORY)])
def test_what_a_host_writes_does_not_reach_this_machine(host: RunningHost, place: str) -> None:
    """It fails, or is the host's own."""
    name = f".xsbond-test-of-safety-{os.getpid()}"
    host.run("touch", f"{place}/{name}")
    assert not Path(place, name).exists()
    host.run("rm", "-f", f"{place}/{name}")


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/hostname", "/usr/bin/env"])
def test_what_a_host_deletes_stays_on_this_machine(host: RunningHost, path: str) -> None:
    """Whether the host misses it or not."""
    before = Path(path).stat()
    host.run("sh", "-c", f"cp -p {path} /tmp/kept; rm -f {path}")
    after = Path(path).stat()
    host.run("sh", "-c", f"cp -p /tmp/kept {path}; rm /tmp/kept")
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_host_does_not_see_this_machines_homes(host: RunningHost) -> None:
    """Nor the repository."""
    assert host.run("ls", str(REPOSITORY)).code != 0
    assert host.run("ls", "/home").stdout == ""


REFUSED = {
    "remount of the programs": "mount -o remount,rw /usr",
    "bind of the programs": "mount --bind /usr /mnt",
    "new mount": "mount -t tmpfs tmpfs /mnt",
    "remount as root of less": "unshare --user --map-root-user --mount mount -o remount,rw /usr",
    "disk": "mknod /dev/disk b 254 0",
    "disk among its own files": "mknod /root/disk b 254 0",
    "kernel setting": "cd /proc/sys/kernel; cat panic > panic",
    "virtual memory": "echo 1 > /proc/sys/vm/drop_caches",
    "magic key": "echo h > /proc/sysrq-trigger",
    "interrupts": "cd /proc/irq; cat default_smp_affinity > default_smp_affinity",
    "sysfs": "cd /sys/kernel; cat rcu_expedited > rcu_expedited",
    "kernel memory": "head -c 1 /proc/kcore | grep -q .",
    "kernel log": "dmesg",
    "clock": 'date -s "$(date)"',
    "first process": "nsenter -t 1 -m true",
    "host name": "hostname elsewhere",
}
"""What root may do and a host's root may not; harmless, should it ever succeed."""


@pytest.mark.parametrize("command", REFUSED.values(), ids=REFUSED.keys())
def test_a_host_may_not_touch_what_it_shares(host: RunningHost, command: str) -> None:
    """Though it is root."""
    assert host.run("sh", "-c", command).code != 0


def test_the_refused_commands_are_there(host: RunningHost) -> None:
    """None of them is refused because it is missing."""
    programs = {"mount", "unshare", "mknod", "dmesg", "date", "nsenter", "hostname"}
    absent = {program for program in programs if not find(program)}
    found = {program for program in programs if host.run("which", program).code == 0}
    assert found == programs - absent


def test_settings_of_its_own_network_are_open(host: RunningHost) -> None:
    """As a real host's are."""
    name = "net.ipv4.conf.eth0.arp_notify"
    assert host.run("sysctl", "-w", f"{name}=1").code == 0
    assert host.run("sysctl", "-n", name).stdout == "1\n"
    host.run("sysctl", "-w", f"{name}=0")


def test_devices_are_few_and_work(host: RunningHost) -> None:
    """Nothing of this machine's disks and terminals."""
    script = "head -c 3 /dev/zero | wc -c; echo gone > /dev/null; head -c 1 /dev/urandom | wc -c"
    assert host.run("sh", "-c", script).stdout.split() == ["3", "1"]
    blocks = host.run("find", "/dev", "-type", "b").stdout
    assert blocks == ""


def test_a_host_keeps_what_it_wrote(host: RunningHost) -> None:
    """Where a real host could, too."""
    for place in ("/etc", "/opt", "/root", "/var/lib", "/run"):
        assert host.run("sh", "-c", f"echo x > {place}/mine && rm {place}/mine").code == 0


def test_nothing_of_a_host_is_on_this_machine(host: RunningHost) -> None:
    """Neither what the rig wrote for it, nor its sockets."""
    assert host.run("ls", "/opt/xsbond/guard", "/run/xsbond.sock").code == 0
    seen = [
        path for path in ("/opt/xsbond", "/run/xsbond.sock", "/run/hosts") if Path(path).exists()
    ]
    assert seen == []
