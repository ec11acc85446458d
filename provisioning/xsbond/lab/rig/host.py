"""A host that runs."""

import contextlib
import errno
import json
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from xsbond.lab.rig import account
from xsbond.lab.rig.daemons import start_open_vswitch
from xsbond.lab.rig.guest import Guest, ip, take_away
from xsbond.lab.rig.machine import Machine
from xsbond.lab.rig.modes import Footing, find
from xsbond.lab.rig.requests import OnRequest, Requests
from xsbond.lab.rig.switch import Switch
from xsbond.lab.rig.values import Access, RigError, RigHost

_PROGRAMS = "/opt/xsbond"
_INSIDE = Path(__file__).parent / "inside"
_EXECUTABLE = 0o755
_VSCTL, _GUARD = "/usr/bin/ovs-vsctl", f"{_PROGRAMS}/guard"
_VSCTL_SCRIPT = f"""\
#!/bin/sh
# Commands that could loop frames through the lab's switch, and those that change what bridges
# there are, pass a guard; all others go straight to Open vSwitch.
case " $* " in
*" add"*|*" create "*|*" set "*|*" remove "*|*" clear "*|*" del"*|*" destroy "*|*" emer-reset "*)
    exec {_GUARD} "$@" ;;
esac
exec {_PROGRAMS}/ovs-vsctl "$@"
"""
_DATABASE, _LOGS = "/var/lib/openvswitch", "/var/log/openvswitch"
_BACKLOG = 128
_PORT, _PAUSE = 10.0, 0.05
"""Seconds somebody else may have a host's port, and between two looks."""


def _script(name: str) -> str:
    """Return a program of the hosts, as they start it."""
    return f"#!{interpreter()} -IS\n{(_INSIDE / name).read_text(encoding='utf-8')}"


def interpreter() -> str:
    """Return the Python that runs the programs of a host: no virtual environment's, no link."""
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


class RunningHost(Machine):
    """One host of a rig, seen from the launcher."""

    def __init__(
        self,
        wanted: RigHost,
        *,
        switch: Switch,
        footing: Footing,
        access: Access,
        on_request: OnRequest,
        played: Sequence[str],
        database: bytes,
        door: socket.socket | None,
    ) -> None:
        super().__init__(wanted.name)
        self.wanted = wanted
        self._switch, self._footing, self._access = switch, footing, access
        self._on_request, self._played, self._database = on_request, played, database
        self._door, self._installed = door, False
        self.pid = 0
        """Of its first process, as seen from the switch."""
        self.guests: dict[str, Guest] = {}
        """By the name of their interface on this host."""
        self._guest_pids: dict[str, int] = {}
        self._requests: Requests | None = None
        self._address: tuple[str, int] | None = None

    def boot(self) -> None:
        """Start it: its NICs, its files, Open vSwitch, its SSH server, in this order.

        One that runs loses its power first. Raises RigError, naming host and step.
        """
        if self.pid:
            self.crash()
        try:
            self._boot()
        except OSError as error:
            raise RigError(f"{self.name} does not start: {error}") from error

    def _boot(self) -> None:
        self.pid = self._switch.ground.fork("host", self, own=self._own)
        self._switch.connect(self.name, self.pid, self.wanted.nics)
        self._enter()
        if not self._installed:
            self._install()
            self._installed = True
        self.set_hostname(self.read("/etc/hostname").strip())
        ip(self, *(f"link set dev {name} up" for name in ["lo", *self.nics]))
        start_open_vswitch(self, self._database, place=_DATABASE, logs=_LOGS)
        self.open_door()

    def crash(self) -> None:
        """Kill all its processes at once; what it wrote to its disk stays. Dead it stays dead."""
        self._switch.ground.end(self.pid)
        self.pid = 0
        self._switch.disconnect(self.name, self.wanted.nics)
        self.forget()

    @property
    def _own(self) -> str:
        """Return where its disk is, among those of all hosts."""
        return str(self._switch.number(self.name))

    @property
    def nics(self) -> list[str]:
        """Return the device names of its physical NICs."""
        return [nic.device for nic in self.wanted.nics]

    def add_guest(self, name: str, mac: str, *, mtu: int = 1500) -> Guest:
        """Start a guest whose interface here, which no bridge has yet, is `name`, as `vif1.0`."""
        guest = Guest(name, mac=mac, address=self._switch.draw_address())
        pid = guest.start(self, name, mtu=mtu)
        self.guests[name] = guest
        self._guest_pids[name] = pid
        return guest

    def remove_guest(self, name: str) -> None:
        """End a guest; KeyError if there is none."""
        guest, pid = self.guests.pop(name), self._guest_pids.pop(name)
        take_away(self, [name])
        self.end(pid)
        guest.detach()

    def _enter(self) -> None:
        program = Path(interpreter())
        visible = {sys.base_prefix, sys.base_exec_prefix, str(program.parent.parent)}
        message = {
            "op": "enter",
            "own": self._own,
            "visible": sorted(visible),
            "binaries": {f"{_PROGRAMS}/ovs-vsctl": find("ovs-vsctl") or _VSCTL},
        }
        _, opened = self.call(message)
        listener = socket.socket(fileno=opened[0])
        self._requests = Requests(self.name, listener, self._on_request)

    def _install(self) -> None:
        """Write what its disk has when it boots for the first time."""
        for path, (text, mode) in account.files_of(self._access, *self._footing.ids).items():
            self.write(path, text, mode=mode)
        usual = {"/etc/hostname": f"{self.name}\n", "/etc/hosts": "127.0.0.1 localhost\n"}
        for path, text in {**usual, **self.wanted.files}.items():
            self.write(path, text)
        if self.wanted.host_key:
            self.write(account.HOST_KEY, self.wanted.host_key, mode=account.PRIVATE)
            with contextlib.suppress(FileNotFoundError):
                # This machine's own.
                self.remove(f"{account.HOST_KEY}.pub")
        self._write_programs()

    def _write_programs(self) -> None:
        for path in self._played:
            self.write(path, _script("request.py"), mode=_EXECUTABLE)
        self.write(_GUARD, _script("vsctl.py"), mode=_EXECUTABLE)
        self.write(_VSCTL, _VSCTL_SCRIPT, mode=_EXECUTABLE)
        stand_ins = self._footing.datapath_type == "dummy"
        facts = {"nics": self.nics, "stand_ins": stand_ins}
        self.write(f"{_PROGRAMS}/host.json", json.dumps(facts))

    def open_door(self) -> None:
        """Let sshd serve who connects, at the same port whenever that is; nothing without one.

        From the first time on nobody but the host listens there, so that a dead one refuses.
        """
        if self._door:
            self._address, door, self._door = self._door.getsockname(), self._door, None
        elif self._address:
            self.close_door()
            door = _listen_again(self._address)
        else:
            return
        with door:
            self._open(door)

    def _open(self, listener: socket.socket) -> None:
        sshd = account.sshd_command(find("sshd") or "/usr/sbin/sshd")
        self.call({"op": "open", "command": sshd}, [listener.fileno()])

    def close_door(self) -> None:
        """Hang up on SSH clients and take no more of them."""
        self.call({"op": "close"})

    def set_password(self, password: str) -> None:
        """Give root another password; empty: none fits."""
        self.write(account.SHADOW, account.shadow(password), mode=account.PRIVATE)

    def forget(self) -> None:
        """Let go of a host that is dead or about to die."""
        if self._requests:
            self._requests.close()
            self._requests = None
        for guest in self.guests.values():
            guest.detach()
        self.guests.clear()
        self._guest_pids.clear()
        self.detach()

    def __repr__(self) -> str:
        return f"<RunningHost {self.name}>"


def _listen_again(address: tuple[str, int]) -> socket.socket:
    """Return a socket that listens where another did; it waits for who has the port meanwhile."""
    deadline = time.monotonic() + _PORT
    while True:
        try:
            return socket.create_server(address, backlog=_BACKLOG)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
