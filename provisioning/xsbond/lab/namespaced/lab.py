"""The lab on real Open vSwitch: hosts of namespaces, with OpenSSH's server, on a switch."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from xsbond.lab.blueprint import Blueprint, HostBlueprint, tutorial
from xsbond.lab.contracts import ScriptError
from xsbond.lab.faults import Repertoire, register
from xsbond.lab.namespaced.cabling import Cabling
from xsbond.lab.namespaced.dom0 import NamespacedDom0
from xsbond.lab.namespaced.faults import NAMES, strike
from xsbond.lab.namespaced.host import OvsHost, RiggedLab
from xsbond.lab.namespaced.machine import RigMachine
from xsbond.lab.namespaced.played import PLAYED, PlayedMachine, play
from xsbond.lab.namespaced.traffic import chatter, counted, names_of_guests
from xsbond.lab.pool.state import Host
from xsbond.lab.rig.missing import missing, shortfall
from xsbond.lab.rig.rig import Rig
from xsbond.lab.rig.values import Access, Reply, Request, RigError, RigHost
from xsbond.lab.ssh.files import Listening
from xsbond.lab.ssh.keys import new_key
from xsbond.lab.xapi.access.accounts import draw_password
from xsbond.lab.xapi.doors.loopback import listen_alike

__all__ = ["OvsHost", "OvsLab", "RigError", "missing"]

_STEPS, _HEARSAY = 6, 0.05
"""Parts that skipped time is cut into, and real seconds that each of them takes."""
_NOT_YET = Reply(stderr=b"the lab has not started yet\n", code=1)


class OvsLab(RiggedLab):
    """A pool of namespaces; it runs from its creation until `close`, or this process ends."""

    boots = True

    def __init__(self, blueprint: Blueprint | None = None, **settings: Any) -> None:
        """Start it, with the settings of AnyLab; RigError if a host cannot be built."""
        wanted = blueprint or tutorial()
        # The SSH servers are told the password before there is a world.
        password = wanted.password or draw_password()
        self._switching = {host.name: threading.Lock() for host in wanted.hosts}
        self._played: Mapping[str, PlayedMachine] = {}
        try:
            super().__init__(replace(wanted, password=password), **settings)
        except ScriptError as error:
            raise RigError(f"setting up the pool's networks: {error}") from error

    def describe(self) -> str:
        """Return what the hosts are made of, in a sentence."""
        version = self.hosts[0].machine.run("ovs-vsctl", "--version").stdout.split("\n")[0].split()
        lacks = shortfall(self.rig.footing)
        what = f"real Open vSwitch {version[-1]} and OpenSSH in namespaces of this machine"
        return f"{what} ({lacks})" if lacks else what

    def make_dom0s(self) -> Sequence[NamespacedDom0]:
        """Build the rig and return a dom0 for each of its hosts."""
        blueprint = self.blueprint
        names = [host.name for host in blueprint.hosts]
        self._client_key = new_key()
        keys = {name: new_key() for name in names}
        sockets = listen_alike(self.addresses)
        self._listening = [
            Listening(name=name, address=address, port=socket.getsockname()[1], host_key=key.public)
            for (name, key), address, socket in zip(
                keys.items(), self.addresses, sockets, strict=True
            )
        ]
        self.rig = self.resources.enter_context(
            Rig(
                [
                    RigHost(
                        name=host.name,
                        nics=host.nics,
                        files=self._files(host),
                        host_key=keys[host.name].private,
                    )
                    for host in blueprint.hosts
                ],
                on_request=self._on_request,
                access=Access(public_keys=(self._client_key.public,), password=blueprint.password),
                listeners=dict(zip(names, sockets, strict=True)),
                played=tuple(PLAYED),
            )
        )
        self.cabling = Cabling(self.rig.switch)
        chatter(self.rig.switch.peer)
        self.dom0s = [
            NamespacedDom0(
                RigMachine(self.rig.hosts[host.name]),
                host.nics,
                profile=blueprint.profile,
                clock=self.clock,
                datapath=self.rig.footing.datapath_type,
                switch=self.cabling,
            )
            for host in blueprint.hosts
        ]
        for dom0 in self.dom0s:
            dom0.open()
            # Whatever ends the start must not leave a thread at work.
            self.resources.callback(dom0.abandon)
        return self.dom0s

    def _files(self, host: HostBlueprint) -> Mapping[str, str]:
        """Return what an installer leaves in dom0; xapi writes the rest."""
        return {
            "/etc/hostname": f"{host.name}\n",
            "/etc/redhat-release": self.blueprint.profile.release_line,
            "/etc/xensource/network.conf": "openvswitch\n",
        }

    def _on_request(self, name: str, request: Request) -> Reply:
        machine = self._played.get(name)
        return play(machine, request) if machine else _NOT_YET

    def equip(self, host: Host) -> OvsHost:
        """Return a host with the programs that the lab plays."""
        dom0 = host.backend
        assert isinstance(dom0, NamespacedDom0)
        dom0.opened()
        played = PlayedMachine(
            dom0=dom0,
            toolstack=host.toolstack,
            neighbour=partial(self.world.neighbour, host),
        )
        self._played = {**self._played, host.name: played}
        assert isinstance(dom0.machine, RigMachine)
        return OvsHost(
            name=host.name,
            address=host.address,
            uuid=host.uuid,
            ref=host.ref,
            dom0=dom0,
            machine=dom0.machine,
            played=played,
        )

    def open_ssh(self) -> None:
        """Write the clients' files; the hosts' SSH servers are there since they were booted."""
        self.world.pool.on_password.append(self._set_password)
        self.write_files(self._client_key, self._listening)

    def _set_password(self, password: str) -> None:
        for host in self.rig.hosts.values():
            host.set_password(password)

    def pass_time(self, seconds: float) -> None:
        """Let so many lab seconds have passed at once, for Open vSwitch as well.

        It hears of a link from the kernel, which takes none of the lab's time but some of ours.
        """
        for _ in range(_STEPS):
            time.sleep(_HEARSAY)
            super().pass_time(seconds / _STEPS)

    @contextlib.contextmanager
    def traffic(self, host: str, network: str) -> Iterator[Callable[[], tuple[int, int]]]:
        """Let guests on a network of a host ping a machine upstream meanwhile.

        Names are labels; guests are started where none run. Yields what ends the traffic and tells
        how many packets were sent, and how many of them lost.
        """
        pool = self.world.pool
        with pool.lock:
            known = next(each for each in self.world.hosts if each.name == host)
            (ref,) = pool.database.where("network", name_label=network)
            names = names_of_guests(pool, known, ref)
        guests = [self.rig.hosts[host].guests[name] for name in names]
        with counted(guests, self.rig.switch.peer.address) as ended:
            yield ended

    def set_power(self, host: OvsHost, on: bool) -> None:
        """Kill all of a host, or boot it; the one after the other."""
        with self._switching[host.name]:
            if on:
                host.machine.boot()
                host.dom0.booted()
            else:
                host.machine.crash()


register(OvsLab, Repertoire(names=NAMES, strike=strike))
