"""A plan as a value: text and JSON show the same one. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xsbond.model import Repair
from xsbond.plan.differing.interruptions import interrupts
from xsbond.plan.differing.steps import Change
from xsbond.plan.plan import Plan
from xsbond.plan.refusals import Refusal
from xsbond.plan.steps import AnyStep, RestartAgent

Sign = Literal["+", "~", "-/+"]
VERSION = 1
"""Of the JSON; it changes with the meaning of a key, not with a key that is added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One step of a plan."""

    sign: Sign
    """`+` creates, `~` changes in place, `-/+` destroys and creates anew."""
    host: str
    """Name of the host that it is about."""
    network: str
    """Label of the network; several are joined by a comma."""
    does: str
    """The step in a sentence."""
    commands: tuple[str, ...]
    """What a person would type instead, `HOST# command`."""
    interrupts: str
    """What it interrupts while it is carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPlan:
    """What is between a pool and a bond file."""

    schema: int = VERSION
    pool: str
    hosts: int
    to_create: int
    to_change: int
    to_replace: int
    steps: tuple[PlannedStep, ...]
    """Those with `+` are taken by --xsbond-apply, those with `~` by --xsbond-repair, too; none if
    it would refuse. A host gets all of its steps before the next one."""
    refusals: tuple[Refusal, ...]
    """Why `run` would refuse; it then takes no step at all."""
    notes: tuple[str, ...]
    run: str = "--xsbond-apply"
    """The option of the run that the plan is for."""

    @property
    def counts(self) -> str:
        """Return how many steps there are of each sign, in words."""
        numbers = (self.to_create, self.to_change, self.to_replace)
        words = ("to create", "to change", "to replace")
        return ", ".join(f"{n} {what}" for n, what in zip(numbers, words, strict=True))


def told(  # noqa: PLR0917 - one of each
    plan: Plan,
    pool: str,
    master: str,
    hosts: int,
    notes: tuple[str, ...],
    repair: Repair = Repair.NOTHING,
) -> ToldPlan:
    """Return a plan as it is told; `master` is the host whose dom0 takes the commands of xe."""
    steps = (
        *(_planned("+", master, step) for step in plan.created),
        *(_planned("~", master, step) for step in plan.changes),
        *(_planned("-/+", master, *each) for each in plan.replaced),
    )
    return ToldPlan(
        pool=pool,
        hosts=hosts,
        to_create=len(plan.created),
        to_change=len(plan.changes),
        to_replace=len(plan.replaced),
        steps=steps,
        refusals=plan.refusals,
        notes=notes,
        run="--xsbond-apply" if repair is Repair.NOTHING else "--xsbond-repair",
    )


def lines(plan: ToldPlan) -> Iterator[str]:
    """Yield a plan as text."""
    yield f"plan for {plan.pool} ({plan.hosts} hosts); nothing is changed"
    yield plan.counts
    if plan.refusals:
        yield f"{plan.run} would refuse:"
        yield from (f"  - {refusal}" for refusal in plan.refusals)
    elif not plan.steps:
        yield "nothing to do: every host has every wanted bond"
    for step in plan.steps:
        # A command that must not be typed is not shown.
        if step.sign != "+" or not plan.refusals:
            yield from told_step(step)
    signs = {step.sign for step in plan.steps}
    if "~" in signs and plan.run == "--xsbond-apply":
        yield "note: --xsbond-repair also changes in place (~); --xsbond-apply only creates (+)"
    if "-/+" in signs:
        yield "note: what only a new bond can stand for (-/+) is for you to replace"
    yield from plan.notes


def told_step(step: PlannedStep) -> Iterator[str]:
    """Yield one step as text."""
    yield f"{step.sign:>3} {step.does}"
    yield from (f"      {command}" for command in step.commands)
    yield f"      interrupts {step.interrupts}"


def _planned(sign: Sign, master: str, *steps: AnyStep | Change) -> PlannedStep:
    first = steps[0]
    networks = first.networks if isinstance(first, RestartAgent) else (first.network,)
    return PlannedStep(
        sign=sign,
        host=first.host,
        network=", ".join(networks),
        does="; then ".join(step.does for step in steps),
        commands=tuple(_typed(step, master) for step in steps),
        interrupts=interrupts(first),
    )


def _typed(step: AnyStep | Change, master: str) -> str:
    return step.command if step.command.startswith("ssh ") else f"{master}# {step.command}"
