"""The closing page as a value: terminal and report show the same one. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_xsbond.claims.outcomes import applies, outcomes_for
from pytest_xsbond.claims.results import BAD, Result
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.spec.shipped import all_claims
from pytest_xsbond.verdict.finding import Finding, Seen
from pytest_xsbond.verdict.findings import findings, seen_alike
from pytest_xsbond.verdict.matrix import MatrixRow, matrix_rows
from pytest_xsbond.verdict.names import counted
from pytest_xsbond.verdict.waivers import complaints
from xsbond.model import DesiredBond
from xsbond.plan.plan import by_name
from xsbond.snapshot.lookup import is_off

State = Literal["as wanted", "not as wanted", "not known", "not judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BondVerdict:
    """What the run says of one wanted bond, on all hosts that it has judged."""

    network: str
    """Label of the network; empty for what is about the hosts, whatever bonds are wanted."""
    nics: tuple[str, ...]
    mode: str
    hosts: tuple[str, ...]
    """The hosts it was judged on, in the order of the pool."""
    bad: tuple[str, ...]
    """Those on which a claim about it does not hold, and no waiver covers that."""
    unseen: tuple[str, ...]
    """Those of the others on which nobody could look at it."""
    waived: tuple[str, ...]
    """Those of the others on which it differs, and a waiver covers that."""
    unjudged: int
    """How many claims about it this run could have judged and has not."""
    by_xapi: tuple[str, ...] = ()
    """Those of the hosts whose dom0 was not to be asked, so that XAPI alone tells of it."""

    @property
    def state(self) -> State:
        """Return the verdict."""
        if self.bad:
            return "not as wanted"
        if self.unseen:
            return "not known"
        return "as wanted" if self.hosts else "not judged"

    @property
    def says(self) -> str:
        """Return the verdict with the hosts it is about, in words."""
        if not self.hosts:
            return "NOT JUDGED"
        total = len(self.hosts)
        told = [f"NOT AS WANTED on {counted(self.bad, total)}"] if self.bad else []
        told += [f"NOT KNOWN on {counted(self.unseen, total)}"] if self.unseen else []
        told = told or [f"as wanted on {counted(self.hosts, total)}"]
        told += [f"waived on {counted(self.waived, total)}"] if self.waived else []
        if self.by_xapi:
            told += [f"by XAPI alone on {counted(self.by_xapi, total)}"]
        told += [f"{self.unjudged} claims were not judged"] if self.unjudged else []
        return ", ".join(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many claims came to which end."""

    passed: int
    failed: int
    """Those that tell a cause of their own."""
    follow: int
    """Those that fail only because of what another one tells."""
    errors: int
    warned: int
    waived: int
    unjudged: int
    """Those for which what was seen allows no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a run has found."""

    hosts: tuple[str, ...]
    """All hosts of the pool, the master first."""
    master: str
    bonds: tuple[BondVerdict, ...]
    findings: tuple[Finding, ...]
    rows: tuple[MatrixRow, ...]
    counts: Counts
    unjudged: tuple[Seen, ...]
    """The claims without a verdict, each with the reason."""
    waivers: tuple[str, ...]
    """A line for each waiver that must not stay as it is; each of them fails the run."""


def page_of(stages: Stages, results: Sequence[Result]) -> Page:
    """Return what the results of a run say of the pool that its stages show."""
    labels = stages.now.labels
    hosts = tuple(labels[ref] for ref in by_name(stages.now))
    return Page(
        hosts=hosts,
        master=labels[stages.now.pool.master],
        bonds=tuple(_verdicts(stages, hosts, results)),
        findings=findings(stages, hosts, results),
        rows=tuple(matrix_rows(hosts, results)),
        counts=_counts(results),
        unjudged=tuple(seen_alike([each for each in results if each.verdict == "n/j"])),
        waivers=tuple(complaints(stages, results)),
    )


def _verdicts(
    stages: Stages, hosts: Sequence[str], results: Sequence[Result]
) -> Iterator[BondVerdict]:
    if not results:
        return
    for bond in stages.desired:
        yield _verdict(stages, bond, hosts, [r for r in results if r.network == bond.network])
    of_hosts = [result for result in results if not result.network]
    if any(result.verdict in BAD for result in of_hosts):
        yield _verdict(stages, None, hosts, of_hosts)


def _verdict(
    stages: Stages, bond: DesiredBond | None, hosts: Sequence[str], results: Sequence[Result]
) -> BondVerdict:
    def where(verdict: str) -> set[str]:
        return {result.host for result in results if result.verdict == verdict}

    now, bad, unseen = stages.now, where("FAIL"), where("ERROR")
    judged = {result.host for result in results}
    return BondVerdict(
        network=bond.network if bond else "",
        nics=bond.nics if bond else (),
        mode=bond.mode.value if bond else "",
        hosts=tuple(host for host in hosts if host in judged),
        bad=tuple(host for host in hosts if host in bad),
        unseen=tuple(host for host in hosts if host in unseen - bad),
        waived=tuple(host for host in hosts if host in where("waived") - bad - unseen),
        unjudged=_left_out(stages, bond, judged, results) if bond else 0,
        by_xapi=tuple(host for host in hosts if host in judged and is_off(now, now.host_ref(host))),
    )


def _left_out(stages: Stages, bond: DesiredBond, hosts: set[str], results: Sequence[Result]) -> int:
    """Return how many claims about a bond the run could judge on these hosts, and has not."""
    judged = {(result.test.rpartition("::")[2], result.host) for result in results}
    return sum(
        (claim.judge.__name__, name) not in judged
        for ref, name in stages.now.labels.items()
        if name in hosts
        for claim in all_claims()
        if not claim.is_about_host
        and any(
            applies(each, stages, ref, bond.network)
            for each in outcomes_for(claim.outcomes, is_master=ref == stages.now.pool.master)
        )
    )


def _counts(results: Sequence[Result]) -> Counts:
    marks = [result.mark for result in results]
    return Counts(
        passed=marks.count("pass"),
        failed=marks.count("FAIL"),
        follow=marks.count("·"),
        errors=marks.count("ERR"),
        warned=marks.count("warn"),
        waived=marks.count("waived"),
        unjudged=marks.count("n/j"),
    )
