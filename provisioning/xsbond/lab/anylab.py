"""What every lab has, whatever its dom0s are: a pool, its API servers, and files for clients."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Generic, Protocol, Self, TypeVar

from xsbond.lab.blueprint import Blueprint, tutorial
from xsbond.lab.contracts import Dom0Backend, Toolstack
from xsbond.lab.pool.state import Host
from xsbond.lab.scratch import scratch_directory
from xsbond.lab.ssh.files import Listening, render_config, render_known_hosts, write_private
from xsbond.lab.ssh.keys import Key
from xsbond.lab.timing.clock import Clock
from xsbond.lab.timing.delays import Delays
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.loopback import draw_addresses
from xsbond.lab.xapi.doors.server import ApiServers


class AnyHost(Protocol):
    """One host of a lab."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def address(self) -> str:
        """Where its API and its SSH server listen."""

    @property
    def uuid(self) -> str:
        """XAPI's uuid."""

    @property
    def ref(self) -> str:
        """XAPI's reference."""

    @property
    def toolstack(self) -> Toolstack:
        """Its xapi as its own programs reach it."""


AHost = TypeVar("AHost", bound=AnyHost)


class AnyLab(ABC, Generic[AHost]):
    """A pool to try things on; it runs from its creation until `close`."""

    boots: ClassVar[bool] = False
    """Whether a dom0 takes time to boot; its xapi starts when it has."""
    hosts: tuple[AHost, ...]

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

        Raises OSError if a port is taken or a file cannot be written, and ImportError, which says
        what to do, if a library that only the lab needs is not installed.
        """
        self.blueprint = blueprint or tutorial()
        self.clock = clock or Clock()
        self.addresses = tuple(addresses) or tuple(draw_addresses(len(self.blueprint.hosts)))
        self.shares_address = len(set(self.addresses)) < len(self.addresses)
        self.resources = contextlib.ExitStack()
        try:
            self._start(delays, (port, http_port), directory)
        except BaseException:
            self.resources.close()
            raise

    def _start(
        self, delays: Delays | None, ports: tuple[int, int | None], directory: Path | None
    ) -> None:
        enter, blueprint = self.resources.enter_context, self.blueprint
        self.directory = enter(_private_directory(directory, blueprint))
        dom0s = self.make_dom0s()
        # The world ends before the servers do, so that no command waits for it in vain.
        self.world = World(blueprint, dom0s, self.addresses, clock=self.clock, delays=delays)
        self.resources.callback(self.world.close)
        api = ApiServers(self.world, *ports)
        self.resources.callback(api.close)
        self.resources.callback(self.world.close)
        self.password = self.world.password
        self.master_url = f"https://{self.addresses[0]}:{api.port}"
        self.http_url = f"http://{self.addresses[0]}:{api.http_port}" if api.http_port else ""
        self.hosts = tuple(self.equip(host) for host in self.world.hosts)
        self.open_ssh()
        self._record_ssh()
        for host, known in zip(self.hosts, self.world.hosts, strict=True):
            self._follow_power(host, known)
            self._follow_contact(host, known)

    def _record_ssh(self) -> None:
        """Let XAPI know that every host runs sshd; what was recorded is a pool without one."""
        with self.world.lock:
            for host in self.hosts:
                if "ssh_enabled" in self.world.database.get("host", host.ref):
                    self.world.database.set("host", host.ref, ssh_enabled=True)

    # --- what depends on the kind of dom0 ---

    @abstractmethod
    def make_dom0s(self) -> Sequence[Dom0Backend]:
        """Return a dom0 for each host of the blueprint; there is no world yet."""

    @abstractmethod
    def equip(self, host: Host) -> AHost:
        """Return a host of the world with its programs."""

    @abstractmethod
    def open_ssh(self) -> None:
        """Let clients reach every dom0 by SSH, and write what they need by `write_files`."""

    @abstractmethod
    def set_power(self, host: AHost, on: bool) -> None:
        """Let a host's dom0 be gone, or boot it."""

    def set_contact(self, host: AHost, reachable: bool) -> None:
        """Let a host's dom0 be out of reach, or in reach again; nothing where nobody plays that."""

    def describe(self) -> str:
        """Return what is to be known about its hosts, in a sentence; nothing of simulated ones."""
        if self.shares_address:
            return "one loopback address for all hosts: members offer no XAPI of their own"
        return ""

    # --- what does not ---

    def write_files(self, client_key: Key, listening: Sequence[Listening]) -> None:
        """Write the files of the lab's clients: key, password, ssh_config, known_hosts."""
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

    def host(self, name: str) -> AHost:
        """Return the host of this name; KeyError if there is none."""
        return {host.name: host for host in self.hosts}[name]

    def pass_time(self, seconds: float) -> None:
        """Let so many lab seconds have passed at once, in dom0 as well."""
        with self.world.lock:
            self.clock.skip(seconds)
            # The first sample may still catch a link that was down while its bond was plugged.
            for _ in range(2):
                self.world.monitor.sample()

    def _follow_power(self, host: AHost, known: Host) -> None:
        def switch(on: bool) -> None:
            if on and self.boots:
                self.set_power(host, on)
                return
            # Hanging up on sessions may wait for programs that wait for the world's lock.
            self.world.pool.spawn(f"power of {host.name}", lambda: self.set_power(host, on))

        known.on_power.append(switch)

    def _follow_contact(self, host: AHost, known: Host) -> None:
        def switch(reachable: bool) -> None:
            name = f"SSH of {host.name}"
            self.world.pool.spawn(name, lambda: self.set_contact(host, reachable))

        known.on_contact.append(switch)

    def close(self) -> None:
        """End everything: servers, threads, files; a second time does nothing."""
        self.resources.close()

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
        with scratch_directory() as directory:
            yield directory
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
