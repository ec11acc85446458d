"""A whole rig: hosts, the cables of their NICs, and the switch these end in."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from xsbond.lab.rig.agent.wire import memory, pair, text_of
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
        ground = Machine("the switch")
        try:
            self._start_first_process(ground)
            database = empty_database(ground)
            partner = Partner(ground, self.footing, database)
            self.switch = Switch(ground, hosts, partner)
        except OSError as error:
            raise RigError(f"the switch does not start: {error}") from error
        self._resources.callback(self.switch.peer.detach)
        return database

    def _boot(self) -> None:
        for host in self.hosts.values():
            self._resources.callback(host.forget)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="boot") as pool:
            # Read all, so that the first failure is raised.
            list(pool.map(RunningHost.boot, self.hosts.values()))

    def _start_first_process(self, ground: Machine) -> None:
        """Start it in its namespaces; RigError with what was said if it does not."""
        said = memory()
        self._resources.callback(os.close, said)
        self.process = self._unshare(ground, said)
        self._resources.callback(self._bury)
        self._resources.callback(ground.detach)
        try:
            ground.demand("true")
        except HostDown:
            self.process.wait(_LAST_WORDS)
            raise RigError(f"namespaces: {text_of(said).strip()}") from None

    def _unshare(self, ground: Machine, said: int) -> subprocess.Popen[bytes]:
        """Start the agent of the switch, which ends with this process or the channel to it."""
        ours, theirs = pair()
        ground.attach(ours)
        myself = os.pidfd_open(os.getpid())
        passed = (theirs.fileno(), myself)
        command = [*self.footing.unshare, interpreter(), "-BIS", str(_AGENT), *map(str, passed)]
        try:
            return subprocess.Popen(  # noqa: S603 - ours
                command,
                env={**os.environ, "PATH": PROGRAM_PATH},
                pass_fds=passed,
                # Ctrl-C is for the launcher, which ends the rig as it likes.
                start_new_session=True,
                stderr=said,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        finally:
            theirs.close()
            os.close(myself)

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
