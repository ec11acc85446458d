"""Nothing of a rig stays, however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.rig.rigs import PATIENCE, answer, hosts, need_rig, rig_host, until
from xsbond.lab.rig.rig import Rig
from xsbond.lab.rig.values import RigError

_LAUNCHER = """
import sys
from tests.lab.rig.rigs import hosts
with hosts(2) as rig:
    rig.hosts["xs-1"].add_guest("vif1.0", "52:54:00:00:00:01")
    rig.switch.group("xs-2", ["eth1", "eth5"])
    print(rig.process.pid, flush=True)
    sys.stdin.read()
"""


@contextmanager
def launcher() -> Iterator[tuple[subprocess.Popen[str], set[int]]]:
    """Run a rig in a process of its own; yield that process and all of the rig's."""
    need_rig()
    process = subprocess.Popen(
        [sys.executable, "-c", _LAUNCHER],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        first = int(process.stdout.readline())
        yield process, {first, *descendants(first)}
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def descendants(pid: int) -> set[int]:
    """Return the pids of all processes below one."""
    found: set[int] = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text(encoding="ascii").split()):
            found |= {child, *descendants(child)}
    return found


def namespaces(pids: set[int]) -> set[str]:
    """Return the namespaces of processes that are not this one's."""
    kinds = ("mnt", "net", "pid", "uts", "ipc")
    mine = {str(Path("/proc/self/ns", kind).readlink()) for kind in kinds}
    return {str(Path(f"/proc/{pid}/ns", kind).readlink()) for pid in pids for kind in kinds} - mine


def alive(pids: set[int]) -> set[int]:
    """Return those processes that still run."""
    return {pid for pid in pids if _state(pid) not in {"", "Z", "X"}}


def _state(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]


def held() -> set[str]:
    """Return all namespaces any process is in (what lsns(8) lists)."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/ns/*"):
        try:
            found.add(str(link.readlink()))
        except OSError:
            # It ended meanwhile.
            continue
    return found


def devices() -> set[str]:
    """Return the network devices of this machine."""
    return {path.name for path in Path("/sys/class/net").iterdir()}


def mounts() -> set[str]:
    """Return the mounts of this machine."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return {line.split(" - ")[0].split(" ", 2)[2] for line in lines}


@pytest.mark.parametrize("victim", ["launcher", "unshare", "first process"])
def test_nothing_outlives_a_kill(victim: str) -> None:
    """SIGKILL leaves no process, namespace, mount or device, whomever it strikes."""
    before = mounts(), devices()
    with launcher() as (process, ours):
        spaces = namespaces(ours)
        # The switch, two hosts, a guest and the peer have a network each.
        assert len([space for space in spaces if space.startswith("net:")]) == 5
        assert spaces <= held()
        first = min(ours)
        below = min(descendants(first))
        os.kill({"launcher": process.pid, "unshare": first, "first process": below}[victim], 9)
        assert until(lambda: not alive(ours))
        assert until(lambda: not spaces & held())
    assert (mounts(), devices()) == before


def test_nothing_outlives_an_interrupt() -> None:
    """Ctrl-C in the launcher ends all, and reaches no host before."""
    with launcher() as (process, ours):
        process.send_signal(signal.SIGINT)
        assert until(lambda: not alive(ours))


def test_nothing_outlives_close() -> None:
    """When it returns, all is gone; a second time it does nothing."""
    with hosts(2) as rig:
        ours = {rig.process.pid, *descendants(rig.process.pid)}
        assert len(alive(ours)) > 8
        rig.close()
        assert not alive(ours)
        rig.close()


def test_what_a_user_left_running_ends_with_the_rig() -> None:
    """Though it runs in a session of its own."""
    with hosts() as rig:
        script = "setsid nohup sleep 65432 >/dev/null 2>&1 &"
        rig.hosts["xs-1"].run("sh", "-c", script)
        ours = {rig.process.pid, *descendants(rig.process.pid)}
    assert not alive(ours)


def test_a_start_that_fails_says_why_and_leaves_nothing() -> None:
    """A NIC's name that Linux does not take."""
    need_rig()
    bad = rig_host(2)
    nic = type(bad.nics[0])(device="no/such", mac="00:16:3e:00:00:01", position=0)
    wanted = [rig_host(1), type(bad)(name="xs-2", nics=(nic,))]
    children = descendants(os.getpid())
    with pytest.raises(RigError, match="no/such"):
        Rig(wanted, on_request=answer)
    assert until(lambda: not alive(descendants(os.getpid()) - children))


def test_rigs_side_by_side_do_not_meet() -> None:
    """They have the same names, addresses and devices, and neither hears the other."""
    with hosts(1) as one, hosts(1) as other:
        assert one.switch.peer.address == other.switch.peer.address
        for rig in (one, other):
            rig.hosts["xs-1"].write("/etc/mine", str(id(rig)))
        assert one.hosts["xs-1"].read("/etc/mine") == str(id(one))
        other.hosts["xs-1"].crash()
        assert one.hosts["xs-1"].run("ovs-vsctl", "show").code == 0
        one.switch.unplug("xs-1", "eth1")
        other.hosts["xs-1"].boot()
        assert other.hosts["xs-1"].read("/sys/class/net/eth1/carrier") == "1\n"
        assert one.hosts["xs-1"].read("/sys/class/net/eth1/carrier") == "0\n"
