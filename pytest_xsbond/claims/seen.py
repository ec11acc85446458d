"""The raw answers that a claim rests on, kept for the report while it looks around."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from xsbond.errors import NotAsked
from xsbond.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What a look-up did not find; whoever needs it cannot be judged apart from that."""

    stage: str
    """Stage of the snapshot."""
    host: str
    """Ref of the host."""
    network: str
    """Label of the wanted bond's network."""
    what: str
    """`network`, `PIF`, `bond`, `interface xapi1` …: the same for every claim that needs it."""


class Missing(AssertionError):  # noqa: N818 - a verdict on the pool, as pytest's own are
    """The pool lacks what the claim is about."""

    def __init__(self, says: str, of: Absence | None = None) -> None:
        super().__init__(says)
        self.of = of
        """What was looked up; None for what only this claim looks at."""


class Sentences(tuple[str, ...]):
    """What is wrong, a sentence each; none if nothing is.

    What XAPI alone has shown counts, though the dom0 that would tell the rest was not to be asked.
    """

    __slots__ = ()

    def __new__(cls, sentences: Iterable[str] = ()) -> Self:
        """Take sentences one by one; NotAsked only if there was none before."""
        found: list[str] = []
        try:
            for sentence in sentences:
                found.append(sentence)  # noqa: PERF402 - those before an error stay
        except NotAsked:
            if not found:
                raise
        return super().__new__(cls, found)


class Counts(dict[str, int]):
    """How many there are of each thing that is wanted once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was looked at of one host in one snapshot."""

    snapshot: Snapshot
    host: str
    """Ref of the host."""
    texts: dict[str, str] = field(default_factory=dict)
    """Title -> raw answer."""
    keeps: bool = True
    """False for a host that is looked at beside another one: its answers would fill the report."""

    def record(self, kind: str, ref: str) -> bool:
        """Keep a record; True, so that comprehensions may keep what they use."""
        title = f"{kind} {ref}"
        if self.keeps and title not in self.texts:
            record = self.snapshot.raw.records[kind].get(ref)
            self.texts[title] = json.dumps(record, indent=1, sort_keys=True)
        return True

    def comparison(self, answers: Mapping[str, object]) -> None:
        """Keep what each host of the pool has shown."""
        title = "on all hosts"
        lines = [f"{host}: {answer}" for host, answer in answers.items()]
        self.texts[title] = "\n".join([*self.texts.get(title, "").splitlines(), *lines])

    def output(self, name: str) -> None:
        """Keep what the host's dom0 answered to a probe."""
        dom0 = self.snapshot.raw.dom0.get(self.snapshot.hosts[self.host].uuid)
        if self.keeps and dom0 and name in dom0.outputs:
            answer = dom0.outputs[name]
            title = f"{self.snapshot.labels[self.host]}# {answer.command}"
            self.texts[title] = answer.stdout + answer.stderr
