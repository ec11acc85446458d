"""A whole rig: hosts, the cables of their NICs, and the switch these end in."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from xsbond.lab.rig.agent.wire import content_of, memory, pair
from xsbond.lab.rig.daemons import empty_database
from xsbond.lab.rig.host import RunningHost, interpreter
from xsbond.lab.rig.machine import Machine
from xsbond.lab.rig.modes import PROGRAM_PATH, Footing, footing
from xsbond.lab.rig.partner import Partner
from xsbond.lab.rig.requests import OnRequest
from xsbond.lab.rig.switch import Switch
from xsbond.lab.rig.values import Access, HostDown, RigError, RigHost

PLAYED = (
    "/opt/xensource/bin/xe",
    "/opt/xensource/bin/xe-toolstack-restart",
    "/usr/bin/xe",
    "/usr/bin/systemctl",
    "/usr/sbin/service",
)
"""Programs of a host whose work the launcher does."""
_AT_ONCE = max(2, 2 * (os.cpu_count() or 1))
"""Hosts started at a time: more are no faster, and starve each other."""
_LAST_WORDS = 10.0
"""Seconds the first process has to go when told to."""
_AGENT = Path(__file__).parent / "agent" / "__main__.py"


class Rig:
    """Hosts on a switch, from its creation until `close`, or until this process ends."""

    def __init__(
        self,
        hosts: Sequence[RigHost],
        *,
        on_request: OnRequest,
        access: Access | None = None,
        listeners: Mapping[str, socket.socket] | None = None,
        played: Sequence[str] = PLAYED,
        on: Footing | None = None,
    ) -> None:
        """Start everything; `listeners` are the sockets that SSH clients of a host connect to.

        They become the rig's. Raises RigError, naming host and step.
        """
        self.footing = on or footing()
        self._resources = contextlib.ExitStack()
        doors = dict(listeners or {})
        for listener in doors.values():
            self._resources.callback(listener.close)
        try:
            database = self._start_switch([host.name for host in hosts])
            self.hosts: Mapping[str, RunningHost] = {
                host.name: RunningHost(
                    host,
                    switch=self.switch,
                    footing=self.footing,
                    access=access or Access(),
                    on_request=on_request,
                    played=played,
                    database=database,
                    door=doors.get(host.name),
                )
                for host in hosts
            }
            self._boot()
        except BaseException:
            self.close()
            raise

    def _start_switch(self, hosts: Sequence[str]) -> bytes:
        """Return the database the hosts' Open vSwitches start with."""
        self._ground = Machine("the switch")
        self._start_first_process()
        self._resources.callback(self._ground.detach)
        database = empty_database(self._ground)
        partner = Partner(self._ground, self.footing, database)
        self.switch = Switch(self._ground, hosts, partner)
        self._resources.callback(self.switch.peer.detach)
        return database

    def _boot(self) -> None:
        for host in self.hosts.values():
            self._resources.callback(host.forget)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="boot") as pool:
            # Read all, so that the first failure is raised.
            list(pool.map(RunningHost.boot, self.hosts.values()))

    def _start_first_process(self) -> None:
        ours, theirs = pair()
        myself = os.pidfd_open(os.getpid())
        said = memory()
        passed = (theirs.fileno(), myself)
        command = [*self.footing.unshare, interpreter(), "-BIS", str(_AGENT), *map(str, passed)]
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - ours
                command,
                env={**os.environ, "PATH": PROGRAM_PATH},
                pass_fds=passed,
                start_new_session=True,
                stderr=said,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        os.close(myself)
        self._resources.callback(self._bury)
        self._ground.attach(ours)
        try:
            self._ground.call({"op": "run", "argv": ["true"]}, [said, said, said])
        except HostDown:
            self.process.wait(_LAST_WORDS)
            raise RigError(f"namespaces: {content_of(said).decode().strip()}") from None
        os.close(said)

    def _bury(self) -> None:
        """Wait until the first process is gone, and with it all others."""
        try:
            self.process.wait(_LAST_WORDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """End all of it; a second time does nothing."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
