"""The faults of a lab on real Open vSwitch: what the simulated lab pretends is really done.

Some need nothing of dom0 and are the same in both labs. Those that no namespace can have, such as
a NIC in another PCI slot, are not here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from xsbond.lab import faults as catalogue
from xsbond.lab.faults import answers, failover, hosts, procedure, records
from xsbond.lab.faults.fault import FaultError, Target, frozen
from xsbond.lab.namespaced import openvswitch, wrappers
from xsbond.lab.namespaced.lab import OvsHost, OvsLab

Act = Callable[[Target, OvsHost], None]
_OTHER_BOARD = "00:1b:21:0d:0a:0b"


def _do(host: OvsHost, *words: str) -> None:
    """Run a command in dom0; FaultError for one that fails."""
    done = host.machine.run(*words)
    if done.code:
        raise FaultError(f"{host.name}: {' '.join(words)}: {done.stderr.strip()}")


def _vsctl(host: OvsHost, text: str) -> None:
    _do(host, "ovs-vsctl", *text.split())


def _ip(host: OvsHost, text: str) -> None:
    _do(host, "ip", *text.split())


def _lab(target: Target) -> OvsLab:
    assert isinstance(target.lab, OvsLab)
    return target.lab


# --- Open vSwitch is not as xapi left it ---


def _mode_in_switch(target: Target, host: OvsHost) -> None:
    (row,) = openvswitch.rows(host.machine.root, "Port", "bond_mode", name=target.port)
    other = "active-backup" if row["bond_mode"] != "active-backup" else "balance-slb"
    _vsctl(host, f"set port {target.port} bond_mode={other}")


def _one_leg_in_switch(target: Target, host: OvsHost) -> None:
    leg = target.legs[-1]
    found = f"-- --id=@leg get interface {leg} -- remove port {target.port} interfaces @leg"
    _vsctl(host, found)


def _foreign_leg_in_switch(target: Target, host: OvsHost) -> None:
    bridge, spare = _spare(host)
    _vsctl(
        host,
        f"-- del-br {bridge} -- --id=@leg create interface name={spare}"
        f" -- add port {target.port} interfaces @leg",
    )


def _spare(host: OvsHost) -> tuple[str, str]:
    """Return a bridge that carries one NIC and no address, and the NIC."""
    nics = {nic.device for nic in host.dom0.nics()}
    for bridge in sorted(host.dom0.bridges()):
        found = openvswitch.devices_on(host.machine.root, bridge) & nics
        shown = host.machine.run("ip", "-4", "-o", "addr", "show", "dev", bridge).stdout
        if len(found) == 1 and not shown:
            return bridge, next(iter(found))
    raise FaultError(f"{host.name} has no NIC to spare")


def _lacp_on_slb(target: Target, host: OvsHost) -> None:
    _lab(target).cabling.cable(host.name, target.legs, lacp=True)
    _vsctl(host, f"set port {target.port} lacp=active")


def _updelay_in_switch(target: Target, host: OvsHost) -> None:
    _vsctl(host, f"set port {target.port} bond_updelay=0")


def _rebalance_in_switch(target: Target, host: OvsHost) -> None:
    _vsctl(host, f"set port {target.port} other_config:bond-rebalance-interval=10000")


def _lacp_fallen_back(target: Target, host: OvsHost) -> None:
    (row,) = openvswitch.rows(host.machine.root, "Port", "lacp", name=target.port)
    if row["lacp"] != "active":
        raise FaultError(f"the bond of {host.name} speaks no LACP to fall back from")
    _lab(target).cabling.cable(host.name, target.legs, lacp=False)


def _leftover_bridge(target: Target, host: OvsHost) -> None:
    network = target.database.get("PIF", target.leg_pifs[0])["network"]
    bridge = target.database.get("network", network)["bridge"]
    kind = host.dom0.datapath
    _vsctl(host, f"add-br {bridge} -- set bridge {bridge} datapath_type={kind}")


def _bridge_gone(target: Target, host: OvsHost) -> None:
    _vsctl(host, f"del-br {target.bridge}")


def _bridge_mac(target: Target, host: OvsHost) -> None:
    mac = _nic_mac(host, target.legs[-1])
    _vsctl(host, f'set bridge {target.bridge} other_config:hwaddr="{mac}"')


def _bridge_mtu(target: Target, host: OvsHost) -> None:
    _vsctl(host, f"set interface {target.bridge} mtu_request=1400")


def _bridge_down(target: Target, host: OvsHost) -> None:
    _ip(host, f"link set {target.bridge} down")


def _address_on_bridge(target: Target, host: OvsHost) -> None:
    _ip(host, f"addr add 10.9.9.9/24 broadcast + dev {target.bridge}")


# --- NICs and cables ---


def _leg_down(target: Target, host: OvsHost) -> None:
    _lab(target).rig.switch.unplug(host.name, target.legs[-1])


def _all_legs_down(target: Target, host: OvsHost) -> None:
    for leg in target.legs:
        _lab(target).rig.switch.unplug(host.name, leg)


def _leg_set_down(target: Target, host: OvsHost) -> None:
    _ip(host, f"link set {target.legs[-1]} down")


def _leg_deaf(target: Target, host: OvsHost) -> None:
    _lab(target).rig.switch.deafen(host.name, target.legs[-1])


def _leg_mtu(target: Target, host: OvsHost) -> None:
    _vsctl(host, f"set interface {target.legs[-1]} mtu_request=1400")


def _leg_gone(target: Target, host: OvsHost) -> None:
    _ip(host, f"link del {target.legs[-1]}")
    _open_anew(target, host)


def _open_anew(target: Target, host: OvsHost) -> None:
    """Let Open vSwitch look for the second leg, as after a boot; it keeps what it once opened."""
    leg, port = target.legs[-1], target.port
    _vsctl(host, f"-- --id=@leg get interface {leg} -- remove port {port} interfaces @leg")
    _vsctl(host, f"-- --id=@leg create interface name={leg} -- add port {port} interfaces @leg")


def _nic_renamed(target: Target, host: OvsHost) -> None:
    leg = target.legs[-1]
    _ip(host, f"link set {leg} down")
    _ip(host, f"link set {leg} name eth9")
    _ip(host, "link set eth9 up")
    _open_anew(target, host)


def _nics_swapped(target: Target, host: OvsHost) -> None:
    first, second = target.legs[:2]
    macs = {first: _nic_mac(host, second), second: _nic_mac(host, first)}
    for leg, mac in macs.items():
        _ip(host, f"link set {leg} address {mac}")


def _board_swapped(target: Target, host: OvsHost) -> None:
    _ip(host, f"link set {target.legs[-1]} address {_OTHER_BOARD}")


def _mac_twice(target: Target, host: OvsHost) -> None:
    others = [other for other in _lab(target).hosts if other.ref != host.ref]
    if not others:
        raise FaultError("a lab of one host has no other host to share a MAC with")
    leg = target.legs[-1]
    mac = _nic_mac(others[0], leg)
    target.database.set("PIF", target.leg_pifs[-1], MAC=mac)
    _ip(host, f"link set {leg} address {mac}")


def _address_on_leg(target: Target, host: OvsHost) -> None:
    _ip(host, f"addr add 10.9.9.8/24 broadcast + dev {target.legs[-1]}")


def _nic_mac(host: OvsHost, device: str) -> str:
    return next(nic.mac for nic in host.dom0.nics() if nic.device == device)


# --- whole hosts ---


def _host_dead(target: Target, host: OvsHost) -> None:
    world = _lab(target).world
    known = next(each for each in world.hosts if each.ref == host.ref)
    world.switch_off(known)
    metrics = target.database.get("host", host.ref)["metrics"]
    target.database.set("host_metrics", metrics, live=False)


def _dom0_unreachable(target: Target, host: OvsHost) -> None:
    del target
    host.machine.running.close_door()


def _bridge_backend(target: Target, host: OvsHost) -> None:
    host.machine.write(hosts.BACKEND_FILE, "bridge\n")
    software = target.database.get("host", host.ref)["software_version"]
    changed = {**software, "network_backend": "bridge"}
    target.database.set("host", host.ref, software_version=changed)


# --- what dom0's commands print ---


def _login_banner(target: Target, host: OvsHost) -> None:
    del target
    before = host.machine.read(answers.BASHRC)
    host.machine.write(answers.BASHRC, answers.BANNER + before)


def _command_missing(target: Target, host: OvsHost) -> None:
    del target
    _do(host, "rm", "/usr/bin/ovs-appctl")


def _switch_daemon_dead(target: Target, host: OvsHost) -> None:
    """Its pidfile goes with it, as when it ends in good order."""
    del target
    openvswitch.appctl(host.machine.root, "exit")


def _wrapped(program: str, script: str) -> Act:
    """Return a fault that puts a script before a program.

    The script calls the real one as $real; $leg is the second leg of the bond.
    """

    def act(target: Target, host: OvsHost) -> None:
        wrappers.wrap(host.machine, program, f"leg={target.legs[-1]}\n{script}")

    return act


_LEG_STAYS_DOWN = """\
case " $* " in *" set $leg up "*) echo 'RTNETLINK answers: Input/output error' >&2; exit 2;; esac
exec $real "$@"
"""

REAL: Mapping[str, Act] = MappingProxyType(
    {
        "mode-in-switch": _mode_in_switch,
        "one-leg-in-switch": _one_leg_in_switch,
        "foreign-leg-in-switch": _foreign_leg_in_switch,
        "lacp-on-slb": _lacp_on_slb,
        "updelay-in-switch": _updelay_in_switch,
        "rebalance-in-switch": _rebalance_in_switch,
        "lacp-fallen-back": _lacp_fallen_back,
        "leftover-bridge": _leftover_bridge,
        "bridge-gone": _bridge_gone,
        "bridge-mac": _bridge_mac,
        "bridge-mtu": _bridge_mtu,
        "bridge-down": _bridge_down,
        "address-on-bridge": _address_on_bridge,
        "leg-down": _leg_down,
        "all-legs-down": _all_legs_down,
        "leg-set-down": _leg_set_down,
        "leg-deaf": _leg_deaf,
        "leg-mtu": _leg_mtu,
        "leg-gone": _leg_gone,
        "nic-renamed": _nic_renamed,
        "nics-swapped": _nics_swapped,
        "board-swapped": _board_swapped,
        "mac-twice": _mac_twice,
        "address-on-leg": _address_on_leg,
        "host-dead": _host_dead,
        "dom0-unreachable": _dom0_unreachable,
        "bridge-backend": _bridge_backend,
        "login-banner": _login_banner,
        "command-missing": _command_missing,
        "switch-daemon-dead": _switch_daemon_dead,
        "unknown-wording": _wrapped(
            "ovs-appctl", '$real "$@" | sed "s/^bond\\ttype/trunk\\tkind/"\n'
        ),
        "leg-stays-down": _wrapped("ip", _LEG_STAYS_DOWN),
    }
)
"""Name -> what is done."""
_ANYWHERE = (*procedure.FAULTS, *records.FAULTS)
SAME = frozenset(fault.name for fault in _ANYWHERE) | {
    fault.name
    for fault in (*hosts.FAULTS, *failover.FAULTS)
    if fault.strike
    in {
        hosts.host_disabled,
        hosts.xapi_stopped,
        hosts.xapi_starting,
        hosts.other_version,
        failover.monitor_stopped,
    }
}
"""Names of the faults that need nothing of dom0: they are as in the simulated lab."""


def strike(target: Target, name: str) -> None:
    """Let a fault happen to a host of namespaces; FaultError if it cannot."""
    host = target.host
    assert isinstance(host, OvsHost)
    if name in SAME:
        catalogue.FAULTS[name].strike(target)
        return
    with frozen(target):
        REAL[name](target, host)
