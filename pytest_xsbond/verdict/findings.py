"""From results to findings: a cause for every claim that does not hold, each cause once. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pytest_xsbond.advice import Advice, advice
from pytest_xsbond.causes.grouping import at_work
from pytest_xsbond.claims.results import BAD, Result
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.verdict.finding import Finding, Kind, Seen
from pytest_xsbond.verdict.matrix import in_order

_LAST = 1000
"""Place of what no cause explains: after all causes of the table."""
_KINDS: tuple[Kind, ...] = ("FAIL", "ERROR", "warn", "waived")


@dataclass(slots=True, kw_only=True)
class _Told:
    """One cause at work about one bond on one host."""

    cause: str
    says: str
    network: str
    host: str
    next: tuple[Advice, ...]
    place: int
    """Where the cause stands in the table; after it what no cause explains."""
    results: list[Result] = field(default_factory=list)
    following: list[Result] = field(default_factory=list)


def findings(
    stages: Stages, hosts: Sequence[str], results: Sequence[Result]
) -> tuple[Finding, ...]:
    """Return what is not as wanted: what fails first, then what nobody could look at."""
    told = list(_told(stages, results))
    _attach(told, [each for each in results if each.mark == "·"])
    alike: dict[tuple[object, ...], list[_Told]] = {}
    for each in told:
        key = (_kind(each.results), each.cause, each.says, each.network)
        alike.setdefault(key, []).append(each)
    judged = {result.host for result in results}
    places = {host: place for place, host in enumerate(hosts)}
    found = [
        (each[0].place, _finding(sorted(each, key=lambda one: places[one.host]), len(judged)))
        for each in alike.values()
    ]
    ordered = sorted(found, key=lambda each: (_KINDS.index(each[1].kind), each[0]))
    return tuple(_over_networks([finding for _, finding in ordered]))


def _told(stages: Stages, results: Sequence[Result]) -> Iterator[_Told]:
    """Yield the causes of what does not hold, host by host; what has none as itself."""
    for (host, network), failures in _by_subject(results).items():
        left = [each for each in failures if each.mark != "·"]
        for place, cause, view in at_work(stages, host, network) if left else ():
            if not any(each.verdict in BAD for each in left):
                break
            mine = [each for each in left if set(each.outcomes) & cause.explained(view)]
            # What only warns, or is waived, comes with the failures of its cause, or as itself.
            if not any(each.verdict in BAD for each in mine):
                continue
            mine = [each for each in mine if each.verdict != "waived"]
            left = [each for each in left if each not in mine]
            yield _Told(
                cause=cause.name,
                says=cause.says,
                network=network,
                host=host,
                next=advice(cause.commands(view), stages.typed),
                place=place,
                results=mine,
            )
        yield from (_alone(each, host, network) for each in left)


def _alone(result: Result, host: str, network: str) -> _Told:
    return _Told(
        cause=result.claim.rstrip("."),
        says=f"waived: {result.waived}" if result.waived else "",
        network=network,
        host=host,
        next=(),
        place=_LAST,
        results=[result],
    )


def _by_subject(results: Sequence[Result]) -> Mapping[tuple[str, str], list[Result]]:
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if result.verdict in {*BAD, "warn", "waived"}:
            found.setdefault((result.host, result.network), []).append(result)
    return found


def _attach(told: Sequence[_Told], following: Sequence[Result]) -> None:
    """Put each claim that follows to the cause that explains what it follows from."""
    by_root = {(name(each), each.host, each.network): one for one in told for each in one.results}
    for result in following:
        root = result.follows
        if root and (one := by_root.get((root.test, root.host, root.network))):
            one.following.append(result)


def name(result: Result) -> str:
    """Return the name of the test."""
    return result.test.rpartition("::")[2]


def _kind(results: Sequence[Result]) -> Kind:
    verdicts = {result.verdict for result in results}
    return next(kind for kind in _KINDS if kind in verdicts)


def _finding(told: Sequence[_Told], judged: int) -> Finding:
    first, own = told[0], [result for each in told for result in each.results]
    following = [id_ for each in told for result in each.following for id_ in result.outcomes]
    ids = in_order([id_ for result in own for id_ in result.outcomes])
    return Finding(
        kind=_kind(own),
        cause=first.cause,
        is_explained=first.place != _LAST,
        says=first.says,
        networks=(first.network,) if first.network else (),
        hosts=tuple(dict.fromkeys(each.host for each in told)),
        of=judged,
        seen=tuple(seen_alike(own)),
        ids=ids,
        following=tuple(id_ for id_ in in_order(following) if id_ not in ids),
        next=first.next,
        next_elsewhere=tuple(each.host for each in told[1:] if each.next != first.next),
        node_id=own[0].node_id,
    )


def seen_alike(results: Sequence[Result]) -> Iterator[Seen]:
    """Yield what was seen, claims that have seen the same on several hosts once."""
    alike: dict[tuple[str, str], list[Result]] = {}
    lines: dict[tuple[str, str], str] = {}
    for result in results:
        for line in result.drift or (result.seen or result.message,):
            anybody = _without_name(line, result.host), _without_name(result.wanted, result.host)
            alike.setdefault(anybody, []).append(result)
            lines.setdefault(anybody, line)
    found = [
        Seen(
            ids=in_order([id_ for each in same for id_ in each.outcomes]),
            claim=same[0].claim,
            hosts=tuple(dict.fromkeys(each.host for each in same)),
            seen=lines[key],
            wanted=same[0].wanted,
            is_about_first=lines[key] != key[0],
        )
        for key, same in alike.items()
    ]
    order = in_order([each.ids[0] for each in found])
    yield from sorted(found, key=lambda each: order.index(each.ids[0]))


def _without_name(text: str, host: str) -> str:
    """Return a text without the host's own name, so that hosts can be held against each other."""
    return re.sub(rf"(?<![\w-]){re.escape(host)}(?![\w-])", "HOST", text)


def _over_networks(told: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings, with one that is the same about several bonds of the same hosts once."""
    merged: dict[tuple[object, ...], Finding] = {}
    for each in told:
        key = (each.kind, each.cause, each.says, each.hosts, each.next) if each.next else (each,)
        if (same := merged.get(key)) is None:
            merged[key] = each
            continue
        merged[key] = replace(
            same,
            networks=tuple(dict.fromkeys((*same.networks, *each.networks))),
            seen=tuple(dict.fromkeys((*same.seen, *each.seen))),
            ids=in_order([*same.ids, *each.ids]),
            following=in_order([*same.following, *each.following]),
        )
    yield from merged.values()
