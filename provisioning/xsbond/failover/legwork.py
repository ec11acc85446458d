"""One leg of one bond, down and up again: what is asked of its dom0, and what comes of it."""

import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import stamina

from xsbond.collect.dom0 import Dom0
from xsbond.collect.xapi import PoolApi
from xsbond.errors import PoolError, UnexpectedOutput
from xsbond.failover import leg_facts
from xsbond.failover.leg_facts import LegDrill, LegScripts, Look, Loss, Restored
from xsbond.model import DesiredBond, OvsBondStatus
from xsbond.snapshot import parsers, switch

_PAUSE = 0.25
"""Seconds between two looks, unless XAPI has news earlier."""
_LONGEST_UPDELAY = 600.0
"""Seconds; xapi sets 31 (nm.ml). A bond is without its leg for so long, and the drill waits."""
_MOST_INTERRUPTS = 3
"""Ctrl-C is not obeyed while a leg is being set up again, unless it is pressed so often."""
_PROCESS = re.compile(r"\s*\d{1,10}\s*", re.ASCII)
"""A process id, as `echo $!` prints it."""


class Occupied(PoolError):  # noqa: N818 - a state of the host
    """Another drill holds the lock of this host: it is not for this run to end it."""


def status_of(text: str, wanted: DesiredBond, *, is_kernel: bool) -> OvsBondStatus:
    """Return the bond of exactly the wanted NICs; UnexpectedOutput if the switch has none."""
    for status in switch.read_statuses(text, is_kernel=is_kernel):
        if {member.name for member in status.members} == set(wanted.nics):
            return status
    raise UnexpectedOutput("the switch", text, f"it has no bond of {'+'.join(wanted.nics)}")


def _clock(printed: str) -> float:
    """Return what `date +%s` printed, seconds since the epoch; UnexpectedOutput if it is none."""
    return float(parsers.parse_clock(printed.strip() + "\n"))


def enabled(status: OvsBondStatus) -> frozenset[str]:
    """Return the members that carry traffic."""
    return frozenset(member.name for member in status.members if member.enabled)


@dataclass(slots=True, kw_only=True)
class LegAtWork:
    """One drill while it is under way."""

    name: str
    """Of the host."""
    wanted: DesiredBond
    leg: str
    bond: str
    """Ref of the Bond."""
    is_kernel: bool
    probe: str
    """The command that tells how the switch's bonds are."""
    scripts: LegScripts
    dom0: Dom0
    api: PoolApi
    trouble: str = ""
    complaint: str = ""
    restored: Restored = Restored.UNTOUCHED
    seconds_down: float = 0.0
    updelay: float = 0.0
    loss: Loss | None = None
    down: list[Look] = field(default_factory=list)
    up: list[Look] = field(default_factory=list)
    _since: tuple[float, float] = (0.0, 0.0)
    """When the leg was set down, or up again: by this machine's clock, and by dom0's."""

    def facts(self) -> LegDrill:
        """Return what is to be judged."""
        return LegDrill(
            host=self.name,
            network=self.wanted.network,
            leg=self.leg,
            is_kernel=self.is_kernel,
            trouble=self.trouble,
            complaint=self.complaint,
            restored=self.restored,
            seconds_down=self.seconds_down,
            updelay=self.updelay,
            down=tuple(self.down),
            up=tuple(self.up),
            loss=self.loss,
        )

    @property
    def is_back(self) -> bool:
        """Tell whether the leg is as it was: untouched, or seen enabled again."""
        if self.restored is Restored.UNTOUCHED:
            return True
        return bool(self.up) and self.leg in enabled(self._status(self.up[-1]))

    # --- looking ---

    def _status(self, look: Look) -> OvsBondStatus:
        return status_of(look.switch, self.wanted, is_kernel=self.is_kernel)

    def refuse_unless_whole(self) -> None:
        """Raise PoolError unless every leg is enabled at this moment."""
        look, _ = self._look()
        status = self._status(look)
        self.updelay = status.updelay / 1000
        if self.updelay > _LONGEST_UPDELAY:
            reason = f"{self.leg} would be back after its updelay of {self.updelay:g} s only"
            raise PoolError(self.name, "not drilled", reason)
        if missing := sorted(set(self.wanted.nics) - enabled(status)):
            reason = f"{', '.join(missing)} is not enabled, so {self.leg} may be the last live leg"
            raise PoolError(self.name, "not drilled", reason)

    def watch_down(self) -> None:
        """Look until the switch has disabled the leg and XAPI has counted, or time is over.

        A bond that loses another leg, too, has been disturbed for long enough.
        """
        self._watch(self.down, leg_facts.NOTICING, self._is_noticed, guarded=True)

    def watch_up(self) -> None:
        """Look until all legs are enabled and counted, or time is over."""
        self._watch(self.up, self.updelay + leg_facts.RETURNING, self._is_whole, guarded=False)

    def _watch(
        self, looks: list[Look], limit: float, over: Callable[[Look], bool], *, guarded: bool
    ) -> None:
        """Keep what has changed, and the last look; ends early if dom0 has ended the drill."""
        token = self.api.changed(("bond",), "", 0.0)
        while True:
            look, is_guarded = self._look()
            if len(looks) > 1 and all(self._same(look, before) for before in looks[-2:]):
                looks.pop()
            looks.append(look)
            if over(look) or look.after >= limit or (guarded and not is_guarded):
                return
            token = self.api.changed(("bond",), token, _PAUSE)

    def _same(self, one: Look, other: Look) -> bool:
        return (one.links_up, self._status(one)) == (other.links_up, self._status(other))

    def _is_noticed(self, look: Look) -> bool:
        live = enabled(self._status(look))
        counted = self.leg not in live and look.links_up == len(live)
        return counted or not set(self.wanted.nics) - {self.leg} <= live

    def _is_whole(self, look: Look) -> bool:
        return enabled(self._status(look)) == set(self.wanted.nics) and look.links_up == len(
            self.wanted.nics
        )

    def _look(self) -> tuple[Look, bool]:
        """Return the bond as it is, and whether the watchman is on guard."""
        asked = {"clock": "date +%s", "switch": self.probe, "token": self.scripts.is_guarded}
        answers = self.dom0.run_all(asked)
        for answer in answers.values():
            if answer.trouble:
                raise PoolError(self.name, answer.command, answer.trouble)
        if answers["switch"].exit:
            said = answers["switch"].stderr
            raise UnexpectedOutput(f"{self.name}: {self.probe}", said, "the switch does not answer")
        look = Look(
            after=self._passed(answers["clock"].stdout),
            switch=answers["switch"].stdout,
            links_up=int(self.api.read("Bond.get_links_up", self.bond)),
        )
        return look, bool(answers["token"].stdout.strip())

    def _passed(self, clock: str) -> float:
        """Return the seconds since the leg was set down or up, by the clock that ran faster.

        The two are the same but for jumps, and in a lab, whose seconds are shorter.
        """
        here, there = self._since
        return round(max(time.monotonic() - here, _clock(clock) - there), 1)

    # --- changing ---

    def arm(self) -> int:
        """Start the watchman and return its process id."""
        answer = self.dom0.run(self.scripts.arm)
        if answer.exit == leg_facts.OCCUPIED:
            reason = f"{leg_facts.LOCK} is there: a drill is under way, or was ended by force"
            raise Occupied(self.name, "not drilled", reason)
        if answer.exit or not _PROCESS.fullmatch(answer.stdout):
            raise PoolError(self.name, "not drilled", f"no watchman: {answer.stderr.strip()}")
        return int(answer.stdout)

    def take_down(self, watchman: int) -> None:
        """Set the leg down."""
        # From here on nobody knows, until it is seen up again.
        self.restored, self._since = Restored.UNSEEN, (time.monotonic(), float("inf"))
        answer = self.dom0.run(self.scripts.take_down(watchman))
        if answer.exit == leg_facts.NOT_TAKEN_DOWN:
            self.restored = Restored.UNTOUCHED
            reason = "no other leg has a carrier any more, or the watchman is gone"
            raise PoolError(self.name, "not drilled", reason)
        if answer.exit:
            said = answer.stderr.strip() or f"exit {answer.exit}"
            raise PoolError(self.name, f"ip link set {self.leg} down", said)
        self._since = self._since[0], _clock(answer.stdout)

    def put_back(self, patience: float) -> None:
        """Set the leg up, trying for so many seconds while dom0 is out of reach; never raises.

        Who presses Ctrl-C meanwhile is heard only after the third time.
        """
        ends = time.monotonic() + patience
        for _ in range(_MOST_INTERRUPTS):
            try:
                self._try_to_put_back(max(0.1, ends - time.monotonic()))
            except KeyboardInterrupt:
                continue
            except PoolError as error:
                self.complaint = str(error)
                self.seconds_down = round(time.monotonic() - self._since[0], 1)
            return

    def _try_to_put_back(self, seconds: float) -> None:
        for attempt in stamina.retry_context(
            on=PoolError, attempts=None, timeout=seconds, wait_initial=0.2, wait_max=5.0
        ):
            with attempt:
                try:
                    answer = self.dom0.run(self.scripts.put_back)
                except PoolError:
                    # What is left of the connection would only fail again.
                    self.dom0.close()
                    raise
                self._judge_return(answer.exit, answer.stdout.split(), answer.stderr.strip())

    def _judge_return(self, status: int, words: list[str], complaint: str) -> None:
        """Take note of what `put_back` printed: time, flags, and whether the watchman was there."""
        if self.restored is Restored.UNTOUCHED:
            return
        clock, flags, guarded = (*words, "", "", "")[:3]
        with contextlib.suppress(UnexpectedOutput):
            self.seconds_down = self._passed(clock)
            self._since = time.monotonic(), _clock(clock)
        if status or not leg_facts.is_up(flags):
            self.restored, self.complaint = Restored.REFUSED, complaint or f"its flags are {flags}"
        else:
            self.restored = Restored.BY_RUN if guarded else Restored.BY_DOM0
