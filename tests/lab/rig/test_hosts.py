"""What a host of a rig is, from inside and for who drives it."""

import pytest

from tests.lab.rig.rigs import DEVICES, Clients, hosts, mac_of, until
from xsbond.lab.rig.host import RunningHost
from xsbond.lab.rig.values import Completed, HostDown


def test_a_program_runs_as_root_of_the_host(host: RunningHost) -> None:
    """Streams, status and the user are those of a program in dom0."""
    ran = host.run("sh", "-c", "cat; id -un; echo err >&2; exit 3", stdin=b"in\n")
    assert ran == Completed(stdout="in\nroot\n", stderr="err\n", code=3)


def test_a_program_that_does_not_exist_says_so(host: RunningHost) -> None:
    """As a shell would."""
    ran = host.run("no-such-program")
    assert (ran.code, ran.stderr) == (127, "no-such-program: No such file or directory\n")


def test_a_program_that_takes_too_long_is_ended(host: RunningHost) -> None:
    """With all it started."""
    with pytest.raises(TimeoutError, match="xs-1"):
        host.run("sh", "-c", "sleep 98765 & sleep 98765", timeout=0.3)
    assert until(lambda: "98765" not in host.run("ps", "ax").stdout)


def test_what_a_program_leaves_behind_is_not_waited_for(host: RunningHost) -> None:
    """Its output ends with it."""
    ran = host.run("sh", "-c", "sleep 87654 & echo $!")
    assert host.run("kill", ran.stdout.strip()).code == 0


def test_orphans_leave_no_zombies(host: RunningHost) -> None:
    """The first process of a host takes care of them."""
    host.run("sh", "-c", "for one in 1 2 3; do (sleep 0.01 &) ; done")
    assert until(lambda: "Z" not in host.run("ps", "-e", "-o", "stat=").stdout)


def test_a_host_has_its_own_names_and_files(clients: Clients) -> None:
    """Hostname, inventory and machine are not this machine's, and not another host's."""
    commands = "hostname; cat /etc/hostname; . /etc/xensource-inventory; echo $INSTALLATION_UUID"
    printed = [each.run("sh", "-c", commands).stdout for each in clients.rig.hosts.values()]
    assert printed == ["xs-1\nxs-1\nuuid-of-xs-1\n", "xs-2\nxs-2\nuuid-of-xs-2\n"]


def test_a_host_has_its_nics_and_no_others(host: RunningHost) -> None:
    """With their MACs, and carrier."""
    shell = "cd /sys/class/net; for one in eth*; do cat $one/address $one/carrier; done"
    expected = "".join(f"{mac_of(1, device)}\n1\n" for device in DEVICES)
    assert host.run("sh", "-c", shell).stdout == expected
    links = host.run("ls", "/sys/class/net").stdout.split()
    assert [link for link in links if link.startswith("eth")] == list(DEVICES)


def test_a_host_sees_its_own_processes_only(host: RunningHost) -> None:
    """The first is its own, and there is one Open vSwitch."""
    processes = host.run("ps", "-e", "-o", "pid=,comm=").stdout
    assert processes.count("ovs-vswitchd") == 1
    assert "pytest" not in processes


def test_home_and_logs_are_the_hosts_own(host: RunningHost) -> None:
    """Nothing of this machine's /root, /home and /var/log is to be seen."""
    assert host.run("sh", "-c", "echo ~; ls /home").stdout == "/root\n"
    assert host.run("ls", "/root").stdout == ""
    logs = host.run("ls", "/var/log").stdout.split()
    assert set(logs) <= {"openvswitch", "secure"}


def test_the_tools_of_xen_are_found_first(host: RunningHost) -> None:
    """/opt/xensource/bin leads PATH."""
    assert host.run("sh", "-c", "command -v xe").stdout == "/opt/xensource/bin/xe\n"


def test_files_are_written_read_and_removed(host: RunningHost) -> None:
    """With the directories they are in."""
    host.write("/var/xapi/deep/cookie", "text\n")
    assert host.read("/var/xapi/deep/cookie") == "text\n"
    host.remove("/var/xapi/deep/cookie")
    with pytest.raises(FileNotFoundError, match="cookie"):
        host.read("/var/xapi/deep/cookie")


def test_removing_nothing_is_an_error(host: RunningHost) -> None:
    """Of the kind Python has for it."""
    with pytest.raises(FileNotFoundError):
        host.remove("/etc/no-such-file")


def test_large_files_are_written_whole(host: RunningHost) -> None:
    """No socket's limit shows."""
    text = "0123456789abcdef" * 100_000
    host.write("/tmp/large", text)  # noqa: S108 - the host's own
    assert host.read("/tmp/large") == text  # noqa: S108
    host.remove("/tmp/large")  # noqa: S108


def test_the_kernels_files_can_be_read(host: RunningHost) -> None:
    """Though they have no length."""
    assert host.read("/sys/class/net/eth1/operstate") == "up\n"


def test_a_dead_host_is_down_and_comes_back_with_its_disk() -> None:
    """Its files outlive a crash, its bridges do not, and the other host notices nothing."""
    with hosts(2) as rig:
        host, other = rig.hosts.values()
        host.write("/etc/xensource/pool.conf", "master")
        kind = f"datapath_type={rig.footing.datapath_type}"
        host.demand("ovs-vsctl", "add-br", "xenbr0", "--", "set", "bridge", "xenbr0", kind)
        host.crash()
        with pytest.raises(HostDown, match="xs-1 is down"):
            host.run("true")
        assert other.run("true").code == 0
        host.boot()
        assert host.read("/etc/xensource/pool.conf") == "master"
        assert host.run("ovs-vsctl", "list-br").stdout == ""
        assert host.read("/sys/class/net/eth1/carrier") == "1\n"


def test_a_host_loses_its_power_as_often_as_one_likes() -> None:
    """Dead it stays dead, and one that runs boots anew."""
    with hosts() as rig:
        host = rig.hosts["xs-1"]
        host.crash()
        host.crash()
        host.boot()
        host.write("/run/since-boot", "")
        host.boot()
        with pytest.raises(FileNotFoundError):
            host.read("/run/since-boot")


def test_names_that_cannot_be_are_errors(host: RunningHost) -> None:
    """And the host goes on."""
    with pytest.raises(OSError, match="null"):
        host.run("ls", "a\0b")
    with pytest.raises(OSError, match="null"):
        host.read("/etc/a\0b")
    assert host.run("true").code == 0


def test_a_host_that_dies_by_itself_is_down_at_once() -> None:
    """Who waits for it is told."""
    with hosts() as rig:
        host = rig.hosts["xs-1"]
        rig.switch.ground.end(host.pid)
        with pytest.raises(HostDown):
            host.run("sleep", "60")


def test_sixteen_hosts_start() -> None:
    """A few at a time."""
    with hosts(16) as rig:
        answers = [host.run("ovs-vsctl", "show").code for host in rig.hosts.values()]
    assert answers == [0] * 16
