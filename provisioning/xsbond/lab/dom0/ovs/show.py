"""`ovs-appctl bond/list` and `bond/show`, in the wording of each release of Open vSwitch. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from xsbond.lab.contracts import BondSettings, Nic
from xsbond.lab.dom0.bonding import BondState, Leg, falls_back
from xsbond.lab.profiles import Version

_REBALANCED = ("balance-slb", "balance-tcp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How one range of releases speaks of bonds (ofproto/bond.c, up to 2.3 lib/bond.c)."""

    version: Version

    def since(self, *version: int) -> bool:
        """Tell whether this is the release, or a later one."""
        return self.version >= version

    @property
    def member(self) -> str:
        """Return the word for a leg (NEWS of 2.15)."""
        return "member" if self.since(2, 15) else "slave"

    @property
    def list_columns(self) -> tuple[str, ...]:
        """Return the titles of bond/list."""
        extra = ("recircID",) if self.recirculates else ()
        return ("bond", "type", *extra, f"{self.member}s")

    @property
    def recirculates(self) -> bool:
        """Tell whether balance-tcp may recirculate, so that bonds have an id for it."""
        return self.since(2, 2)

    @property
    def names_bonds(self) -> bool:
        """Tell whether bond/show describes all bonds, so that each needs its name above it."""
        return self.since(1, 5)

    @property
    def indent(self) -> str:
        """Return what stands before a leg's own lines."""
        return "  " if self.since(2, 10) else "\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """A bond as ovs-vswitchd knows it."""

    name: str
    settings: BondSettings
    state: BondState


def render_list(bonds: list[Bond], wording: Wording) -> str:
    """Return bond/list: a heading, then a line a bond, tab separated."""
    lines = ["\t".join(wording.list_columns)]
    for bond in bonds:
        recirculation = (str(bond.state.recirculation),) if wording.recirculates else ()
        members = ", ".join(bond.state.legs)
        lines.append("\t".join((bond.name, bond.settings.bond_mode, *recirculation, members)))
    return "".join(f"{line}\n" for line in lines)


def render_show(bond: Bond, nics: Mapping[str, Nic], wording: Wording, now: float) -> str:
    """Return bond/show for one bond: its settings, then its members, since 1.5 sorted by name."""
    title, end = ([f"---- {bond.name} ----"], [""]) if wording.names_bonds else ([], [])
    lines = [*title, *_settings(bond, wording, now)]
    if wording.since(2, 4):
        active = bond.state.active
        told = f"{nics[active].mac}({active})" if active in nics else "00:00:00:00:00:00(none)"
        lines.append(f"active {wording.member} mac: {told}")
    legs = list(bond.state.legs.items())
    for device, leg in sorted(legs) if wording.names_bonds else legs:
        lines += _member(bond, device, leg, wording, now)
    return "".join(f"{line}\n" for line in [*lines, *end])


def _settings(bond: Bond, wording: Wording, now: float) -> list[str]:
    settings = bond.settings
    interval = _rebalance_interval(bond)
    balances = settings.bond_mode in _REBALANCED and not _fallen_back(bond)
    lines = [f"bond_mode: {settings.bond_mode}", *_hashing(bond, wording)]
    if wording.since(2, 14):
        lines.append("lb_output action: disabled, bond-id: -1")
    if wording.since(3, 0) and balances:
        lines.append("all members active: false")
    lines += [f"updelay: {settings.updelay} ms", f"downdelay: {settings.downdelay} ms"]
    if balances and interval > 0:
        passed = round((now - bond.state.created) * 1000)
        lines.append(f"next rebalance: {interval - passed % interval} ms")
    return [*lines, *_lacp(bond, wording)]


def _hashing(bond: Bond, wording: Wording) -> list[str]:
    mode, lines = bond.settings.bond_mode, []
    # Only balance-tcp recirculates; the id it would use is told in bond/list all the same.
    tcp = mode == "balance-tcp" and not _fallen_back(bond)
    if wording.recirculates:
        recirculation = bond.state.recirculation if tcp else -1
        may = "yes" if tcp else "no"
        lines.append(f"bond may use recirculation: {may}, Recirc-ID : {recirculation}")
    elif not wording.since(1, 6) and mode in _REBALANCED:
        # Without a partner balance-tcp fell back to balance-slb (NEWS of 1.6).
        hashed = "balance-tcp" if tcp and _negotiated(bond) else "balance-slb"
        lines.append(f"bond-hash-algorithm: {hashed}")
    return [*lines, "bond-hash-basis: 0"]


def _rebalance_interval(bond: Bond) -> int:
    return int(bond.settings.other_config.get("bond-rebalance-interval", 10_000))


def _lacp(bond: Bond, wording: Wording) -> list[str]:
    if not wording.since(1, 6):
        return [f"lacp_negotiated: {str(_negotiated(bond)).lower()}"]
    lines = [f"lacp_status: {_lacp_status(bond)}"]
    if wording.since(2, 10):
        fallback = bond.settings.other_config.get("lacp-fallback-ab", "false")
        lines.append(f"lacp_fallback_ab: {fallback}")
    if wording.since(2, 15):
        lines.append("active-backup primary: <none>")
    return lines


def _negotiated(bond: Bond) -> bool:
    return bond.settings.lacp != "off" and bond.state.negotiated


def _fallen_back(bond: Bond) -> bool:
    """Tell whether the bond works as active-backup (ofproto/bond.c, bond_is_falling_back_to_ab)."""
    speaks = bond.settings.lacp != "off" and not bond.state.negotiated
    return speaks and falls_back(bond.settings)


def _lacp_status(bond: Bond) -> str:
    if bond.settings.lacp == "off":
        return "off"
    return "negotiated" if _negotiated(bond) else "configured"


def _member(bond: Bond, device: str, leg: Leg, wording: Wording, now: float) -> list[str]:
    lines = ["", f"{wording.member} {device}: {'enabled' if leg.enabled else 'disabled'}"]
    if device == bond.state.active:
        lines.append(f"{wording.indent}active {wording.member}")
    if leg.expires is not None:
        delay = "downdelay" if leg.enabled else "updelay"
        left = round((leg.expires - now) * 1000)
        lines.append(f"{wording.indent}{delay} expires in {left} ms")
    may_enable = leg.enabled != (leg.expires is not None)
    lines.append(f"{wording.indent}may_enable: {str(may_enable).lower()}")
    return lines
