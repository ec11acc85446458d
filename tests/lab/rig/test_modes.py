"""Rigs of users without privileges, and what is said where there can be none.

Another user needs this test to be root; what that user's rig shows is printed as JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.lab.rig.as_user import UID, run_as_user
from tests.lab.rig.rigs import PATIENCE, need_rig
from xsbond.lab.rig.missing import missing, shortfall
from xsbond.lab.rig.modes import Footing
from xsbond.lab.ssh.keys import new_key

_SCRIPT = """
import json, os, socket, subprocess, sys, tempfile, types
from pathlib import Path
lab = types.ModuleType("xsbond.lab")
lab.__path__ = [f"{{os.environ['PYTHONPATH']}}/xsbond/lab"]
sys.modules["xsbond.lab"] = lab
from xsbond.lab.contracts import Nic
from xsbond.lab.rig.missing import missing, shortfall
from xsbond.lab.rig.rig import Rig
from xsbond.lab.rig.values import Access, Reply, RigHost

keys = {keys!r}
nics = tuple(
    Nic(device=f"eth{{n}}", mac=f"00:16:3e:00:00:0{{n}}", position=n) for n in range(6)
)
listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
seen = {{"missing": missing()}}
with tempfile.TemporaryDirectory() as directory, Rig(
    [RigHost(name="xs-1", nics=nics, host_key=keys["host"])],
    on_request=lambda host, request: Reply(stdout=b"played\\n", code=3),
    access=Access(public_keys=(keys["public"],), password="secret"),
    listeners={{"xs-1": listener}},
) as rig:
    host = rig.hosts["xs-1"]
    kind = rig.footing.datapath_type
    seen |= {{"mode": rig.footing.mode, "datapath": kind, "shortfall": shortfall(rig.footing)}}
    host.demand(
        "sh", "-c",
        f"ovs-vsctl add-br xapi1 -- set bridge xapi1 datapath_type={{kind}}"
        " other-config:hwaddr=00:16:3e:00:00:01"
        " -- add-bond xapi1 bond1 eth1 eth5 bond_mode=balance-slb",
    )
    guest = host.add_guest("vif1.0", "52:54:00:00:00:01")
    host.demand("ovs-vsctl", "add-port", "xapi1", "vif1.0")
    peer = rig.switch.peer.address
    tries = f"for n in $(seq 30); do ping -c1 -W1 {{peer}} && exit; done"
    seen["ping"] = guest.run("sh", "-c", tries).stdout
    seen["ifconfig"] = host.demand("ifconfig", "xapi1")
    seen["error"] = host.demand("ovs-vsctl", "get", "interface", "xapi1", "error")
    Path(directory, "key").write_text(keys["private"])
    Path(directory, "key").chmod(0o600)
    options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={{directory}}/known",
               f"IdentityFile={{directory}}/key", "BatchMode=yes", "LogLevel=ERROR"]
    words = [word for option in options for word in ("-o", option)]
    ssh = ["ssh", "-F", "none", "-tt", "-p", str(port), *words, "root@127.0.0.1"]
    typed = "id -un; test -t 0 && echo terminal; touch /etc/mine && echo writes; xe"
    ran = subprocess.run([*ssh, typed], capture_output=True, text=True, timeout=60)
    seen["ssh"] = [ran.stdout.replace("\\r", ""), ran.returncode, ran.stderr]
    seen["log"] = host.read("/var/log/secure")
    host.write("/etc/kept", "text")
    host.crash()
    host.boot()
    seen["kept"] = host.read("/etc/kept")
    pid = rig.process.pid
seen["gone"] = not Path(f"/proc/{{pid}}").exists()
print(json.dumps(seen))
"""


def _see(*, subids: bool, tun: bool) -> Mapping[str, Any]:
    """Return what a user's rig showed."""
    need_rig()
    if os.geteuid() != 0:
        pytest.skip("only root can be another user")
    host, client = new_key(), new_key()
    keys = {"host": host.private, "public": client.public, "private": client.private}
    ran = run_as_user(_SCRIPT.format(keys=keys), subids=subids, tun=tun)
    assert ran.returncode == 0, ran.stderr
    seen: Mapping[str, Any] = json.loads(ran.stdout)
    return seen


@pytest.mark.parametrize(
    ("subids", "tun", "mode", "datapath"),
    [
        (True, True, "subuid", "netdev"),
        (False, True, "ambient", "netdev"),
        (True, False, "subuid", "dummy"),
        (False, False, "ambient", "dummy"),
    ],
    ids=["subuid", "ambient", "subuid without tun", "ambient without tun"],
)
def test_a_user_without_privileges_has_rigs(
    *, subids: bool, tun: bool, mode: str, datapath: str
) -> None:
    """Bridge, bond, guest, SSH with a terminal, played programs, own files, and a crash."""
    seen = _see(subids=subids, tun=tun)
    assert (seen["missing"], seen["mode"], seen["datapath"]) == ([], mode, datapath)
    assert bool(seen["shortfall"]) is not tun
    assert "ether 00:16:3e:00:00:01" in seen["ifconfig"]
    assert seen["error"] == "[]\n"
    assert "bytes from" in seen["ping"]
    assert seen["ssh"][:2] == ["root\nterminal\nwrites\nplayed\n", 3], seen
    assert (seen["kept"], seen["gone"]) == ("text", True)


def test_the_user_is_not_this_one() -> None:
    """So that the test above shows what it says."""
    assert os.geteuid() != UID


def test_this_machine_lacks_nothing_or_says_what() -> None:
    """Each line names a thing and a way."""
    for line in missing():
        assert any(way in line for way in ("apt-get install", "sudo", "root", "--pool=lab"))


def _missing_here(*command: str) -> tuple[str, ...]:
    """Return what `missing` says in a process that a command starts, by root."""
    need_rig()
    if os.geteuid() != 0:
        pytest.skip("only root can take something away from a machine")
    script = "from xsbond.lab.rig.missing import missing; print(*missing(), sep='\\n')"
    words = [*command, sys.executable, "-c", script]
    return tuple(subprocess.check_output(words, text=True, timeout=PATIENCE).splitlines())


def test_absent_programs_are_named_with_their_package() -> None:
    """One line for each package."""
    hidden = ("/usr/sbin/ovs-vswitchd", "/usr/bin/ovs-vsctl", "/usr/sbin/sshd")
    hide = " && ".join(f"mount --bind /dev/null {program}" for program in hidden)
    assert _missing_here(
        "/usr/bin/unshare", "--mount", "/bin/sh", "-c", f'{hide} && exec "$@"', "sh"
    ) == (
        "ovs-vswitchd, ovs-vsctl: not found; apt-get install openvswitch-switch",
        "sshd: not found; apt-get install openssh-server",
    )


def test_root_of_a_container_is_told_what_it_needs() -> None:
    """Containers drop CAP_SYS_ADMIN, without which there are no namespaces."""
    lines = _missing_here("/usr/bin/setpriv", "--bounding-set=-sys_admin")
    assert len(lines) == 1
    assert lines[0].startswith("namespaces: unshare: ")
    assert lines[0].endswith("in a container start that with --privileged, or use --pool=lab")


def test_other_systems_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what they can use."""
    monkeypatch.setattr("sys.platform", "darwin")
    assert missing() == ("it needs Linux, and this is darwin: use --pool=lab",)


def test_only_a_rig_without_tun_falls_short() -> None:
    """And says what that means."""
    assert shortfall(Footing(mode="root", datapath_type="netdev")) == ""
    assert "/dev/net/tun" in shortfall(Footing(mode="root", datapath_type="dummy"))
