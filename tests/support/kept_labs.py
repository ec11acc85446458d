"""Provisioned labs that many tests share: each strikes one, looks, and gives it back as it was."""

import abc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Self

from pytest_xsbond.claims.stages import Stages
from tests.support import fault_table
from tests.support.judging import Judgement, judge
from tests.support.labs import connected, provision, quiet
from tests.support.memento import Memento
from xsbond.bondfile import TUTORIAL
from xsbond.collect.listen import listen
from xsbond.collect.observe import observe
from xsbond.collect.settle import COUNTING, settled
from xsbond.lab import Lab
from xsbond.lab.blueprint import Blueprint, tutorial
from xsbond.lab.faults import strike
from xsbond.model import BondMode, DesiredBond
from xsbond.snapshot.snapshot import Snapshot

STRUCK = "xs-2"
"""The host that faults strike."""
_PATIENCE = 60.0
_LISTENING = 1.0
"""Seconds, as `fault_table.ARGUMENTS` has it."""


class LentLab(abc.ABC):
    """A lab that tests do something to, one after the other, and that is as before each time."""

    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint, self._open = blueprint, ExitStack()
        self._start()

    def _start(self) -> None:
        self.lab = self._open.enter_context(Lab(self._blueprint))
        self.provision()
        self._memento = Memento(self.lab)

    @abc.abstractmethod
    def provision(self) -> None:
        """Give a new lab what all tests find there."""

    @contextmanager
    def for_a_while(self) -> Iterator[Lab]:
        """Lend the lab; whatever is done to it is undone afterwards."""
        try:
            yield self.lab
        finally:
            if not self._memento.restore():
                self._open.close()
                self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()


class KeptLab(LentLab):
    """A lab with the tutorial's guest bond, and what it looked like when nothing was wrong."""

    def __init__(self, hosts: int, mode: BondMode = BondMode.BALANCE_SLB) -> None:
        self.desired: tuple[DesiredBond, ...] = tuple(replace(b, mode=mode) for b in TUTORIAL)
        self._mode = mode
        super().__init__(tutorial(hosts))

    def provision(self) -> None:
        """Make the guest bond, and look."""
        provision(self.lab, self._mode)
        self.baseline = self.look()

    def look(self, *, listening: float = 0.0, patience: float = _PATIENCE) -> Snapshot:
        """Look at the lab as a run does, once nothing is under way."""
        with connected(self.lab) as connections:
            first = observe(connections)
            seen = settled(connections, first, self.desired, patience, quiet)
            return listen(connections, seen, listening) if listening else seen

    def judged(self) -> Judgement:
        """Judge a look at the lab as it is."""
        return judge(Stages(desired=self.desired, now=self.look()))

    def judged_after(self, fault: str) -> Judgement:
        """Judge the lab, which a fault has struck, by what is wanted and by what it was."""
        return judge(self.stages_after(fault))

    def stages_after(self, fault: str) -> Stages:
        """Look at the lab, which a fault has struck: what is to be judged, and what it was."""
        listens = fault in fault_table.LISTENED_FOR
        # What XAPI will never count is waited for in vain: a run does, some seconds long.
        in_vain = fault in fault_table.UNCOUNTED
        patience = 0.0 if in_vain else _PATIENCE
        now = self.look(listening=_LISTENING * listens, patience=patience)
        if in_vain:
            now = replace(now, raw=replace(now.raw, uncounted=COUNTING))
        return Stages(desired=self.desired, now=now, baseline=self.baseline, listened=listens)


class KeptLabs:
    """A lab of some hosts for each mode that is asked for."""

    def __init__(self, hosts: int) -> None:
        self._hosts, self._open = hosts, ExitStack()
        self._labs: dict[BondMode, KeptLab] = {}

    def of(self, mode: BondMode) -> KeptLab:
        """Return the lab whose guest bond runs in a mode."""
        if mode not in self._labs:
            self._labs[mode] = self._open.enter_context(KeptLab(self._hosts, mode))
        return self._labs[mode]

    @contextmanager
    def struck_by(self, fault: str) -> Iterator[KeptLab]:
        """Lend a lab that a fault has struck."""
        kept = self.of(fault_table.mode_of(fault))
        with kept.for_a_while() as lab:
            strike(lab, f"{fault}@{STRUCK}")
            yield kept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
