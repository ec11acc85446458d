"""What becomes of a bond while one of its legs is down, and how a leg is taken down. Pure.

The leg's interface is set down in its dom0 and set up again; nothing is written to XAPI or to the
switch. Before it goes down, a watchman is started in dom0 that needs neither this run nor SSH: it
sets the leg up again after LONGEST_DOWN seconds, as soon as no other leg has a carrier, or when
its token is taken away. Whoever wants to end a drill by hand removes the directory LOCK.
"""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from shlex import quote

LOCK = "/var/run/xsbond-failover"
"""A directory that exists while a drill is under way on a host; it holds the drill's token."""
LONGEST_DOWN = 120
"""Seconds after which dom0 sets a leg up by itself."""
NOTICING = 60.0
"""Seconds a leg stays down at most to be noticed by the switch and counted by XAPI.

Both take less than 10 s where they work: downdelay 0.2 s, two samples of 5 s each.
"""
RETURNING = 60.0
"""Seconds beyond the updelay that a leg may take to find its link and be enabled and counted."""

OCCUPIED, NOT_ARMED, NOT_TAKEN_DOWN = 17, 18, 19
"""Exit statuses of the scripts below."""
GUARDED = "guarded"
_PATH = "export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin\n"
_IFF_UP = 0x1
"""Of /sys/class/net/NAME/flags (linux/if.h)."""


class Restored(enum.StrEnum):
    """Who set the leg up again."""

    UNTOUCHED = "untouched"
    """It was never set down."""
    BY_RUN = "run"
    BY_DOM0 = "dom0"
    """By the watchman, earlier than the run wanted."""
    REFUSED = "refused"
    """Nobody: dom0 could not set it up."""
    UNSEEN = "unseen"
    """dom0 was out of reach; its watchman was to do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What of a guest's traffic was lost while a leg went down and came back."""

    sent: int
    """Packets."""
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The bond at one moment of a drill."""

    after: float
    """Seconds since the leg was set down, or up again."""
    switch: str
    """`ovs-appctl bond/show`, or the files of /proc/net/bonding."""
    links_up: int
    """Bond.links_up, as XAPI has counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegDrill:
    """What became of taking one leg down; what nobody did has no looks."""

    host: str
    """Name of the host."""
    network: str
    leg: str
    is_kernel: bool = False
    """The switch is the kernel's own bonding."""
    trouble: str = ""
    """Why the drill was refused or came to nothing; empty if it went to its end."""
    seconds_down: float = 0.0
    restored: Restored = Restored.UNTOUCHED
    complaint: str = ""
    """What dom0 said where it could not set the leg up."""
    updelay: float = 0.0
    """Seconds."""
    down: tuple[Look, ...] = ()
    """While the leg was down, whenever something had changed."""
    up: tuple[Look, ...] = ()
    """After it was set up again, whenever something had changed."""
    loss: Loss | None = None
    """Where there are guests whose traffic can be counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegScripts:
    """The scripts that dom0 runs for one leg; `token` is drawn anew for each drill."""

    leg: str
    others: tuple[str, ...]
    """The other legs."""
    token: str

    @property
    def _mine(self) -> str:
        return quote(f"{LOCK}/{self.token}")

    @property
    def _others_live(self) -> str:
        """A command that succeeds while any other leg has a carrier."""
        files = " ".join(quote(f"/sys/class/net/{each}/carrier") for each in self.others)
        return f"cat {files} 2>/dev/null | grep -q 1"

    def _set(self, state: str) -> str:
        return f"ip link set {quote(self.leg)} {state}"

    @property
    def watch(self) -> str:
        """What the watchman runs; the last thing it does is to set the leg up, come what may."""
        return (
            f"n={LONGEST_DOWN}; while [ $n -gt 0 ] && [ -e {self._mine} ] && {self._others_live};"
            f" do sleep 1; n=$((n-1)); done;"
            f" {self._set('up')}; rm {self._mine} && rmdir {LOCK}"
        )

    @property
    def arm(self) -> str:
        """Starts the watchman and prints its process id; only one drill at a time has the lock."""
        return (
            f"{_PATH}mkdir {LOCK} || exit {OCCUPIED}\n"
            f"touch {self._mine} || {{ rmdir {LOCK}; exit {NOT_ARMED}; }}\n"
            f"nohup sh -c {quote(self.watch)} </dev/null >/dev/null 2>&1 &\n"
            "echo $!\n"
        )

    def take_down(self, watchman: int) -> str:
        """Set the leg down if the watchman is there and another leg is alive at this moment.

        Prints the time. Should the watchman end in between, the leg is set up at once: nobody else
        would.
        """
        return (
            f"{_PATH}{{ kill -0 {watchman} && [ -e {self._mine} ] && {self._others_live}; }}"
            f" || exit {NOT_TAKEN_DOWN}\n"
            f"date +%s; {self._set('down')}; r=$?\n"
            f"[ -e {self._mine} ] || {self._set('up')}\n"
            "exit $r\n"
        )

    @property
    def put_back(self) -> str:
        """Set the leg up, dismiss the watchman; print the time, the interface's flags, GUARDED.

        The last of them only if the watchman was still there.

        The watchman stays on guard if the leg cannot be set up. May be run any number of times.
        """
        return (
            f"{_PATH}g=; [ -e {self._mine} ] && g={GUARDED}\n"
            f"{self._set('up')}; r=$?\n"
            f"[ $r = 0 ] && rm -f {self._mine} && rmdir {LOCK} 2>/dev/null\n"
            f"echo $(date +%s) $(cat {quote(f'/sys/class/net/{self.leg}/flags')}) $g\n"
            "exit $r\n"
        )

    @property
    def is_guarded(self) -> str:
        """Prints the token while the drill is under way."""
        return f"ls {self._mine} 2>/dev/null; true"


WHO_DRILLS = f"ls -A {LOCK} 2>/dev/null; true"
"""Prints the token of a drill that is under way on a host, nothing if there is none."""


def is_up(flags: str) -> bool:
    """Tell from /sys/class/net/NAME/flags whether an interface is set up."""
    try:
        return bool(int(flags.strip(), 16) & _IFF_UP)
    except ValueError:
        return False


def others_of(nics: Sequence[str], leg: str) -> tuple[str, ...]:
    """Return the other legs of a bond."""
    return tuple(nic for nic in nics if nic != leg)


def drilled_elsewhere(answers: Collection[tuple[str, str]], own: str) -> str:
    """Return who drills besides the token `own`, out of (host, what WHO_DRILLS printed)."""
    found = [
        f"{token.partition('.')[0]} of {host}"
        for host, text in answers
        for token in text.split()
        if token != own
    ]
    return ", ".join(found)
