"""What GitHub Actions shows of a run: the step's summary, and an annotation for each cause.

docs.github.com, "Workflow commands for GitHub Actions": the summary is what is added to the file
that GITHUB_STEP_SUMMARY names; an annotation is a line on standard output.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from pytest_xsbond.clean import clean_line
from pytest_xsbond.evidence.facts import RunFacts
from pytest_xsbond.evidence.summary_page import told
from pytest_xsbond.verdict.finding import Finding, Kind
from pytest_xsbond.verdict.names import counted
from pytest_xsbond.verdict.page import Page

VARIABLE = "GITHUB_STEP_SUMMARY"
MOST_BYTES = 1024 * 1024
"""A summary that is larger is not shown at all."""
MOST_ANNOTATIONS = 10
"""So many of each level are shown of one step."""
_LEVELS: Mapping[Kind, str] = MappingProxyType(
    {"FAIL": "error", "ERROR": "error", "warn": "warning", "waived": "notice"}
)
_CUT = "\n\n(This summary was cut; the report and the JSON file have everything.)\n"


def annotations(facts: RunFacts, page: Page | None) -> Iterator[str]:
    """Yield the lines that make annotations: what ended the run first, then each cause."""
    shown = dict.fromkeys(_LEVELS.values(), 0)
    for level, title, text in _all(facts, page):
        shown[level] += 1
        if shown[level] <= MOST_ANNOTATIONS:
            yield f"::{level} title={_property(title)}::{_data(text)}"


def step_summary(text: str) -> str:
    """Return a page in Markdown, no larger than a summary may be."""
    room = MOST_BYTES - len(_CUT.encode())
    whole = text.encode()
    return text if len(whole) <= MOST_BYTES else whole[:room].decode(errors="ignore") + _CUT


def _all(facts: RunFacts, page: Page | None) -> Iterator[tuple[str, str, str]]:
    """Yield (level, title, text)."""
    if facts.refused:
        yield "error", "the run did not begin", facts.refused
    if facts.stopped:
        yield "error", "the change stopped half-way", facts.stopped
    for line in page.waivers if page else ():
        yield "error", "waiver", line
    for finding in page.findings if page else ():
        yield _LEVELS[finding.kind], _title(finding), "\n".join(_text(finding))


def _title(finding: Finding) -> str:
    about = f"{', '.join(finding.networks)}: " if finding.networks else ""
    return f"{about}{finding.cause}: {counted(finding.hosts, finding.of)}"


def _text(finding: Finding) -> Sequence[str]:
    following = [f"what follows from it: {' '.join(finding.following)}"]
    todo = ["What to do next:", *map(str, finding.next)] if finding.next else []
    seen = map(told, finding.seen)
    said = [finding.says] if finding.says else []
    return [*said, *seen, *(following if finding.following else []), *todo]


def _data(text: str) -> str:
    """Return text as a workflow command takes it; nothing in it can begin another command."""
    lines = (clean_line(line).replace("%", "%25") for line in text.splitlines())
    return "%0A".join(lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
