"""The simulated lab: plain Python stands for its dom0s, and for their SSH servers."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from xsbond.lab.anylab import AnyLab
from xsbond.lab.contracts import Toolstack
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.pool.state import Host
from xsbond.lab.programs import programs_of
from xsbond.lab.shell import Machine
from xsbond.lab.shell.session import require
from xsbond.lab.ssh.files import Listening
from xsbond.lab.ssh.keys import new_key
from xsbond.lab.ssh.server import Account, SshServers
from xsbond.lab.xapi.doors.loopback import listen_alike


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
    off: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    """What ends when the host gets its power back."""

    @property
    def toolstack(self) -> Toolstack:
        """Return its xapi as its own programs reach it."""
        return self.machine.toolstack

    @contextlib.contextmanager
    def without_ssh(self) -> Iterator[None]:
        """Let its SSH server be gone for a while."""
        with self.ssh_servers.without(self.machine):
            yield


class Lab(AnyLab[LabHost]):
    """A pool to try things on; it runs from its creation until `close`."""

    def make_dom0s(self) -> Sequence[SimulatedDom0]:
        """Return a simulated dom0 for each host; ImportError if no shell can run in them."""
        require()
        self.ssh_servers = self.resources.enter_context(contextlib.closing(SshServers()))
        self.dom0s = [
            SimulatedDom0(
                host.nics,
                profile=self.blueprint.profile,
                hostname=host.name,
                clock=self.clock,
                network_backend=host.network_backend,
            )
            for host in self.blueprint.hosts
        ]
        return self.dom0s

    def equip(self, host: Host) -> LabHost:
        """Return a host with its programs."""
        programs = programs_of(self.blueprint.profile.net_tools)
        dom0 = host.backend
        assert isinstance(dom0, SimulatedDom0)
        dom0.files.programs = frozenset(programs)
        machine = Machine(
            dom0=dom0,
            toolstack=host.toolstack,
            programs=programs,
            neighbour=partial(self.world.neighbour, host),
        )
        self.resources.callback(machine.processes.close)
        return LabHost(
            name=host.name,
            address=host.address,
            uuid=host.uuid,
            ref=host.ref,
            dom0=dom0,
            machine=machine,
            ssh_servers=self.ssh_servers,
        )

    def open_ssh(self) -> None:
        """Start the SSH servers and write what their clients need."""
        client_key = new_key()
        account = Account(password=lambda: self.world.password, key=client_key.loaded())
        listening = []
        sockets = listen_alike([host.address for host in self.hosts])
        for host, listener in zip(self.hosts, sockets, strict=True):
            host_key = new_key()
            self.ssh_servers.add(listener, host.machine, account, host_key.loaded())
            port = listener.getsockname()[1]
            self.world.pool.hosts[host.ref].on_ssh.append(
                partial(self.ssh_servers.switch, host.machine)
            )
            listening.append(
                Listening(name=host.name, address=host.address, port=port, host_key=host_key.public)
            )
        self.write_files(client_key, listening)
        self.ssh_servers.start()

    def set_contact(self, host: LabHost, reachable: bool) -> None:
        """Let a host's SSH server hang up and take nobody, or be there again."""
        if reachable:
            host.off.close()
        else:
            host.off.enter_context(host.without_ssh())

    def set_power(self, host: LabHost, on: bool) -> None:
        """Let a host's SSH server be there exactly while the host has power."""
        if on:
            host.off.close()
            return
        host.machine.processes.kill_all()
        host.dom0.lose_power()
        host.off.enter_context(host.without_ssh())
