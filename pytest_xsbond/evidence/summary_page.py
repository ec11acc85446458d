"""summary.md: a run on one page, to be pasted into a ticket."""

import re
from collections.abc import Iterator, Sequence

from pytest_xsbond.claims.results import BAD, Result, Verdict
from pytest_xsbond.clean import clean_line
from pytest_xsbond.evidence.facts import RunFacts
from pytest_xsbond.verdict.finding import Finding, Seen
from pytest_xsbond.verdict.matrix import in_order
from pytest_xsbond.verdict.names import counted, listed
from pytest_xsbond.verdict.page import BondVerdict, Page

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")
_COUNTED: tuple[Verdict, ...] = ("pass", "waived", "warn", "n/j", "FAIL", "ERROR")


def summary_page(facts: RunFacts, page: Page | None, results: Sequence[Result]) -> str:
    """Return the page as Markdown; without `page` the run was over before it had looked."""
    return "\n".join(_lines(facts, page, results)) + "\n"


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\1", clean_line(text))


def verdict(facts: RunFacts) -> str:
    """Return what came of the run, in a sentence."""
    if facts.refused:
        return "The run did not begin; nothing was changed by it."
    if facts.stopped:
        return "The run STOPPED while it was changing the pool."
    bad = sum(facts.verdicts.get(each, 0) for each in BAD)
    if bad:
        told = "1 claim does" if bad == 1 else f"{bad} claims do"
        return f"The pool is not as wanted: {told} not hold or could not be judged."
    if facts.exit_status:
        return f"The run ended with exit status {facts.exit_status}."
    return "Every claim that was judged holds."


def _lines(facts: RunFacts, page: Page | None, results: Sequence[Result]) -> Iterator[str]:
    yield f"# {plain(facts.change or 'Bonds')}: {plain(facts.pool)}"
    yield from ("", f"**{verdict(facts)}**", "")
    yield from _listed("Refused", facts.refused.splitlines())
    yield from _listed("Stopped", facts.stopped.splitlines())
    if page:
        yield from map(_bond, page.bonds)
        yield from _listed("Waivers", page.waivers)
        yield from ("", "## What is not as wanted") if page.findings else ()
        yield from _findings(page)
    if results:
        yield from ("", "## Hosts", "")
        yield from _hosts(results)
    for title, lines in _sections(facts, results):
        yield from _listed(title, lines)
    yield from ("", "## The run", "")
    yield from _table(about(facts))


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"## {title}", "")
        yield from (f"- {plain(line)}" for line in lines)


def _bond(bond: BondVerdict) -> str:
    about = f"{bond.network} {'+'.join(bond.nics)} {bond.mode}" if bond.network else "hosts"
    return f"- {plain(about)}: **{plain(bond.says)}**"


def about(facts: RunFacts, *, with_hosts: bool = True) -> Iterator[tuple[str, str]]:
    """Yield name and text of what is to be known about a run; some texts are empty."""
    yield "change", facts.change
    yield "pool", facts.pool
    yield "operator", f"{facts.operator} at {facts.runner}"
    yield "time", f"{facts.started} to {facts.ended}"
    yield "command", facts.command
    yield "mode", facts.mode
    yield "bonds", facts.bonds
    yield "bond file", facts.bond_file
    yield "dom0", facts.dom0
    yield "pool uuid", facts.pool_uuid
    yield "XAPI certificate", facts.tls and f"SHA-256 {facts.tls}"
    yield "exit status", str(facts.exit_status)
    for host in facts.hosts if with_hosts else ():
        role = ", pool master" if host.master else ""
        key = f", {host.ssh_host_key}" if host.ssh_host_key else ""
        yield host.name, f"{host.version}, {host.address}, uuid {host.uuid}{role}{key}"


def _table(rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield from ("| | |", "|---|---|")
    yield from (f"| {plain(name)} | {plain(text)} |" for name, text in rows if text)


def _hosts(results: Sequence[Result]) -> Iterator[str]:
    """Yield a row for hosts of which the run says the same so many times."""
    alike: dict[tuple[int, ...], list[str]] = {}
    for host in dict.fromkeys(result.host for result in results):
        of_host = [result.verdict for result in results if result.host == host]
        alike.setdefault(tuple(map(of_host.count, _COUNTED)), []).append(host)
    yield "| hosts | " + " | ".join(_COUNTED) + " |"
    yield "|---|" + "---|" * len(_COUNTED)
    for counts, hosts in alike.items():
        yield f"| {plain(listed(hosts))} | " + " | ".join(map(str, counts)) + " |"


def _sections(facts: RunFacts, results: Sequence[Result]) -> Iterator[tuple[str, Sequence[str]]]:
    yield "Not judged", list(_unjudged(results))
    yield "Changed", facts.changed
    yield "Disturbed", facts.disturbed
    yield "Steps", [f"{time} {line}" for time, line in facts.progress]


def _findings(page: Page) -> Iterator[str]:
    for number, finding in enumerate(page.findings, start=1):
        kind = "" if finding.kind == "FAIL" else f"{finding.kind}: "
        about = f"{', '.join(finding.networks)}: " if finding.networks else ""
        where = counted(finding.hosts, finding.of)
        yield from ("", f"### {number}. {plain(f'{about}{kind}{finding.cause}: {where}')}", "")
        if finding.says:
            yield f"{plain(finding.says)}\n"
        yield from (f"- {plain(told(seen))}" for seen in finding.seen)
        if finding.following:
            yield f"- what follows from it: {plain(' '.join(finding.following))}"
        yield from _to_type(finding)


def told(seen: Seen) -> str:
    """Return what a claim has seen, in a line."""
    wanted = f"; wanted {seen.wanted}" if seen.wanted else ""
    what = "; ".join(seen.seen.splitlines())
    return f"{' '.join(seen.ids)} on {listed(seen.hosts)}: {seen.claim} Seen: {what}{wanted}"


def _to_type(finding: Finding) -> Iterator[str]:
    # An indented block needs no fence, which a name could hold.
    if finding.next:
        yield from ("", "What to do next:", "")
        yield from (f"    {clean_line(str(each))}" for each in finding.next)
    if finding.next_elsewhere:
        elsewhere = plain(listed(finding.next_elsewhere))
        yield from ("", f"The same, with their own names and UUIDs, on {elsewhere}.")


def _unjudged(results: Sequence[Result]) -> Iterator[str]:
    alike: dict[tuple[str, str, str], list[Result]] = {}
    for each in results:
        if each.verdict == "n/j":
            alike.setdefault((each.network, each.claim, each.message), []).append(each)
    for (network, claim, message), same in alike.items():
        ids = " ".join(in_order([id_ for each in same for id_ in each.outcomes]))
        hosts = listed([each.host for each in same])
        yield f"{ids} {network} on {hosts}: {claim} {message}"
