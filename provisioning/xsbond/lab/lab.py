"""A whole lab: dom0s, the pool above them, its API servers, SSH servers and client files."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from xsbond.lab.blueprint import Blueprint, tutorial
from xsbond.lab.clock import Clock
from xsbond.lab.contracts import Toolstack
from xsbond.lab.delays import Delays
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.loopback import draw_addresses, listen_alike
from xsbond.lab.server import ApiServers
from xsbond.lab.shell import Machine
from xsbond.lab.shell.programs import programs_of
from xsbond.lab.ssh.files import Listening, render_config, render_known_hosts, write_private
from xsbond.lab.ssh.keys import Key, new_key
from xsbond.lab.ssh.server import Account, SshServers
from xsbond.lab.state import Host
from xsbond.lab.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class LabHost:
    """One host of a lab."""

    name: str
    address: str
    """Where its API and its SSH server listen."""
    uuid: str
    ref: str
    dom0: SimulatedDom0
    machine: Machine
    ssh_servers: SshServers

    @property
    def toolstack(self) -> Toolstack:
        """Return its xapi as its own programs reach it."""
        return self.machine.toolstack

    @contextlib.contextmanager
    def without_ssh(self) -> Iterator[None]:
        """Let its SSH server be gone for a while."""
        with self.ssh_servers.without(self.machine):
            yield


class Lab:
    """A pool to try things on; it runs from its creation until `close`."""

    def __init__(
        self,
        blueprint: Blueprint | None = None,
        *,
        clock: Clock | None = None,
        delays: Delays | None = None,
        port: int = 0,
        directory: Path | None = None,
        addresses: Sequence[str] = (),
        http_port: int | None = None,
    ) -> None:
        """Start it; `port` is the API's, `directory` a new or empty one for the client's files.

        `addresses` are the hosts' loopback addresses; without them each host gets one that is free.
        With `http_port` the API is there in clear text, too; 0 takes any free port.

        Raises OSError if a port is taken or a file cannot be written.
        """
        self.blueprint = blueprint or tutorial()
        self._resources = contextlib.ExitStack()
        try:
            self._start(clock or Clock(), delays, (port, http_port), directory, addresses)
        except BaseException:
            self._resources.close()
            raise

    def _start(
        self,
        clock: Clock,
        delays: Delays | None,
        ports: tuple[int, int | None],
        directory: Path | None,
        given: Sequence[str],
    ) -> None:
        blueprint = self.blueprint
        self.directory = self._resources.enter_context(_private_directory(directory, blueprint))
        dom0s = [
            SimulatedDom0(
                host.nics,
                profile=blueprint.profile,
                hostname=host.name,
                clock=clock,
                network_backend=host.network_backend,
            )
            for host in blueprint.hosts
        ]
        addresses = given or draw_addresses(len(dom0s))
        self.shares_address = len(set(addresses)) < len(addresses)
        self.ssh_servers = self._resources.enter_context(contextlib.closing(SshServers()))
        # The world ends before the servers do, so that no command waits for it in vain.
        self.world = World(blueprint, dom0s, addresses, clock=clock, delays=delays)
        self._resources.callback(self.world.close)
        api = ApiServers(self.world, *ports)
        self._resources.callback(api.close)
        self._resources.callback(self.world.close)
        self.password = self.world.password
        self.master_url = f"https://{addresses[0]}:{api.port}"
        self.http_url = f"http://{addresses[0]}:{api.http_port}" if api.http_port else ""
        self.hosts = tuple(self._equip(dom0, index) for index, dom0 in enumerate(dom0s))
        for host in self.hosts:
            self._resources.callback(host.machine.processes.close)
        self._open_ssh()
        for host in self.hosts:
            self._follow_power(host)

    def _equip(self, dom0: SimulatedDom0, index: int) -> LabHost:
        """Return a host with its programs."""
        programs = programs_of(self.blueprint.profile.net_tools)
        dom0.files.programs = frozenset(programs)
        host = self.world.hosts[index]
        return LabHost(
            name=host.name,
            address=host.address,
            uuid=host.uuid,
            ref=host.ref,
            dom0=dom0,
            machine=Machine(
                dom0=dom0,
                toolstack=host.toolstack,
                programs=programs,
                neighbour=partial(self._xapi_at, host),
            ),
            ssh_servers=self.ssh_servers,
        )

    def _xapi_at(self, caller: Host, address: str) -> Callable[..., Any] | None:
        """Return what calls the xapi at an address as clients do; None if nobody listens."""
        if address in {"localhost", "::1", caller.name}:
            address = caller.address
        listening = (host for host in self.world.hosts if host.address == address and host.running)
        found = next(listening, None)
        if found is None:
            return None
        return lambda method, *params: self.world.dispatcher.call(found, method, params)

    def _open_ssh(self) -> None:
        """Start the SSH servers and write what their clients need."""
        client_key = new_key()
        account = Account(password=lambda: self.world.password, key=client_key.loaded())
        listening = []
        sockets = listen_alike([host.address for host in self.hosts])
        for host, listener in zip(self.hosts, sockets, strict=True):
            host_key = new_key()
            self.ssh_servers.add(listener, host.machine, account, host_key.loaded())
            port = listener.getsockname()[1]
            listening.append(
                Listening(name=host.name, address=host.address, port=port, host_key=host_key.public)
            )
        self._write_files(client_key, listening)
        self.ssh_servers.start()

    def _write_files(self, client_key: Key, listening: list[Listening]) -> None:
        directory = self.directory
        identity = write_private(directory / "id_ed25519", client_key.private)
        self.password_file = write_private(directory / "password", f"{self.password}\n")
        self.account_files = {
            account.name: write_private(directory / _file_of(account.name), f"{account.password}\n")
            for account in self.world.pool.accounts.values()
        }
        known_hosts = render_known_hosts(listening)
        self.known_hosts = write_private(directory / "known_hosts", known_hosts)
        config = render_config(listening, identity, self.known_hosts)
        self.ssh_config = write_private(directory / "ssh_config", config)

    def host(self, name: str) -> LabHost:
        """Return the host of this name; KeyError if there is none."""
        return {host.name: host for host in self.hosts}[name]

    def _follow_power(self, host: LabHost) -> None:
        """Let a host's SSH server be there exactly while the host has power."""
        world, off = self.world, contextlib.ExitStack()

        def switch(on: bool) -> None:
            # Hanging up on sessions may wait for programs that wait for the world's lock.
            world.pool.spawn(f"ssh of {host.name}", off.close if on else cut)

        def cut() -> None:
            host.machine.processes.kill_all()
            host.dom0.lose_power()
            off.enter_context(host.without_ssh())

        next(each for each in world.hosts if each.ref == host.ref).on_power.append(switch)

    def close(self) -> None:
        """End everything: servers, threads, files; a second time does nothing."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_FILES = ("id_ed25519", "password", "known_hosts", "ssh_config")


def _file_of(account: str) -> str:
    """Return the name of the file with an account's password."""
    return f"password-{account}"


@contextlib.contextmanager
def _private_directory(wanted: Path | None, blueprint: Blueprint) -> Iterator[Path]:
    """Keep a directory nobody else can enter; what the lab writes there goes with it."""
    if wanted is None:
        with tempfile.TemporaryDirectory(prefix="xsbond-lab-") as name:
            yield Path(name)
        return
    made = not wanted.exists()
    wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {*_FILES, *(_file_of(account.name) for account in blueprint.accounts)}
    before = {name for name in files if (wanted / name).exists()}
    try:
        yield wanted.resolve()
    finally:
        for name in files - before:
            (wanted / name).unlink(missing_ok=True)
        if made:
            with contextlib.suppress(OSError):
                wanted.rmdir()
