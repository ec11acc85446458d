"""Which option means something in which run; what means nothing is refused, not ignored.

Only the command line is held against the table: the environment and the ini file hold defaults of
many runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from pytest_xsbond import options
from pytest_xsbond.option_table import OPTIONS

LAB, OVS_LAB = "lab", "lab:ovs"
LABS = frozenset({LAB, OVS_LAB})
"""The words that stand for an embedded pool: simulated, or on real Open vSwitch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The runs in which an option means something."""

    words: str
    """The same, for the person who gave it elsewhere."""
    runs: frozenset[str]
    """Each what the run is about, and what it does: `pool verify`, `lab apply`, `replay plan`."""


_LIVE = frozenset({"pool verify", "pool apply", "lab apply"})
_JUDGING = _LIVE | {"replay verify"}
_REPLAYS = frozenset({"replay verify", "replay plan", "replay describe"})
_PLANS = frozenset({"pool plan", "lab plan", "replay plan"})
_DESCRIBING = frozenset({"pool describe", "lab describe", "replay describe"})

EVERYWHERE = Where(words="a run on a pool", runs=_JUDGING | _PLANS | {"pool undo"})
_LOOKING = Where(words="a run that looks at a pool and judges it", runs=_LIVE)
_VERDICTS = Where(words="a run that judges", runs=_JUDGING)
_PLANNING = Where(words="a run with --xsbond-plan", runs=_PLANS | {"pool undo"})
_OWN_POOL = Where(
    words="a run on a pool of your own (--pool=ADDRESS)",
    runs=frozenset(f"pool {mode}" for mode in ("verify", "plan", "apply", "undo", "describe")),
)
_A_LAB = Where(
    words=f"a run on a lab (--pool={LAB} or --pool={OVS_LAB})",
    runs=frozenset({"lab plan", "lab apply", "lab describe"}),
)
_CHANGING = Where(
    words="a run with --xsbond-apply or --xsbond-undo",
    runs=frozenset({"pool apply", "pool undo", "lab apply"}),
)

WHERE: Mapping[str, Where] = MappingProxyType(
    {
        "plan": _PLANNING,
        "detailed-exitcode": _PLANNING,
        "apply": Where(words="a run on a pool", runs=frozenset({"pool apply", "lab apply"})),
        "repair": Where(
            words="a run on a pool, that judges or plans",
            runs=frozenset({"pool apply", "lab apply"}) | _PLANS,
        ),
        "yes": Where(
            words="a run with --xsbond-repair", runs=frozenset({"pool apply", "lab apply"})
        ),
        "inherit": Where(
            words="a run that plans or changes a pool, or looks at one",
            runs=_LIVE | _PLANS,
        ),
        "undo": _OWN_POOL,
        "joiner": Where(
            words="a run on a pool of your own that only looks",
            runs=frozenset({"pool verify"}),
        ),
        "fleet": Where(words="a run without --pool", runs=frozenset()),
        "pools-at-once": Where(words="a run on several pools", runs=frozenset()),
        "journal": _CHANGING,
        "break-lock": Where(
            words="a run with --xsbond-plan, --xsbond-apply or --xsbond-undo on a pool of your own",
            runs=frozenset({"pool plan", "pool apply", "pool undo"}),
        ),
        "dom0": Where(
            words="a run on a pool of your own that does not undo",
            runs=frozenset(f"pool {mode}" for mode in ("verify", "plan", "apply", "describe")),
        ),
        "bonds": EVERYWHERE,
        "write-bonds": Where(
            words="a run that only looks (no --xsbond-plan, --xsbond-apply or --xsbond-undo)",
            runs=_DESCRIBING,
        ),
        "only": _VERDICTS,
        "hosts": _VERDICTS,
        "networks": _VERDICTS,
        "matrix": _VERDICTS,
        "list": EVERYWHERE,
        "wait": Where(
            words="a run that looks at a pool and judges or changes it", runs=_LIVE | {"pool undo"}
        ),
        "listen": _LOOKING,
        "failover": _LOOKING,
        "save-baseline": _VERDICTS,
        "baseline": _VERDICTS,
        "waivers": _VERDICTS,
        "replay": Where(words="a run without --pool", runs=_REPLAYS),
        "judge-altered": Where(words="a run with --xsbond-replay", runs=_REPLAYS),
        "save": _LOOKING,
        "evidence": _VERDICTS,
        "sign-key": _VERDICTS,
        "json": Where(
            words="a run that judges, or plans without --xsbond-undo", runs=_JUDGING | _PLANS
        ),
        "change": Where(words="a run that judges or changes", runs=_JUDGING | {"pool undo"}),
        "password-file": _OWN_POOL,
        "tls-fingerprint": _OWN_POOL,
        "ca-file": _OWN_POOL,
        "insecure": _OWN_POOL,
        "ssh-config": _OWN_POOL,
        "ssh-identity-file": _OWN_POOL,
        "lab-hosts": _A_LAB,
        "lab-profile": _A_LAB,
        "lab-fault": Where(
            words="a run that provisions a lab (--pool=lab or --pool=lab:ovs, no --xsbond-plan)",
            runs=frozenset({"lab apply"}),
        ),
    }
)
"""Option -> where it means something; one that is not here means something everywhere."""


def given(config: pytest.Config) -> tuple[str, ...]:
    """Return the names of our options that were typed, in the order of the table."""
    names = (option.name for option in OPTIONS)
    return tuple(name for name in names if options.is_on_command_line(config, name))


def complaint(names: Iterable[str], run: str) -> tuple[str, str] | None:
    """Return what was typed for nothing, and why; None if all of it means something in a run.

    `run` is one of the texts of `Where.runs`. Options with one reason are told together.
    """
    idle: dict[str, list[str]] = {}
    for name in names:
        where = WHERE.get(name, EVERYWHERE)
        if run not in where.runs:
            idle.setdefault(where.words, []).append(f"--xsbond-{name}")
    if not idle:
        return None
    (words, first), *others = idle.items()
    said = [f"{_counts(first)} only in {words}"]
    said += [f"{', '.join(each)}: {_counts(each)} only in {why}" for why, each in others]
    return ", ".join(first), "; ".join([*said, "leave out what does not count here"])


def _counts(names: list[str]) -> str:
    return "counts" if len(names) == 1 else "count"
