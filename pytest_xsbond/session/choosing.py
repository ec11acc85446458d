"""Which claims were selected by what is printed: outcomes, hosts, networks; or a clear refusal."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

import pytest

from pytest_xsbond import options
from pytest_xsbond.claims.outcomes import CATALOGUE, Outcome
from pytest_xsbond.claims.stages import Stages
from xsbond.errors import OptionError
from xsbond.plan.plan import by_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a run is to judge; a field that is None leaves everything in."""

    ids: frozenset[str] | None = None
    hosts: frozenset[str] | None = None
    networks: frozenset[str] | None = None

    def takes(self, outcomes: Sequence[Outcome], host: str, network: str | None) -> bool:
        """Tell whether a claim is selected; one about a host goes with every network."""
        return (
            (self.ids is None or any(each.id in self.ids for each in outcomes))
            and (self.hosts is None or host in self.hosts)
            and (self.networks is None or network is None or network in self.networks)
        )


def choice_of(config: pytest.Config, stages: Stages) -> Choice:
    """Return what the options select; OptionError for what there is not, with the nearest."""
    hosts = [stages.now.labels[ref] for ref in by_name(stages.now)]
    networks = [bond.network for bond in stages.desired]
    return Choice(
        ids=_selected(config, "only", tuple(CATALOGUE), "outcome", fnmatchcase),
        hosts=_selected(config, "hosts", hosts, "host of the pool", str.__eq__),
        networks=_selected(config, "networks", networks, "network of a wanted bond", str.__eq__),
    )


def refuse_what_selects_nothing(
    config: pytest.Config, choice: Choice, judged: Collection[str]
) -> None:
    """Raise OptionError for an outcome that is asked for and not judged in this run.

    `judged` are the ids that the run can judge on the selected hosts.
    """
    for pattern in _words(config, "only"):
        matched = [id_ for id_ in CATALOGUE if fnmatchcase(id_, pattern)]
        if matched and not set(matched) & set(judged):
            need = CATALOGUE[matched[0]].needs.value
            where = " on the selected hosts" if choice.hosts else ""
            reason = f"{pattern} selects nothing{where}: {matched[0]} needs {need}"
            raise OptionError("--xsbond-only", reason)


def _words(config: pytest.Config, name: str) -> list[str]:
    return [word.strip() for word in options.value(config, name).split(",") if word.strip()]


def _selected(
    config: pytest.Config,
    name: str,
    known: Sequence[str],
    what: str,
    fits: Callable[[str, str], bool],
) -> frozenset[str] | None:
    if not options.is_given(config, name):
        return None
    found: set[str] = set()
    for word in _words(config, name):
        if not (matched := {each for each in known if fits(each, word)}):
            raise OptionError(
                f"--xsbond-{name}", f"there is no {what} {word!r}; {_hint(word, known)}"
            )
        found |= matched
    if not found:
        raise OptionError(f"--xsbond-{name}", "names nothing; write names with commas between them")
    return frozenset(found)


def _hint(word: str, known: Sequence[str]) -> str:
    lower = {each.lower(): each for each in known}
    near = get_close_matches(word.strip("*?").lower(), lower, n=1, cutoff=0.5)
    if near:
        return f"is it {lower[near[0]]}?"
    return f"there is {', '.join(known)}" if len(known) <= 8 else "--xsbond-list prints them"  # noqa: PLR2004
