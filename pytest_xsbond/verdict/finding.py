"""One thing that is not as wanted, told once with all the hosts it holds on."""

from dataclasses import dataclass
from typing import Literal

from pytest_xsbond.advice import Advice

Kind = Literal["FAIL", "ERROR", "warn", "waived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one claim has seen that differs, on the hosts on which it has seen the same."""

    ids: tuple[str, ...]
    claim: str
    hosts: tuple[str, ...]
    seen: str
    """A line for each thing."""
    wanted: str
    """Empty where the claim says it all."""
    is_about_first: bool = False
    """Whether it names the first of the hosts, and is the same about the others but for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A cause with everything that it explains; or one claim that no cause explains."""

    kind: Kind
    cause: str
    """Name of the cause; the claim where there is none."""
    is_explained: bool
    """Whether there is a cause."""
    says: str
    """What has happened, in a sentence."""
    networks: tuple[str, ...]
    """Labels of the networks of the bonds it is about."""
    hosts: tuple[str, ...]
    """All hosts it holds on, in the order of the pool."""
    of: int
    """How many hosts were judged."""
    seen: tuple[Seen, ...]
    """What the claims that tell it have seen, in the order of the catalogue."""
    ids: tuple[str, ...]
    """The outcomes it explains that tell something of their own."""
    following: tuple[str, ...] = ()
    """The outcomes that only follow: they need what one of the others does not find."""
    next: tuple[Advice, ...] = ()
    """What to type, in this order; for the first host where it differs from host to host."""
    next_elsewhere: tuple[str, ...] = ()
    """Hosts on which the same is to be typed with their own names and UUIDs."""
    node_id: str = ""
    """A claim that tells it, as pytest can run it again."""
