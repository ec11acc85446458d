"""What has changed on a host since the baseline was taken: the vocabulary of the drift claims."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_xsbond.claims.seen import Evidence, Sentences
from pytest_xsbond.claims.stages import Stages
from xsbond.drift.drift import Difference, differences
from xsbond.drift.inventory import AREAS
from xsbond.errors import OptionError
from xsbond.model import DesiredBond
from xsbond.snapshot import switch
from xsbond.snapshot.snapshot import Snapshot

__tracebackhide__ = True
"""pytest leaves these frames out, as those of `here`."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SinceBaseline:
    """One host now, beside the same host in the baseline."""

    evidence: Evidence
    baseline: Snapshot
    desired: Sequence[DesiredBond]
    found: dict[str, tuple[Difference, ...]] = field(default_factory=dict)
    """Area -> differences, of what was looked at so far."""

    def __repr__(self) -> str:
        return f"<{self.name} since {self.baseline.raw.taken_at}>"

    @property
    def name(self) -> str:
        """The host's name."""
        return self.evidence.snapshot.labels[self.evidence.host]

    @property
    def _here(self) -> tuple[Snapshot, str]:
        """The look at the pool that is judged, and the host's ref in it."""
        return self.evidence.snapshot, self.evidence.host

    @property
    def hosts(self) -> Sentences:
        """Which hosts joined the pool or left it."""
        return self._changed("hosts")

    @property
    def networks(self) -> Sentences:
        """How the networks of the pool differ."""
        return self._changed("networks")

    @property
    def nics(self) -> Sentences:
        """How the NICs differ, in XAPI or in dom0."""
        slaves = ["kernel-bonds"] if switch.is_kernel(*self._here) else []
        return self._changed("nics", "sysfs-net", *slaves)

    @property
    def pifs(self) -> Sentences:
        """How the PIFs differ."""
        return self._changed("pifs")

    @property
    def vlans(self) -> Sentences:
        """How the VLANs differ."""
        return self._changed("vlans")

    @property
    def bonds(self) -> Sentences:
        """How the bonds differ, in XAPI or in the switch."""
        return self._changed("bonds", switch.bonds_probe(*self._here), "ovs-ports")

    @property
    def mtus(self) -> Sentences:
        """How the MTUs of PIFs, NICs and bridges differ."""
        return self._changed("mtus", "sysfs-net")

    @property
    def addresses(self) -> Sentences:
        """How the addresses of PIFs and interfaces differ."""
        return self._changed("addresses", "ifconfig-a")

    @property
    def bridges(self) -> Sentences:
        """How the bridges differ, or what makes them."""
        probe = switch.bridges_probe(*self._here)
        return self._changed("bridges", probe, "ifconfig-a")

    @property
    def versions(self) -> Sentences:
        """How the versions of the software differ."""
        return self._changed("versions")

    @property
    def partners(self) -> Sentences:
        """How the switches at the other end of the legs differ, as LACP tells them."""
        return self._changed("partners", "ovs-lacp")

    def _changed(self, area: str, *probes: str) -> Sentences:
        """Return a sentence for each difference, and keep what was looked at."""
        if area not in self.found:
            self._look(area, probes)
        return Sentences(map(str, self.found[area]))

    def _look(self, area: str, probes: Sequence[str]) -> None:
        now, host = self._here
        self.found[area] = differences(self.baseline, now, host, area, self.desired)
        for item in AREAS[area](now, host):
            for kind, ref in item.rests_on:
                if ref in now.raw.records[kind]:
                    self.evidence.record(kind, ref)
        for probe in probes:
            self.evidence.output(probe)


def since_baseline(stages: Stages, host: str) -> SinceBaseline:
    """Return the view of a host ref; OptionError if there is no baseline."""
    if stages.baseline is None:
        raise OptionError("--xsbond-baseline", "is not given: there is nothing to compare with")
    return SinceBaseline(
        evidence=Evidence(snapshot=stages.now, host=host),
        baseline=stages.baseline,
        desired=stages.desired,
    )
