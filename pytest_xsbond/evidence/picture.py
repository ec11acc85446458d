"""Where the boxes of a picture and the lines between them stand, from NIC to network. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_xsbond.evidence.topology import Connection, Leg, Row

WIDTH = 652
"""Pixels: a sheet of A4 has room for one picture, a window of 1,400 for two."""
NIC, BOND, BRIDGE, NETWORK = (8, 118), (160, 130), (324, 104), (454, 190)
"""Left edge and width of the boxes of a column, in pixels."""
_STEP, _HEIGHT, _GAP = 32, 26, 12
_LETTER = 6.3
"""Width of a letter of 11 pixels, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box, with a text on its left and a smaller note on its right."""

    x: int
    y: float
    width: int
    kind: str
    """Classes of the style sheet."""
    text: str
    note: str = ""
    title: str
    """The whole text, where the box is too small for it."""
    height: int = _HEIGHT

    @property
    def is_high(self) -> bool:
        """Return whether the note has a line of its own."""
        return self.height > _HEIGHT

    @property
    def shown(self) -> str:
        """Return the text as far as the box has room for it."""
        beside = len(self.note) + 1 if self.note and not self.is_high else 0
        room = int((self.width - 12) / _LETTER) - beside
        return self.text if len(self.text) <= room else f"{self.text[: max(room - 1, 1)]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line between two boxes."""

    x1: int
    y1: float
    x2: int
    y2: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture of one stage."""

    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def drawing(rows: Sequence[Row], hosts: int) -> Drawing:
    """Return where everything stands; `hosts` is how many hosts look like this."""
    boxes: list[Box] = []
    lines: list[Line] = []
    top = 6.0
    for group in _groups(rows):
        height = max(len(group), len(_base(group).connection.legs)) * _STEP
        found = list(_parts(group, top, height, hosts))
        boxes += (part for part in found if isinstance(part, Box))
        lines += (part for part in found if isinstance(part, Line))
        top += height + _GAP
    return Drawing(height=top, boxes=tuple(boxes), lines=tuple(lines))


def _groups(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield the rows that share their NICs: a device and the VLANs on it."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        of = row.connection
        kind = row.state if row.state in {"gone", "missing"} else ""
        groups.setdefault((of.device, kind, "" if of.device else of.network), []).append(row)
    for group in groups.values():
        yield sorted(group, key=lambda row: row.connection.tag)


def _base(group: Sequence[Row]) -> Row:
    """Return the row without a tag, whose NICs all the others use."""
    return group[0]


def _parts(group: Sequence[Row], top: float, height: float, hosts: int) -> Iterator[Box | Line]:
    base = _base(group)
    legs, middle = base.connection.legs, top + height / 2
    nics = _places(len(legs), top, height)
    rows = _places(len(group), top, height)
    for leg, y in zip(legs, nics, strict=True):
        yield _nic(leg, y, base, hosts)
        if base.connection.mode:
            kind = f"leg {_leg_kind(leg)} {base.state}"
            yield Line(x1=sum(NIC), y1=y, x2=BOND[0], y2=middle, kind=kind)
    if base.connection.mode:
        yield _bond(base, middle)
    edge = sum(BOND) if base.connection.mode else sum(NIC)
    for row, y in zip(group, rows, strict=True):
        yield from _upwards(row, y, (edge, middle))


def _places(count: int, top: float, height: float) -> Sequence[float]:
    """Return the middles of so many boxes, one below the other in the middle of a height."""
    first = top + (height - count * _STEP) / 2 + _STEP / 2
    return [first + number * _STEP for number in range(count)]


def _upwards(row: Row, y: float, below: tuple[int, float]) -> Iterator[Box | Line]:
    """Yield bridge and network of a row, and the lines to them."""
    of, kind = row.connection, _kind(row)
    attached = "" if of.attached or row.state == "missing" else "not attached"
    note = "management" if of.management else attached
    title = f"network {of.network}"
    network = _box(NETWORK, y, f"network {kind}", of.network, note=note, title=title)
    if row.state == "missing":
        yield Line(x1=below[0], y1=below[1], x2=NETWORK[0], y2=y, kind=f"up {kind}")
        yield _box(NETWORK, y, f"network {kind}", of.network, note="not there", title=title)
        return
    tag = f"VLAN {of.tag}" if of.tag >= 0 else ""
    bridge = f"bridge {of.bridge}" + (f", {tag}" if tag else "")
    yield Line(x1=below[0], y1=below[1], x2=BRIDGE[0], y2=y, kind=f"up {kind}")
    yield Line(x1=sum(BRIDGE), y1=y, x2=NETWORK[0], y2=y, kind=f"up {kind}")
    yield _box(BRIDGE, y, f"bridge {kind}", of.bridge, note=tag, title=bridge)
    yield network


def _nic(leg: Leg, y: float, row: Row, hosts: int) -> Box:
    link = {True: "has a link", False: "has no link", None: "nobody knows its link"}[leg.link]
    note = _leg_note(leg, hosts)
    told = (note, leg.why or (leg.partner and f"LACP partner: {leg.partner}"))
    said = ", ".join((f"NIC {leg.device}", link, *filter(None, told)))
    colour = {True: "up", False: "down", None: "unknown"}[leg.link]
    return _box(NIC, y, f"nic {colour} {row.state}", leg.device, note=note, title=said)


def _leg_note(leg: Leg, hosts: int) -> str:
    """Return the one thing to be known of a leg: what is amiss, or that it is the active one."""
    if not leg.in_bond:
        return "no leg" if leg.link is not False else "no leg, no link"
    if leg.link is False:
        return "no link"
    if leg.in_switch is False:
        return "not in switch"
    if not leg.enabled:
        return "LACP out" if leg.why else "disabled"
    if not leg.active:
        return ""
    return "active" if len(leg.active) == hosts else f"active: {len(leg.active)}"


def _leg_kind(leg: Leg) -> str:
    if not leg.in_bond or leg.in_switch is False:
        return "lost"
    if leg.link is False or not leg.enabled:
        return "dead"
    return "active" if leg.active else "idle"


def _bond(row: Row, y: float) -> Box:
    of = row.connection
    lacp = {"negotiated": _negotiated(of), "configured": "no LACP partner"}.get(of.lacp, "")
    missing = row.state == "missing"
    mode = ", ".join(filter(None, (of.mode, lacp)))
    return Box(
        x=BOND[0],
        y=y - 19,
        width=BOND[1],
        height=38,
        kind=f"bond {_kind(row)}",
        text="not there" if missing else of.device,
        note=mode,
        title=f"bond {of.device}, {mode}" if not missing else f"bond, {mode}, not there",
    )


def _negotiated(of: Connection) -> str:
    """Return on how many legs LACP has come to an agreement."""
    legs = [leg for leg in of.legs if leg.in_bond]
    agreed = sum(not leg.why for leg in legs)
    return "LACP ok" if agreed == len(legs) else f"LACP {agreed} of {len(legs)}"


def _box(column: tuple[int, int], y: float, kind: str, text: str, *, note: str, title: str) -> Box:
    x, width = column
    return Box(x=x, y=y - 13, width=width, kind=kind, text=text, note=note, title=title)


def _kind(row: Row) -> str:
    return f"{row.state}{' failed' if row.failed else ''}"
