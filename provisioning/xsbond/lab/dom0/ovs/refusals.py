"""What ovs-vsctl answers when xcp-networkd asks for a bond that is there already, but other. Pure.

The command line is the one networkd runs (network_utils.ml, Ovs.create_bond), the words are those
of ovs-vsctl's add-bond; both are as recorded from a real pool.
"""

from collections.abc import Sequence

from xsbond.lab.contracts import BondSettings, ScriptError
from xsbond.lab.dom0.state import Port

_PROGRAM, _TIMEOUT = "/usr/bin/ovs-vsctl", "--timeout=20"


def other_bond(
    bridge: str, name: str, devices: Sequence[str], settings: BondSettings, existing: Port
) -> ScriptError:
    """Return the failure of add-bond on a port that has other interfaces, or is elsewhere."""
    command = f"--may-exist add-bond {bridge} {name} {' '.join(devices)}"
    if existing.bridge != bridge:
        why = f"{name} is actually attached to bridge {existing.bridge}"
    else:
        why = f"{name} actually has interface(s) {', '.join(sorted(existing.devices))}"
    return ScriptError(
        _PROGRAM,
        f"{_TIMEOUT} -- {command} -- set port {name} {' '.join(_columns(settings))}",
        code="Exit code 1",
        stdout="",
        stderr=f'ovs-vsctl: "{command}" but {why}\n',
    )


def _columns(settings: BondSettings) -> list[str]:
    options = sorted(settings.other_config.items(), key=lambda each: _place(each[0]))
    return [
        f'MAC="{settings.mac}"',
        f"lacp={settings.lacp}",
        f"bond_mode={settings.bond_mode}",
        f"bond_updelay={settings.updelay}",
        f"bond_downdelay={settings.downdelay}",
        *(f"other-config:{key}={value}" for key, value in options),
    ]


def _place(key: str) -> int:
    """Return where networkd writes an option."""
    order = ("bond-miimon-interval", "bond-detect-mode", "bond-rebalance-interval")
    return order.index(key) if key in order else len(order)
