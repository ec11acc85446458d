"""The dom0 of a lab on real Open vSwitch: what xcp-networkd does to it is really done.

Whether it came about is read back from Open vSwitch: ovs-vsctl ends with status 0 where the switch
could not set up what was asked for, and says so on standard error only.
"""

import contextlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from xsbond.lab.contracts import Address, BondSettings, BridgeSettings, Clock, Nic, ScriptError
from xsbond.lab.namespaced import interfaces, openvswitch, sysfs, transactions
from xsbond.lab.namespaced.machine import Files, Machine, PhysicalSwitch
from xsbond.lab.namespaced.opening import Opening
from xsbond.lab.profiles import Profile

_MTU = 1500
_HOSTNAME = "/etc/hostname"
_SHOWN = {transactions.PROGRAM: "/usr/bin/ovs-vsctl"}


class NamespacedDom0:
    """One host's dom0; implements `contracts.Dom0Backend`."""

    def __init__(
        self,
        machine: Machine,
        nics: Sequence[Nic],
        *,
        profile: Profile,
        clock: Clock,
        datapath: str,
        switch: PhysicalSwitch,
    ) -> None:
        """`nics` are those the machine was built with, `datapath` is netdev or dummy."""
        self.machine, self.profile, self.clock = machine, profile, clock
        self.lock = threading.RLock()
        self.files = Files(machine)
        self._built, self.datapath = tuple(nics), datapath
        self.switch = switch
        self._mtus: dict[str, int] = {}
        """Bridge -> the MTU its ports get, too."""
        self._opening: Opening | None = None
        self._time = self._new_time()

    def open(self) -> None:
        """Let what is done to it happen later, until somebody looks or `opened` is called."""
        self._opening = Opening(self.machine.name)

    def opened(self) -> None:
        """Return when all has happened; from now on it happens at once."""
        if self._opening:
            opening, self._opening = self._opening, None
            opening.close()

    def abandon(self) -> None:
        """Let what has not happened yet never happen, and wait for no answer any more."""
        self._time.close()
        if self._opening:
            self._opening.abandon()

    def _do(self, work: Callable[[], None]) -> None:
        if self._opening:
            self._opening.later(work)
        else:
            work()

    def _look(self) -> None:
        if self._opening:
            self._opening.wait()

    def _new_time(self) -> openvswitch.SwitchClock:
        return openvswitch.SwitchClock(
            self.clock,
            lambda milliseconds: openvswitch.ask_to_warp(self.machine.root, milliseconds),
        )

    def booted(self) -> None:
        """Take note that the machine was started anew: its switch knows nothing of before."""
        with self.lock:
            self._mtus.clear()
            self._time.close()
            self._time = self._new_time()

    # --- what is there ---

    def nics(self) -> tuple[Nic, ...]:
        """Return the physical NICs as the kernel has them, in the order of their positions."""
        try:
            return sysfs.nics(self.machine.root, self._built)
        except OSError:
            return ()

    def bridges(self) -> frozenset[str]:
        """Return the names of all bridges, VLAN (fake) bridges included."""
        self._look()
        return self._bridges()

    def _bridges(self) -> frozenset[str]:
        return openvswitch.bridges(self.machine.root)

    def link_states(self, port: str) -> Mapping[str, bool]:
        """Return device -> enabled for the members of a bond, as Open vSwitch judges them."""
        self._look()
        with contextlib.suppress(OSError):
            self._time.follow()
            return openvswitch.link_states(self.machine.root, port)
        return {}

    # --- bridges and ports ---

    def add_bridge(self, name: str, settings: BridgeSettings) -> None:
        """Create the bridge and bring its interface up; one that exists gets the settings."""
        self._do(partial(self._add_bridge, name, settings))

    def _add_bridge(self, name: str, settings: BridgeSettings) -> None:
        with self.lock:
            self._mtus[name] = settings.mtu
            words = transactions.add_bridge(name, settings, datapath=self.datapath)
            self._transact(words, opens=[name])
            if not sysfs.exists(self.machine.root, name):
                self._ip(interfaces.stand_in(name, settings.mac))
            self._ip(interfaces.up(name, settings.mtu))
            self._require(name in self._bridges(), f"bridge {name} was not made")

    def delete_bridge(self, name: str) -> None:
        """Delete the bridge, its ports and the fake bridges on it; nothing if it is absent.

        The NICs that were on it are set down, as xcp-networkd does.
        """
        self._do(partial(self._delete_bridge, name))

    def _delete_bridge(self, name: str) -> None:
        with self.lock:
            if name not in self._bridges():
                return
            devices = openvswitch.devices_on(self.machine.root, name)
            self.switch.cable(self.machine.name, sorted(devices), lacp=False)
            self._transact(transactions.delete_bridge(name))
            self._mtus.pop(name, None)
            nics = {nic.device for nic in self.nics()}
            self._ip([line for each in sorted(devices & nics) for line in interfaces.down(each)])
            if self.datapath == "dummy":
                self._ip(interfaces.gone(name))
            self._require(name not in self._bridges(), f"bridge {name} was not deleted")

    def add_port(
        self, bridge: str, name: str, devices: Sequence[str], bond: BondSettings | None
    ) -> None:
        """Add a port of one device, or with `bond` set a bond of several; idempotent.

        With `bond` set on an existing port, its settings are replaced.
        """
        self._do(partial(self._add_port, bridge, name, devices, bond))

    def _add_port(
        self, bridge: str, name: str, devices: Sequence[str], bond: BondSettings | None
    ) -> None:
        with self.lock:
            mtu = self._mtus.get(bridge, _MTU)
            words = (
                transactions.add_bond(bridge, name, devices, bond, mtu)
                if bond
                else transactions.add_port(bridge, name, mtu)
            )
            # A NIC that is gone is in the port nevertheless, with an error on it.
            present = [each for each in devices if sysfs.exists(self.machine.root, each)]
            if bond:
                # Whoever makes a bond has its switch ports set up for it.
                self.switch.cable(self.machine.name, devices, lacp=bond.lacp == "active")
            self._transact(words, opens=present)
            self._ip([line for each in present for line in interfaces.up(each, mtu)])

    def add_vif(self, bridge: str, name: str, mac: str = "") -> None:
        """Put the interface of a running guest on a bridge; it leaves the one it was on."""
        self._look()
        with self.lock:
            if not sysfs.exists(self.machine.root, name):
                self.machine.add_guest(name, mac)
            if openvswitch.bridge_of_port(self.machine.root).get(name) != bridge:
                self._transact(transactions.add_vif(bridge, name), opens=[name])
            self._ip(interfaces.up(name, self._mtus.get(bridge, _MTU)))

    def remove_vif(self, name: str) -> None:
        """Take the interface of a guest away; nothing if it is absent."""
        self._look()
        with self.lock:
            self._transact(transactions.remove_port(name))
            if sysfs.exists(self.machine.root, name):
                self.machine.remove_guest(name)

    def set_address(self, bridge: str, address: Address | None) -> None:
        """Give the bridge interface this address, or take the one it has away."""
        self._do(partial(self._set_address, bridge, address))

    def _set_address(self, bridge: str, address: Address | None) -> None:
        with self.lock:
            if sysfs.exists(self.machine.root, bridge):
                self._ip(interfaces.without_address(bridge))
            if address:
                self._ip(interfaces.with_address(bridge, address))

    def set_ipv6(self, bridge: str, addresses: Sequence[str]) -> None:
        """Give the bridge interface these global addresses, with prefix lengths, and no others."""
        self._do(partial(self._set_ipv6, bridge, tuple(addresses)))

    def _set_ipv6(self, bridge: str, addresses: Sequence[str]) -> None:
        with self.lock:
            if sysfs.exists(self.machine.root, bridge):
                self._call("ip", "-6", "addr", "flush", "dev", bridge, "scope", "global")
            if addresses:
                # A kernel may have IPv6 switched off for what is new.
                self._call("sysctl", "-qw", f"net.ipv6.conf.{bridge}.disable_ipv6=0")
                self._ip(interfaces.with_ipv6(bridge, addresses))

    # --- the rest ---

    def set_hostname(self, name: str) -> None:
        """Name the host."""
        self.machine.set_hostname(name)
        self.write_file(_HOSTNAME, f"{name}\n")

    def read_file(self, path: str) -> str:
        """Return a file of dom0; FileNotFoundError if there is none."""
        return self.machine.read(path)

    def write_file(self, path: str, text: str) -> None:
        """Create or replace a file of dom0."""
        self.machine.write(path, text)

    def remove_file(self, path: str) -> None:
        """Remove a file of dom0; nothing if it is absent."""
        with contextlib.suppress(FileNotFoundError):
            self.machine.remove(path)

    # --- how ---

    def _transact(self, words: transactions.Words, opens: Collection[str] = ()) -> None:
        """Run ovs-vsctl; ScriptError unless it did, and the switch did, what was asked for."""
        printed = self._call(*words)
        errors = list(openvswitch.interface_errors(self.machine.root, opens)) if opens else []
        if errors:
            raise _failed(words, "Exit code 0", "", "; ".join(errors) or printed)

    def _ip(self, lines: Sequence[str]) -> None:
        if lines:
            batch = "".join(f"{line}\n" for line in lines)
            self._call("ip", "-batch", "-", stdin=batch)

    def _call(self, *words: str, stdin: str = "") -> str:
        """Run a program and return what it said on standard error; ScriptError if it failed."""
        done = self.machine.run(*words, stdin=stdin.encode())
        if done.code:
            raise _failed(words, f"Exit code {done.code}", done.stdout, done.stderr)
        return done.stderr.strip()

    @staticmethod
    def _require(holds: bool, otherwise: str) -> None:
        if not holds:
            raise OSError(otherwise)


def _failed(words: Sequence[str], code: str, stdout: str, stderr: str) -> ScriptError:
    script, *arguments = words
    # Whoever reads it finds the program where a real host has it.
    shown = _SHOWN.get(script, script)
    return ScriptError(shown, " ".join(arguments), code=code, stdout=stdout, stderr=stderr)
