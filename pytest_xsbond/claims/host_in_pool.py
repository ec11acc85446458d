"""What a host is like beside the other hosts of its pool: claims that need no bond."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_xsbond.claims.parts import chosen_backend, clock_offset
from pytest_xsbond.claims.seen import Evidence, Missing, Sentences
from xsbond.errors import XsbondError
from xsbond.model import DesiredBond, Host, Pif
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.snapshot import Snapshot

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""

MOST_APART = 2.0
"""Seconds that clocks of one pool may differ."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HostInPool:
    """One host in one snapshot."""

    evidence: Evidence
    desired: Sequence[DesiredBond]

    def __repr__(self) -> str:
        return f"<{self.name}, stage {self.snapshot.raw.stage}>"

    @property
    def snapshot(self) -> Snapshot:
        """The look at the pool."""
        return self.evidence.snapshot

    @property
    def host(self) -> str:
        """The host's ref."""
        return self.evidence.host

    @property
    def name(self) -> str:
        """The host's name."""
        return self.snapshot.labels[self.host]

    @property
    def record(self) -> Host:
        """The host's record."""
        self.evidence.record("host", self.host)
        return self.snapshot.hosts[self.host]

    @property
    def is_live(self) -> bool:
        """host_metrics.live."""
        metrics = self.snapshot.metrics.get(self.record.metrics)
        if metrics is None:
            raise Missing(f"{self.name} has no host_metrics")
        self.evidence.record("host_metrics", self.record.metrics)
        return metrics.live

    # --- management ---

    @property
    def management_pifs(self) -> tuple[Pif, ...]:
        """The PIFs that are the host's management interface; there should be one."""
        return tuple(
            pif
            for ref, pif in lookup.pifs_of(self.snapshot, self.host)
            if pif.management and self.evidence.record("PIF", ref)
        )

    @property
    def management_on_guest_bonds(self) -> tuple[str, ...]:
        """The devices of the management PIFs that are a guest bond, or one of its NICs.

        A VLAN of a bond goes by the bond's device name, and is another PIF.
        """
        guests = {pif.uuid for pif in self._guest_pifs()}
        return tuple(pif.device for pif in self.management_pifs if pif.uuid in guests)

    def _guest_pifs(self) -> Iterator[Pif]:
        """Yield the PIFs of the wanted bonds that have no address on this host, and their NICs'."""
        for wanted in self.desired:
            bond = lookup.bond_on(self.snapshot, self.host, wanted)
            if bond and not any(network.addresses for network in wanted.networks):
                yield self.snapshot.pifs[bond[1].master]
                for nic in lookup.wanted_on(self.snapshot, self.host, wanted).nics:
                    yield from (pif for _, pif in lookup.nic_pifs(self.snapshot, self.host, nic))

    # --- beside the others ---

    def odd_software(self) -> Sentences:
        """Return in which of backend and product version this host differs from the pool master.

        The master is upgraded first, so that it is the measure while hosts differ.
        """
        self.evidence.record("host", self.host)
        return Sentences(self._odd_software())

    def _odd_software(self) -> Iterator[str]:
        own, master = self.host, self.snapshot.pool.master
        for what, of in (("network backend", self._backend), ("product", self._product)):
            said = {self.snapshot.labels[ref]: of(ref) for ref in self.snapshot.hosts}
            self.evidence.comparison(said)
            if of(own) != of(master):
                there = f"{of(master)} on {self.snapshot.labels[master]}, the pool master"
                yield f"the {what} is {of(own)} here, but {there}"
        self.evidence.output("network-conf")
        chosen = chosen_backend(self.snapshot, own)
        if chosen != self._backend(own):
            yield f"network.conf chooses {chosen}, but {self._backend(own)} runs"

    def _backend(self, ref: str) -> str:
        return self._software(ref, "network_backend")

    def _product(self, ref: str) -> str:
        return self._software(ref, "product_version")

    def _software(self, ref: str, key: str) -> str:
        value = self.snapshot.hosts[ref].software_version.get(key, "")
        if not value and ref == self.host:
            raise Missing(f"software_version of {self.name} has no {key}")
        return value or "not told"

    def foreign_modes(self) -> Sentences:
        """Return which bonds of the switch run in a mode that XAPI has none of."""
        self.evidence.output(switch.bonds_probe(self.snapshot, self.host))
        return Sentences(
            f"bond {bond.name} of {'+'.join(sorted(bond.members))} runs in mode {bond.type}"
            for bond in switch.bonds(self.snapshot, self.host)
            if bond.type not in lookup.OVS_MODES.values()
        )

    def clock_difference(self) -> str:
        """Return from which clocks this one is off; empty if most are within MOST_APART seconds.

        Where as many are off as are not, nobody can tell which are right.
        """
        told = self.is_live and self.record.enabled
        if lookup.is_off(self.snapshot, self.host) and not told:
            # XAPI alone has told what is wrong.
            return "not asked"
        offsets = self._clock_offsets()
        apart = {
            name: offsets[self.name] - offset
            for name, offset in offsets.items()
            if abs(offsets[self.name] - offset) > MOST_APART
        }
        if len(apart) < len(offsets) - len(apart):
            return ""
        return "the clock is " + ", ".join(
            f"{abs(seconds):g} s {'ahead of' if seconds > 0 else 'behind'} {name}'s"
            for name, seconds in apart.items()
        )

    def _clock_offsets(self) -> Mapping[str, float]:
        """Return host name -> by how much its clock is off; without the hosts out of reach."""
        self.evidence.output("clock")
        offsets = {self.name: clock_offset(self.snapshot, self.host)}
        for ref, name in self.snapshot.labels.items():
            with contextlib.suppress(XsbondError):
                offsets[name] = clock_offset(self.snapshot, ref)
        self.evidence.comparison({name: f"{off:+g} s" for name, off in offsets.items()})
        return offsets
