"""What a fault is, and the bond on one host that it strikes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import KW_ONLY, dataclass
from typing import Any

from xsbond.lab.anylab import AnyHost, AnyLab
from xsbond.lab.dom0 import SimulatedDom0
from xsbond.lab.lab import LabHost
from xsbond.lab.pool.database import Database, Record


class FaultError(ValueError):
    """A fault that does not exist, or cannot happen in this lab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One host of a lab and its newest bond, the one somebody made after the lab had started.

    Its properties are to be used with the world's lock held.
    """

    lab: AnyLab[Any]
    host: AnyHost

    @property
    def simulated(self) -> LabHost:
        """The host, if it is simulated; FaultError if there is more to it than its records."""
        if not isinstance(self.host, LabHost):
            raise FaultError(f"{self.host.name} is not simulated")
        return self.host

    @property
    def dom0(self) -> SimulatedDom0:
        """The host's simulated dom0."""
        return self.simulated.dom0

    @property
    def database(self) -> Database:
        """XAPI's database."""
        return self.lab.world.database

    def call(self, method: str, *params: Any) -> Any:
        """Call the host's xapi as root; Failure as a client would see it."""
        return self.host.toolstack.call(method, *params)

    @property
    def master(self) -> AnyHost:
        """The pool master."""
        master = self.database.get("pool", self.database.refs("pool")[0])["master"]
        found: AnyHost = next(host for host in self.lab.hosts if host.ref == master)
        return found

    @property
    def bond(self) -> str:
        """Ref of the bond; FaultError if the host has none but those the lab was built with."""
        built_in = {bond.network for bond in self.lab.blueprint.bonds}
        found = [
            (record["device"], record["bond_master_of"][0])
            for record in self.pifs()
            if record["bond_master_of"] and self._label(record["network"]) not in built_in
        ]
        if not found:
            raise FaultError(f"{self.host.name} has no bond beside those the lab started with")
        return str(max(found)[1])

    @property
    def bond_pif(self) -> str:
        """Ref of the bond's master PIF."""
        return str(self.database.get("Bond", self.bond)["master"])

    @property
    def port(self) -> str:
        """The bond's device, which is also its port's name in Open vSwitch."""
        return str(self.database.get("PIF", self.bond_pif)["device"])

    @property
    def network(self) -> str:
        """Ref of the bond's network."""
        return str(self.database.get("PIF", self.bond_pif)["network"])

    @property
    def bridge(self) -> str:
        """The network's bridge."""
        return str(self.database.get("network", self.network)["bridge"])

    @property
    def leg_pifs(self) -> tuple[str, ...]:
        """Refs of the legs, the primary one first, then by device."""
        bond = self.database.get("Bond", self.bond)
        slaves = {ref: self.database.get("PIF", ref)["device"] for ref in bond["slaves"]}
        return tuple(sorted(slaves, key=lambda ref: (ref != bond["primary_slave"], slaves[ref])))

    @property
    def legs(self) -> tuple[str, ...]:
        """Devices of the legs, the primary one first."""
        return tuple(self.database.get("PIF", ref)["device"] for ref in self.leg_pifs)

    def pifs(self) -> Iterator[Record]:
        """Yield the host's PIFs."""
        for ref in self.database.get("host", self.host.ref)["PIFs"]:
            yield self.database.get("PIF", ref)

    def pif(self, device: str) -> str:
        """Return the ref of the host's untagged PIF of this device."""
        (ref,) = self.database.where("PIF", host=self.host.ref, device=device, VLAN=-1)
        return ref

    def _label(self, network: str) -> str:
        return str(self.database.get("network", network)["name_label"])


@dataclass(frozen=True, slots=True)
class Fault:
    """One way a pool goes wrong; its name and description are those of the function."""

    strike: Callable[[Target], None]
    _: KW_ONLY
    of_pool: bool = False
    """It is the same whichever host it is aimed at."""
    of_members: bool = False
    """It cannot happen to the pool master, the first host of a lab."""

    @property
    def name(self) -> str:
        """What users type."""
        return self.strike.__name__.replace("_", "-")

    @property
    def says(self) -> str:
        """One sentence: what is wrong afterwards."""
        return (self.strike.__doc__ or "").strip().splitlines()[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repertoire:
    """What a lab whose dom0s are not simulated can have, and how it comes about there."""

    names: frozenset[str]
    """Names of faults of the catalogue."""
    strike: Callable[[Target, Fault], None]
    """Lets one of them happen; FaultError if it cannot happen to this host."""


@contextmanager
def frozen(target: Target) -> Iterator[Database]:
    """Keep the world still while several of its parts are changed."""
    with target.lab.world.lock:
        dom0 = target.host.dom0 if isinstance(target.host, LabHost) else None
        with dom0.lock if dom0 else nullcontext():
            yield target.database
