"""Which claims were selected by what is printed: outcomes, hosts, networks; or a clear refusal."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

import pytest

from pytest_xsbond import options
from pytest_xsbond.claims.outcomes import CATALOGUE, Outcome, is_own
from pytest_xsbond.claims.stages import Stages
from xsbond.errors import OptionError
from xsbond.plan.plan import by_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a run is to judge; a field that is None leaves everything in."""

    ids: frozenset[str] | None = None
    """Names of outcomes, or patterns of them."""
    hosts: frozenset[str] | None = None
    networks: frozenset[str] | None = None

    def takes(self, outcomes: Sequence[Outcome], host: str, network: str | None) -> bool:
        """Tell whether a claim is selected; one about a host goes with every network."""
        return (
            (self.ids is None or any(_fits(each.id, self.ids) for each in outcomes))
            and (self.hosts is None or host in self.hosts)
            and (self.networks is None or network is None or network in self.networks)
        )


def choice_of(config: pytest.Config, stages: Stages) -> Choice:
    """Return what the options select; OptionError for what there is not, with the nearest."""
    hosts = [stages.now.labels[ref] for ref in by_name(stages.now)]
    networks = [bond.network for bond in stages.desired]
    return Choice(
        ids=_selected_ids(config),
        hosts=_selected(config, "hosts", hosts, "host of the pool", str.__eq__),
        networks=_selected(config, "networks", networks, "network of a wanted bond", str.__eq__),
    )


def _fits(id_: str, patterns: Collection[str]) -> bool:
    return any(fnmatchcase(id_, pattern) for pattern in patterns)


def _selected_ids(config: pytest.Config) -> frozenset[str] | None:
    """Return what `--xsbond-only` names; which ids of a user's own there are shows later."""
    words = _words(config, "only")
    own = [word for word in words if word.startswith(_OWN)]
    found = _selected(config, "only", (*CATALOGUE, *own), "outcome", fnmatchcase)
    return None if found is None else frozenset(words)


_OWN = "X-"


def refuse_what_selects_nothing(
    config: pytest.Config, choice: Choice, judged: Collection[str]
) -> None:
    """Raise OptionError for an outcome that is asked for and not judged in this run.

    `judged` are the ids that the run can judge on the selected hosts.
    """
    for pattern in _words(config, "only"):
        if any(fnmatchcase(id_, pattern) for id_ in judged):
            continue
        where = " on the selected hosts" if choice.hosts else ""
        reason = f"{pattern} selects nothing{where}: {_why_nothing(pattern, judged)}"
        raise OptionError("--xsbond-only", reason)


def _why_nothing(pattern: str, judged: Collection[str]) -> str:
    if matched := [id_ for id_ in CATALOGUE if fnmatchcase(id_, pattern)]:
        return f"{matched[0]} needs {CATALOGUE[matched[0]].needs.value}"
    own = sorted(filter(is_own, judged))
    there = f"there is {', '.join(own)}" if own else "name the file or folder of your tests"
    return f"no test of this run has such an id; {there}"


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
