"""summary.md: a run on one page, to be pasted into a ticket."""

import re
from collections.abc import Iterator, Sequence

from pytest_xsbond.clean import clean_line
from pytest_xsbond.evidence.facts import RunFacts
from pytest_xsbond.outcomes import CATALOGUE
from pytest_xsbond.results import BAD, Result, Verdict

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")
_COUNTED: tuple[Verdict, ...] = ("pass", "waived", "warn", "n/j", "FAIL", "ERROR")


def summary_page(facts: RunFacts, results: Sequence[Result]) -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines(facts, results)) + "\n"


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
        return f"The pool is not as wanted: {bad} claims do not hold or could not be judged."
    if facts.exit_status:
        return f"The run ended with exit status {facts.exit_status}."
    return "Every claim that was judged holds."


def _lines(facts: RunFacts, results: Sequence[Result]) -> Iterator[str]:
    yield f"# {plain(facts.change or 'Bonds')}: {plain(facts.pool)}"
    yield ""
    yield f"**{verdict(facts)}**"
    yield ""
    yield from _table(about(facts))
    if results:
        yield from ("", "## Hosts", "")
        yield from _hosts(results)
    for title, lines in _sections(facts, results):
        if lines:
            yield from ("", f"## {title}", "")
            yield from (f"- {plain(line)}" for line in lines)


def about(facts: RunFacts) -> Iterator[tuple[str, str]]:
    """Yield name and text of what is to be known about a run; some texts are empty."""
    yield "change", facts.change
    yield "pool", facts.pool
    yield "operator", f"{facts.operator} at {facts.runner}"
    yield "time", f"{facts.started} to {facts.ended}"
    yield "command", facts.command
    yield "mode", facts.mode
    yield "bonds", facts.bonds
    yield "pool uuid", facts.pool_uuid
    yield "XAPI certificate", facts.tls and f"SHA-256 {facts.tls}"
    yield "exit status", str(facts.exit_status)
    for host in facts.hosts:
        role = ", pool master" if host.master else ""
        key = f", {host.ssh_host_key}" if host.ssh_host_key else ""
        yield host.name, f"{host.version}, {host.address}, uuid {host.uuid}{role}{key}"


def _table(rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield from ("| | |", "|---|---|")
    yield from (f"| {plain(name)} | {plain(text)} |" for name, text in rows if text)


def _hosts(results: Sequence[Result]) -> Iterator[str]:
    yield "| host | " + " | ".join(_COUNTED) + " |"
    yield "|---|" + "---|" * len(_COUNTED)
    for host in dict.fromkeys(result.host for result in results):
        of_host = [result.verdict for result in results if result.host == host]
        counts = (str(of_host.count(each)) for each in _COUNTED)
        yield f"| {plain(host)} | " + " | ".join(counts) + " |"


def _sections(facts: RunFacts, results: Sequence[Result]) -> Iterator[tuple[str, Sequence[str]]]:
    yield "Refused", facts.refused.splitlines()
    yield "Stopped", facts.stopped.splitlines()
    yield "Does not hold", [_told(each) for each in _sorted(results) if each.verdict != "pass"]
    yield "Changed", facts.changed
    yield "Disturbed", facts.disturbed
    yield "Steps", [f"{time} {line}" for time, line in facts.progress]


def _sorted(results: Sequence[Result]) -> Sequence[Result]:
    places = list(CATALOGUE)
    return sorted(results, key=lambda each: (each.host, places.index(each.outcomes[0])))


def _told(result: Result) -> str:
    about = f"{result.host} {result.network}".strip()
    told = f"{result.verdict} {about} {' '.join(result.outcomes)}: {result.claim} {result.message}"
    return f"{told}; waived: {result.waived}" if result.waived else told
