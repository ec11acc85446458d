"""`ovs-appctl bond/list` and `bond/show`, in the wording of each release of Open vSwitch. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from xsbond.lab.contracts import BondSettings, Nic
from xsbond.lab.dom0.bonding import BondState, Leg

_REBALANCED = ("balance-slb", "balance-tcp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How one range of releases speaks of bonds (ofproto/bond.c, earlier lib/bond.c)."""

    member: str
    list_columns: tuple[str, ...]
    indent: str
    modern: bool
    """Recirculation, active MAC and the like are shown; since 2.2."""
    lb_output: bool
    """The lb_output action and the primary member are shown; since 2.15."""
    all_active: bool
    """Whether all members take broadcasts is shown; since 3.0."""


def wording_of(version: tuple[int, ...]) -> Wording:
    """Return how this release speaks."""
    recirculates, members = version >= (2, 2), version >= (2, 15)
    member = "member" if members else "slave"
    extra = ("recircID",) if recirculates else ()
    return Wording(
        member=member,
        list_columns=("bond", "type", *extra, f"{member}s"),
        indent="  " if recirculates else "\t",
        modern=recirculates,
        lb_output=members,
        all_active=version >= (3, 0),
    )


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
        recirculation = (str(bond.state.recirculation),) if wording.modern else ()
        members = ", ".join(bond.state.legs)
        lines.append("\t".join((bond.name, bond.settings.bond_mode, *recirculation, members)))
    return "".join(f"{line}\n" for line in lines)


def render_show(bond: Bond, nics: Mapping[str, Nic], wording: Wording, now: float) -> str:
    """Return bond/show for one bond: its settings, then its members sorted by name."""
    lines = [f"---- {bond.name} ----", *_settings(bond, wording, now)]
    if wording.modern:
        active = bond.state.active
        told = f"{nics[active].mac}({active})" if active in nics else "00:00:00:00:00:00(none)"
        lines.append(f"active {wording.member} mac: {told}")
    for device, leg in sorted(bond.state.legs.items()):
        lines += _member(bond, device, leg, wording, now)
    return "".join(f"{line}\n" for line in [*lines, ""])


def _settings(bond: Bond, wording: Wording, now: float) -> list[str]:
    settings = bond.settings
    balanced = settings.bond_mode in _REBALANCED
    lines = [f"bond_mode: {settings.bond_mode}"]
    if wording.modern:
        # Only balance-tcp recirculates; the id it would use is told in bond/list all the same.
        tcp = settings.bond_mode == "balance-tcp"
        recirculation = bond.state.recirculation if tcp else -1
        lines.append(f"bond may use recirculation: {_yes(tcp)}, Recirc-ID : {recirculation}")
    lines.append("bond-hash-basis: 0")
    if wording.lb_output:
        lines.append("lb_output action: disabled, bond-id: -1")
    if wording.all_active and balanced:
        lines.append("all members active: false")
    lines += [f"updelay: {settings.updelay} ms", f"downdelay: {settings.downdelay} ms"]
    if balanced:
        lines.append(f"next rebalance: {_next_rebalance(bond, now)} ms")
    lines.append(f"lacp_status: {_lacp_status(bond)}")
    if wording.modern:
        fallback = settings.other_config.get("lacp-fallback-ab", "false")
        lines.append(f"lacp_fallback_ab: {fallback}")
    if wording.lb_output:
        lines.append("active-backup primary: <none>")
    return lines


def _yes(true: bool) -> str:
    return "yes" if true else "no"


def _next_rebalance(bond: Bond, now: float) -> int:
    interval = int(bond.settings.other_config.get("bond-rebalance-interval", 10_000))
    passed = round((now - bond.state.created) * 1000)
    return interval - passed % interval if interval else 0


def _lacp_status(bond: Bond) -> str:
    if bond.settings.lacp == "off":
        return "off"
    negotiated = any(leg.enabled for leg in bond.state.legs.values())
    return "negotiated" if negotiated else "configured"


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
