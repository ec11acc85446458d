"""One thing of a host, as a name and facts, so that two looks at it can be compared. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from xsbond.model import Pif
from xsbond.snapshot import lookup
from xsbond.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value, as text; what was looked for and is not there equals nothing, not even itself."""

    text: str
    key: str = ""
    """The uuid of what the text names; things with the same uuid are the same under any name."""
    known: bool = True
    is_detail: bool = False
    """Whether it is left out where the whole thing is told."""

    def equals(self, other: "Fact | None") -> bool:
        """Tell whether both are known and the same."""
        if other is None or not (self.known and other.known):
            return False
        return self.text == other.text or (bool(self.key) and self.key == other.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing, such as a NIC."""

    name: str
    """What people call it; not always unique."""
    facts: Mapping[str, Fact]
    uuid: str = ""
    """XAPI's, which lasts longer than a name; empty for what only dom0 knows."""
    rests_on: tuple[tuple[str, str], ...] = ()
    """(XAPI class, ref) of the records read."""
    needs: str = ""
    """The probe without which nobody could know of it; empty for what every release has asked."""
    is_transient: bool = False
    """Whether it comes and goes with the guests."""


Items = Callable[[Snapshot, str], Iterable[Item]]
"""Reads the things of a host ref; raises XsbondError if its dom0 could not be asked."""


def text(value: object) -> Fact:
    """Return a value as it is shown."""
    return Fact(text=str(value))


def flag(value: bool) -> Fact:
    """Return yes or no."""
    return Fact(text="yes" if value else "no")


def lost(what: str) -> Fact:
    """Return that something is not there which ought to be."""
    return Fact(text=f"({what} is missing)", known=False)


def joined(devices: Iterable[str]) -> Fact:
    """Return devices as a bond file's reader knows them, in order."""
    return Fact(text="+".join(sorted(devices)) or "none")


def settings(other_config: Mapping[str, str]) -> Mapping[str, Fact]:
    """Return each key of an other_config as a fact of its own."""
    return {f"other_config:{key}": text(value) for key, value in other_config.items()}


def network_of(snapshot: Snapshot, pif: Pif) -> Fact:
    """Return the network that a PIF is on."""
    record = snapshot.networks.get(pif.network)
    if record is None:
        return lost("network")
    return Fact(text=f"{record.name_label} ({record.bridge})", key=record.uuid)


def pif_name(pif: Pif) -> str:
    """Return what a PIF is called."""
    return f"PIF {pif.device}" if pif.VLAN == lookup.UNTAGGED else f"PIF {pif.device}.{pif.VLAN}"
