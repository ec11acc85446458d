"""`ovs-appctl lacp/show`: what LACP has agreed on, leg by leg (lib/lacp.c). Pure."""

from collections.abc import Iterator, Mapping, Sequence

from xsbond.lab.dom0.bonding import LagPort, attached, falls_back
from xsbond.lab.dom0.ovs.show import Bond, Wording

NOBODY = "00:00:00:00:00:00"
"""The partner of a leg that hears none."""
_PRIORITY, _PORT_PRIORITY, _KEY = 65534, 65535, 1
_WORKS = "aggregation synchronized collecting distributing"


def render_lacp(bond: Bond, heard: Mapping[str, LagPort], wording: Wording) -> str:
    """Return lacp/show of one bond that hears this on its legs."""
    settings, indent = bond.settings, wording.indent
    negotiated = " negotiated" if bond.state.negotiated else ""
    title = f"---- {bond.name} ----" if wording.names_bonds else f"lacp: {bond.name}"
    lines = [
        title,
        f"{indent}status: {settings.lacp}{negotiated}",
        f"{indent}sys_id: {settings.mac}",
        f"{indent}sys_priority: {_PRIORITY}",
        f"{indent}aggregation key: {_key(bond)}",
        f"{indent}lacp_time: {_rate(bond)}",
    ]
    for device in sorted(bond.state.legs):
        lines += _member(bond, device, wording, heard)
    return "".join(f"{line}\n" for line in lines)


def _rate(bond: Bond) -> str:
    return bond.settings.other_config.get("lacp-time", "slow")


def _key(bond: Bond) -> int:
    return int(dict(bond.settings.interface_config).get("lacp-aggregation-key", _KEY))


def _member(
    bond: Bond, device: str, wording: Wording, heard: Mapping[str, LagPort]
) -> Iterator[str]:
    indent, number, port = (
        wording.indent,
        list(bond.state.legs).index(device) + 1,
        heard.get(device),
    )
    lag = attached({leg: heard[leg] for leg in bond.state.legs if leg in heard})
    falls = falls_back(bond.settings) and not lag
    is_attached = device in lag or falls
    status = "current" if port else "defaulted"
    yield from ("", f"{wording.member}: {device}: {status} {'at' if is_attached else 'de'}tached")
    own = {"port_id": number, "port_priority": _PORT_PRIORITY}
    yield from (f"{indent}{key}: {value}" for key, value in own.items())
    if wording.since(1, 5):
        may_enable = falls or (is_attached and port is not None and port.takes_part)
        yield f"{indent}may_enable: {str(may_enable).lower()}"
    sides: Sequence[Mapping[str, object]] = (
        _side(
            "actor",
            bond.settings.mac,
            number,
            _key(bond),
            _own_state(bond, port, is_attached=is_attached),
        ),
        _partner(port, number),
    )
    end = "" if wording.since(1, 5) else " "
    for side in sides:
        yield ""
        yield from (
            f"{indent}{key}: {value}".rstrip() + (end if key.endswith("state") else "")
            for key, value in side.items()
        )


def _own_state(bond: Bond, port: LagPort | None, *, is_attached: bool) -> str:
    """Return the host's own flags (slave_get_actor); a bond that hears nobody carries, too."""
    words = ["activity", *(["timeout"] if _rate(bond) == "fast" else []), "aggregation"]
    words += ["synchronized"] if is_attached else []
    words += ["collecting", "distributing"] if is_attached or not bond.state.negotiated else []
    return " ".join([*words, *([] if port else ["defaulted"])])


def _partner(port: LagPort | None, number: int) -> Mapping[str, object]:
    if port is None:
        silent: dict[str, object] = dict.fromkeys(_side("partner", "", 0, 0, ""), 0)
        return silent | {"partner sys_id": NOBODY, "partner state": ""}
    state = _WORKS if port.takes_part else "aggregation"
    return _side("partner", port.system, number, port.key, f"activity {state}")


def _side(who: str, system: str, port: int, key: int, state: str) -> dict[str, object]:
    return {
        f"{who} sys_id": system,
        f"{who} sys_priority": _PRIORITY,
        f"{who} port_id": port,
        f"{who} port_priority": _PORT_PRIORITY,
        f"{who} key": key,
        f"{who} state": state,
    }
