"""What one host has for one wanted bond, at one stage: the vocabulary that claims are written in.

Everything is found by following network -> this host's PIF -> Bond -> legs. What a claim cannot do
without and is not there raises `Missing`, which fails the claim; a dom0 that could not be asked
raises the library's own errors, which make it an error instead.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pytest_xsbond.claims.seen import Absence, Counts, Evidence, Missing
from xsbond.failover.leg_facts import LegDrill
from xsbond.model import Bond, DesiredBond, Host, Interface, Network, OvsBond, Pif
from xsbond.plan.management import management_nics
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.addressing import wanted_address
from xsbond.snapshot.snapshot import Snapshot

__tracebackhide__ = True
"""pytest leaves these frames out: the claim is what a reader of a failure wants to see."""

_TIME = re.compile(r"\d{1,12}(\.\d{0,9})?", re.ASCII)
"""How xapi writes seconds since the epoch: "1371112233." (dbsync_slave.ml)."""

_Found = TypeVar("_Found")

Addresses = frozenset[tuple[str, ipaddress.IPv4Interface]]
"""(interface, address) pairs."""


@dataclass(slots=True, kw_only=True, repr=False)
class BondOnHost:
    """One wanted bond on one host, as one snapshot shows it."""

    snapshot: Snapshot
    host: str
    """Ref of the host."""
    wanted: DesiredBond
    desired: Sequence[DesiredBond]
    rests_on: dict[str, str] = field(default_factory=dict)
    """Title -> raw answer of everything looked at so far, for the report."""
    keeps: bool = True
    """Whether what is looked at is kept there."""
    drill: LegDrill | None = None
    """What became of taking down the leg that the claim is about, if it is about one."""
    baseline: Snapshot | None = None
    """What causes look for a change since; None if nothing is compared."""
    absent: set[Absence] = field(default_factory=set)
    """What was looked up so far and not found."""

    def __post_init__(self) -> None:
        """Have the bond as this host is to have it: its NICs by device."""
        of_pool = [bond for bond in self.desired if bond.network == self.wanted.network]
        wanted = (*of_pool, self.wanted)[0]
        self.wanted = lookup.wanted_on(self.snapshot, self.host, wanted)

    def __repr__(self) -> str:
        return f"<{self.wanted.network} on {self.name}, stage {self.snapshot.raw.stage}>"

    @property
    def evidence(self) -> Evidence:
        """Where whatever is looked at is kept."""
        return Evidence(
            snapshot=self.snapshot, host=self.host, texts=self.rests_on, keeps=self.keeps
        )

    @property
    def name(self) -> str:
        """The host's name."""
        return self.snapshot.labels[self.host]

    @property
    def is_master(self) -> bool:
        """Whether this host is the pool master."""
        return self.host == self.snapshot.pool.master

    @property
    def record(self) -> Host:
        """The host's record."""
        self.evidence.record("host", self.host)
        return self.snapshot.hosts[self.host]

    @property
    def is_live(self) -> bool:
        """host_metrics.live, False where the record is gone."""
        metrics = self.snapshot.metrics.get(self.record.metrics)
        self.evidence.record("host_metrics", self.record.metrics)
        return metrics is not None and metrics.live

    @property
    def start_time(self) -> float:
        """When this host's xapi started, seconds since the epoch (agent_start_time)."""
        text = self.record.other_config.get("agent_start_time", "")
        if not _TIME.fullmatch(text):
            raise Missing(f"agent_start_time of {self.name} is {text[:40]!r}, no time")
        return float(text)

    @property
    def address(self) -> ipaddress.IPv4Interface | None:
        """The IPv4 address the bond is to have on this host: static, or what DHCP gave it.

        None for a guest bond, and where DHCP gave it none.
        """
        return wanted_address(self.snapshot, self.host, self.wanted)

    def of_all_bonds(self) -> tuple["BondOnHost", ...]:
        """Return the same view for every wanted bond of this host."""
        return tuple(replace(self, wanted=wanted) for wanted in self.desired)

    # --- XAPI ---

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks with the wanted name."""
        found = lookup.networks_of(self.snapshot, self.wanted)
        for ref, _ in found:
            self.evidence.record("network", ref)
        return self.noted("network", tuple(network for _, network in found))

    @property
    def network(self) -> Network:
        """The wanted network; of several with its name the one this host is connected to."""
        if not (networks := self.networks):
            raise self.missing("network", f"there is no network {self.wanted.network}")
        own = {self.snapshot.pifs[ref].network for ref in self.pif_refs}
        connected = [self.snapshot.networks[ref] for ref in own]
        return (*connected, *networks)[0]

    @property
    def pif_refs(self) -> tuple[str, ...]:
        """The refs of this host's PIFs on the wanted network."""
        networks = lookup.networks_of(self.snapshot, self.wanted)
        pifs = [pif for ref, _ in networks for pif in lookup.pifs_on(self.snapshot, self.host, ref)]
        for ref, _ in pifs:
            self.evidence.record("PIF", ref)
        return self.noted("PIF", tuple(ref for ref, _ in pifs))

    @property
    def pif(self) -> Pif:
        """The PIF that connects the host to the wanted network."""
        if not (refs := self.pif_refs):
            label = self.network.name_label
            raise self.missing("PIF", f"{self.name} has no PIF on network {label}")
        return self.snapshot.pifs[refs[0]]

    @property
    def bond(self) -> Bond:
        """The Bond whose master is that PIF."""
        found = lookup.bond_on(self.snapshot, self.host, self.wanted)
        if found is None:
            raise self.missing(
                "bond",
                f"PIF {self.pif.device} of {self.name} on network"
                f" {self.network.name_label} is no bond",
            )
        self.evidence.record("Bond", found[0])
        return found[1]

    @property
    def legs(self) -> frozenset[str]:
        """The devices the Bond joins, according to XAPI."""
        return lookup.legs_of(self.snapshot, self.bond)

    @property
    def primary_leg(self) -> Pif:
        """The PIF that gives the bond its MAC."""
        ref = self.bond.primary_slave
        if ref not in self.snapshot.pifs:
            raise Missing(f"Bond.primary_slave of {self.name} leads to no PIF ({ref})")
        self.evidence.record("PIF", ref)
        return self.snapshot.pifs[ref]

    def nic_counts(self) -> Mapping[str, int]:
        """Return for each wanted NIC how many physical PIFs this host has for it."""
        if not self.wanted.nics:
            raise Missing(f"the bond file names no NICs for {self.name}; add nics.{self.name}")
        found = {n: lookup.nic_pifs(self.snapshot, self.host, n) for n in self.wanted.nics}
        for pifs in found.values():
            for ref, _ in pifs:
                self.evidence.record("PIF", ref)
        return Counts({nic: len(pifs) for nic, pifs in found.items()})

    def pool_networks(self) -> frozenset[tuple[str, str]]:
        """Return (name, bridge) of every network of the pool."""
        for ref in self.snapshot.networks:
            self.evidence.record("network", ref)
        return frozenset((n.name_label, n.bridge) for n in self.snapshot.networks.values())

    def nic_addresses(self) -> Mapping[str, str]:
        """Return device -> IP of this host's physical PIFs that have one.

        The NICs of a bond that is to have the management interface hand theirs over.
        """
        handed_over = management_nics(self.snapshot, self.host, self.desired)
        return {
            pif.device: pif.IP
            for ref, pif in lookup.pifs_of(self.snapshot, self.host)
            if pif.physical
            and pif.IP
            and pif.device not in handed_over
            and self.evidence.record("PIF", ref)
        }

    def other_bonds(self) -> frozenset[tuple[str, str, str]]:
        """Return (device, network, IP) of this host's bonds that nobody asked to change."""
        wanted = {bond.network for bond in self.desired}
        masters = [bond.master for _, bond in lookup.bonds_of(self.snapshot, self.host)]
        pifs = [self.snapshot.pifs[ref] for ref in masters if self.evidence.record("PIF", ref)]
        return frozenset(
            (pif.device, label, pif.IP)
            for pif in pifs
            if (label := self._label(pif.network)) not in wanted
        )

    def _label(self, network: str) -> str:
        record = self.snapshot.networks.get(network)
        return record.name_label if record else network

    # --- dom0 ---

    @property
    def interfaces(self) -> Mapping[str, Interface]:
        """The interfaces of this host's dom0."""
        self.evidence.output("ifconfig-a")
        return self.snapshot.interfaces(self.host)

    def interface(self, name: str) -> Interface:
        """Return one interface of dom0."""
        interfaces = self.interfaces
        if name not in interfaces:
            raise self.missing(f"interface {name}", f"dom0 of {self.name} has no interface {name}")
        return interfaces[name]

    @property
    def bridges(self) -> frozenset[str]:
        """The bridges of this host's switch."""
        self.evidence.output(switch.bridges_probe(self.snapshot, self.host))
        return switch.bridges(self.snapshot, self.host)

    @property
    def leg_bridges(self) -> frozenset[str]:
        """The bridges of the wanted NICs' own networks."""
        return lookup.own_bridges(self.snapshot, self.host, self.wanted.nics)

    @property
    def ovs_bonds(self) -> tuple[OvsBond, ...]:
        """The bonds of this host's switch that hold any wanted NIC, and are no other in XAPI."""
        self.evidence.output(switch.bonds_probe(self.snapshot, self.host))
        running = switch.bonds(self.snapshot, self.host)
        found = lookup.own_ovs_bonds(self.snapshot, self.host, self.wanted, running)
        return self.noted("bond in the switch", found)

    @property
    def ovs_bond(self) -> OvsBond:
        """The one bond of the switch that holds the wanted NICs."""
        if not (bonds := self.ovs_bonds):
            nics = "+".join(self.wanted.nics)
            where = switch.name(self.snapshot, self.host)
            says = f"{where} of {self.name} has no bond with {nics}"
            raise self.missing("bond in the switch", says)
        return bonds[0]

    def addresses(self) -> Addresses:
        """Return every IPv4 address of every interface of dom0."""
        return frozenset(
            (interface.name, address)
            for interface in self.interfaces.values()
            for address in interface.addresses
        )

    @property
    def own_networks(self) -> frozenset[tuple[str, str]]:
        """(name, bridge) of the networks as `xe` typed on this very host lists them."""
        self.evidence.output("network-list")
        listed = self.snapshot.member_networks(self.host)
        return frozenset((record["name-label"], record["bridge"]) for record in listed)

    # --- the report ---

    def missing(self, what: str, says: str) -> Missing:
        """Return the failure of a look-up: what was looked up, and a sentence about it."""
        absence = self._absence(what)
        self.absent.add(absence)
        return Missing(says, absence)

    def noted(self, what: str, found: tuple[_Found, ...]) -> tuple[_Found, ...]:
        """Return what a look-up has found, and note where that is nothing."""
        if not found:
            self.absent.add(self._absence(what))
        return found

    def _absence(self, what: str) -> Absence:
        stage, network = self.snapshot.raw.stage, self.wanted.network
        return Absence(stage=stage, host=self.host, network=network, what=what)
