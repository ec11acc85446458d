"""`ovs-appctl lacp/show`: what LACP has agreed on, leg by leg (lib/lacp.c). Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from xsbond.lab.dom0.bonding import falls_back
from xsbond.lab.dom0.ovs.show import Bond, Wording

NOBODY, PARTNER = "00:00:00:00:00:00", "02:00:00:00:00:01"
"""The partner of a leg that hears none, and the one switch that all legs are plugged into."""
_PRIORITY, _PORT_PRIORITY, _KEY = 65534, 65535, 1
_WORKS = "aggregation synchronized collecting distributing"


def render_lacp(bond: Bond, answered: Collection[str], wording: Wording) -> str:
    """Return lacp/show of one bond whose switch answers on the legs `answered`."""
    settings, indent = bond.settings, wording.indent
    negotiated = " negotiated" if bond.state.negotiated else ""
    lines = [
        f"---- {bond.name} ----",
        f"{indent}status: {settings.lacp}{negotiated}",
        f"{indent}sys_id: {settings.mac}",
        f"{indent}sys_priority: {_PRIORITY}",
        f"{indent}aggregation key: {_KEY}",
        f"{indent}lacp_time: {settings.other_config.get('lacp-time', 'slow')}",
    ]
    for device in sorted(bond.state.legs):
        lines += _member(bond, device, wording, heard=device in answered)
    return "".join(f"{line}\n" for line in lines)


def _member(bond: Bond, device: str, wording: Wording, *, heard: bool) -> Iterator[str]:
    indent, number = wording.indent, list(bond.state.legs).index(device) + 1
    attached = heard or not bond.state.negotiated
    may_enable = heard or (attached and falls_back(bond.settings))
    status = "current" if heard else "defaulted"
    yield from ("", f"{wording.member}: {device}: {status} {'at' if attached else 'de'}tached")
    own = {"port_id": number, "port_priority": _PORT_PRIORITY}
    yield from (f"{indent}{key}: {value}" for key, value in own.items())
    yield f"{indent}may_enable: {str(may_enable).lower()}"
    state = f"activity {_WORKS if attached else 'aggregation'}{'' if heard else ' defaulted'}"
    sides: Sequence[Mapping[str, object]] = (
        _side("actor", bond.settings.mac, number, state),
        _side("partner", PARTNER, number, f"activity {_WORKS}")
        if heard
        else dict.fromkeys(_side("partner", "", 0, ""), 0)
        | {"partner sys_id": NOBODY, "partner state": ""},
    )
    for side in sides:
        yield ""
        yield from (f"{indent}{key}: {value}".rstrip() for key, value in side.items())


def _side(who: str, system: str, port: int, state: str) -> dict[str, object]:
    return {
        f"{who} sys_id": system,
        f"{who} sys_priority": _PRIORITY,
        f"{who} port_id": port,
        f"{who} port_priority": _PORT_PRIORITY,
        f"{who} key": _KEY,
        f"{who} state": state,
    }
