"""Take one leg down after the other, watch the bond carry on, and set each leg up again.

Whatever happens in between, the leg is set up before anything else is done; where this run cannot
do it any more, the watchman in dom0 does (see `drill`). Never are two legs of a pool down at once.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from xsbond.collect.dom0 import PROBE
from xsbond.collect.observe import Connections, ask_all
from xsbond.errors import PoolError, XsbondError
from xsbond.failover import leg_facts
from xsbond.failover.leg_facts import LegDrill, LegScripts, Loss, Restored
from xsbond.failover.legwork import LegAtWork, Occupied
from xsbond.interrupts import ends_in_order
from xsbond.model import DesiredBond
from xsbond.snapshot import lookup, switch
from xsbond.snapshot.snapshot import Snapshot

Traffic = Callable[[str, DesiredBond], AbstractContextManager[Callable[[], Loss]]]
"""(host name, bond) -> counts the traffic of a guest on it while the context lasts; what it yields
tells what was sent and lost so far."""
Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class FailoverDrill:
    """The drills of one run, one after the other."""

    connections: Connections
    patience: float
    """Seconds to go on trying to set a leg up while its dom0 is out of reach."""
    traffic: Traffic | None = None
    begun: list[LegAtWork] = field(default_factory=list)

    def take_leg(
        self,
        snapshot: Snapshot,
        host: str,
        wanted: DesiredBond,
        leg: str,
        *,
        unfit: Sequence[str],
        say: Say,
    ) -> LegDrill:
        """Take one leg of a wanted bond of a host ref down, and set it up again.

        `unfit` is what speaks against it already. What goes wrong is part of the facts; only what
        is no error, as Ctrl-C or SIGTERM, goes on its way once the leg was set up.
        """
        work = self._prepare(snapshot, host, wanted, leg)
        self.begun.append(work)
        try:
            with ends_in_order():
                self._refuse(snapshot, work, unfit)
                self._drill(snapshot, work, say)
        except XsbondError as error:
            work.trouble = str(error)
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            work.trouble = "interrupted" if interrupted else type(error).__name__
            raise
        return work.facts()

    def facts(self) -> tuple[LegDrill, ...]:
        """Return all drills so far, those that were refused included."""
        return tuple(work.facts() for work in self.begun)

    def disturbed(self) -> tuple[LegDrill, ...]:
        """Return the drills in which a leg was set down, or may have been."""
        return tuple(work.facts() for work in self.begun if work.restored is not Restored.UNTOUCHED)

    def _prepare(self, snapshot: Snapshot, host: str, wanted: DesiredBond, leg: str) -> LegAtWork:
        wanted = lookup.wanted_on(snapshot, host, wanted)
        found = lookup.bond_on(snapshot, host, wanted)
        others = tuple(nic for nic in wanted.nics if nic != leg)
        token = f"{leg}.{secrets.token_hex(4)}"
        return LegAtWork(
            name=snapshot.labels[host],
            wanted=wanted,
            leg=leg,
            bond=found[0] if found else "",
            is_kernel=switch.is_kernel(snapshot, host),
            probe=PROBE[switch.status_probe(snapshot, host)],
            scripts=LegScripts(leg=leg, others=others, token=token),
            dom0=self.connections.dom0(snapshot.hosts[host]),
            api=self.connections.api,
        )

    def _refuse(self, snapshot: Snapshot, work: LegAtWork, unfit: Sequence[str]) -> None:
        """Raise PoolError if anything speaks against taking a leg of this pool down now."""
        reasons = list(unfit)
        if snapshot.pool.ha_enabled:
            reasons.append("high availability is on: a host that is cut off would fence itself")
        reasons += [dom0.unreachable for dom0 in snapshot.raw.dom0.values() if dom0.distrusted]
        before = [each for each in self.begun if each is not work and not each.is_back]
        reasons += [f"{each.leg} of {each.name} is not back" for each in before]
        if reasons:
            raise PoolError(work.name, f"{work.leg} was not taken down", "; ".join(reasons))

    def _drill(self, snapshot: Snapshot, work: LegAtWork, say: Say) -> None:
        work.refuse_unless_whole()
        with self._counting(work):
            try:
                self._go_down(snapshot, work, say)
            except XsbondError:
                # What has ended the drill is told, but where the leg is now is to be known, too.
                with contextlib.suppress(XsbondError):
                    self._come_back(work, say)
                raise
            self._come_back(work, say)

    @contextlib.contextmanager
    def _counting(self, work: LegAtWork) -> Iterator[None]:
        """Count the traffic of guests meanwhile, where somebody can."""
        if self.traffic is None:
            yield
            return
        with self.traffic(work.name, work.wanted) as lost:
            yield
            work.loss = lost()

    def _go_down(self, snapshot: Snapshot, work: LegAtWork, say: Say) -> None:
        """Keep the leg down, and a watchman in dom0, until it is noticed; then set it up."""
        with self._guarded(work) as watchman:
            self._refuse_beside_another(snapshot, work)
            say(f"{work.name}: {work.leg} goes down")
            work.take_down(watchman)
            work.watch_down()

    @contextlib.contextmanager
    def _guarded(self, work: LegAtWork) -> Iterator[int]:
        """Keep a watchman in dom0 meanwhile; whatever ends it, the leg is set up."""
        try:
            yield work.arm()
        except Occupied:
            raise
        except BaseException:
            work.put_back(self.patience)
            raise
        work.put_back(self.patience)

    def _refuse_beside_another(self, snapshot: Snapshot, work: LegAtWork) -> None:
        """Raise PoolError if another run drills on any host of the pool.

        Asked only after the lock of this host is held: of two runs, one sees the other.
        """
        hosts = list(snapshot.hosts.values())
        answers = ask_all(self.connections, hosts, {"drills": leg_facts.WHO_DRILLS})
        if others := [answer.unreachable for answer in answers.values() if answer.distrusted]:
            raise PoolError(work.name, f"{work.leg} was not taken down", "; ".join(others))
        texts = [
            (host.name_label, answers[host.uuid].outputs["drills"].stdout)
            for host in hosts
            if not answers[host.uuid].unreachable
        ]
        if other := leg_facts.drilled_elsewhere(texts, work.scripts.token):
            reason = f"another run has taken down {other}"
            raise PoolError(work.name, f"{work.leg} was not taken down", reason)

    def _come_back(self, work: LegAtWork, say: Say) -> None:
        """Watch a leg that was set up until it is enabled again."""
        if work.restored in {Restored.BY_RUN, Restored.BY_DOM0}:
            say(f"{work.name}: {work.leg} was down for {work.seconds_down:g} s and is set up again")
            work.watch_up()
