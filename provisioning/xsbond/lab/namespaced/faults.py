"""The faults of a lab on real Open vSwitch: what the simulated lab pretends is really done.

Some need nothing of dom0 and are the same in both labs. Those that no namespace can have, such as
a NIC in another PCI slot, are not here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from xsbond.lab.faults import answers, by_hand, declared, failover, hosts, procedure, records
from xsbond.lab.faults.fault import Fault, FaultError, Target, frozen
from xsbond.lab.namespaced import acts, openvswitch
from xsbond.lab.namespaced.host import OvsHost
from xsbond.lab.namespaced.machine import RigMachine

Act = Callable[[Target, OvsHost], None]
_FIRST_IN_PATH = "/opt/xensource/bin"
_EXECUTABLE = 0o755
_OTHER_BOARD = "00:1b:21:0d:0a:0b"


# --- NICs and cables ---


def _leg_down(target: Target, host: OvsHost) -> None:
    acts.lab(target).rig.switch.unplug(host.name, target.legs[-1])


def _all_legs_down(target: Target, host: OvsHost) -> None:
    for leg in target.legs:
        acts.lab(target).rig.switch.unplug(host.name, leg)


def _leg_set_down(target: Target, host: OvsHost) -> None:
    acts.ip(host, f"link set {target.legs[-1]} down")


def _leg_deaf(target: Target, host: OvsHost) -> None:
    acts.lab(target).rig.switch.deafen(host.name, target.legs[-1])


def _leg_mtu(target: Target, host: OvsHost) -> None:
    acts.vsctl(host, f"set interface {target.legs[-1]} mtu_request=1400")


def _leg_gone(target: Target, host: OvsHost) -> None:
    acts.ip(host, f"link del {target.legs[-1]}")
    _open_anew(target, host)


def _open_anew(target: Target, host: OvsHost) -> None:
    """Let Open vSwitch look for the second leg, as after a boot; it keeps what it once opened."""
    leg, port = target.legs[-1], target.port
    acts.vsctl(host, f"-- --id=@leg get interface {leg} -- remove port {port} interfaces @leg")
    acts.vsctl(host, f"-- --id=@leg create interface name={leg} -- add port {port} interfaces @leg")


def _nic_renamed(target: Target, host: OvsHost) -> None:
    leg = target.legs[-1]
    acts.ip(host, f"link set {leg} down")
    acts.ip(host, f"link set {leg} name eth9")
    acts.ip(host, "link set eth9 up")
    _open_anew(target, host)


def _nics_swapped(target: Target, host: OvsHost) -> None:
    first, second = target.legs[:2]
    macs = {first: acts.nic_mac(host, second), second: acts.nic_mac(host, first)}
    for leg, mac in macs.items():
        acts.ip(host, f"link set {leg} address {mac}")


def _board_swapped(target: Target, host: OvsHost) -> None:
    acts.ip(host, f"link set {target.legs[-1]} address {_OTHER_BOARD}")


def _mac_twice(target: Target, host: OvsHost) -> None:
    others = [other for other in acts.lab(target).hosts if other.ref != host.ref]
    if not others:
        raise FaultError("a lab of one host has no other host to share a MAC with")
    leg = target.legs[-1]
    mac = acts.nic_mac(others[0], leg)
    target.database.set("PIF", target.leg_pifs[-1], MAC=mac)
    acts.ip(host, f"link set {leg} address {mac}")


def _address_on_leg(target: Target, host: OvsHost) -> None:
    acts.ip(host, f"addr add 10.9.9.8/24 broadcast + dev {target.legs[-1]}")


# --- whole hosts ---


def _clock_off(_: Target, host: OvsHost) -> None:
    host.dom0.clock = hosts.SkewedClock(host.dom0.clock, hosts.SKEW)


def _host_dead(target: Target, host: OvsHost) -> None:
    world = acts.lab(target).world
    known = next(each for each in world.hosts if each.ref == host.ref)
    world.switch_off(known)
    metrics = target.database.get("host", host.ref)["metrics"]
    target.database.set("host_metrics", metrics, live=False)


def _networkd_stopped(target: Target, host: OvsHost) -> None:
    host.toolstack.stop_networkd()
    _leg_down(target, host)


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
    acts.do(host, "rm", "/usr/bin/ovs-appctl")


def _switch_daemon_dead(target: Target, host: OvsHost) -> None:
    """Its pidfile goes with it, as when it ends in good order."""
    del target
    openvswitch.appctl(host.machine.root, "exit")


def _wrapped(program: str, script: str) -> Act:
    """Return a fault that puts a script before a program.

    The script calls the real one as $real; $leg is the second leg of the bond.
    """

    def act(target: Target, host: OvsHost) -> None:
        _wrap(host.machine, program, f"leg={target.legs[-1]}\n{script}")

    return act


def _wrap(machine: RigMachine, program: str, script: str) -> None:
    """Let a script be run where somebody calls a program by its name; it finds that as $real."""
    found = machine.run("sh", "-c", f"command -v {program}").stdout.strip()
    text = f"#!/bin/sh\nreal={found}\n{script}"
    machine.write(f"{_FIRST_IN_PATH}/{program}", text, mode=_EXECUTABLE)


_LEG_STAYS_DOWN = """\
case " $* " in *" set $leg up "*) echo 'RTNETLINK answers: Input/output error' >&2; exit 2;; esac
exec $real "$@"
"""

REAL: Mapping[str, Act] = MappingProxyType(
    {
        "mode-in-switch": acts.mode_in_switch,
        "one-leg-in-switch": acts.one_leg_in_switch,
        "foreign-leg-in-switch": acts.foreign_leg_in_switch,
        "lacp-on-slb": acts.lacp_on_slb,
        "updelay-in-switch": acts.updelay_in_switch,
        "downdelay-in-switch": acts.downdelay_in_switch,
        "detection-in-switch": acts.detection_in_switch,
        "rebalance-in-switch": acts.rebalance_in_switch,
        "lacp-with-fallback": acts.lacp_with_fallback,
        "lacp-fallen-back": acts.lacp_fallen_back,
        "lacp-port-out": acts.lacp_port_out,
        "lacp-two-lags": acts.lacp_two_lags,
        "lacp-two-switches": acts.lacp_two_switches,
        "lacp-other-switch": acts.lacp_other_switch,
        "leftover-bridge": acts.leftover_bridge,
        "bridge-gone": acts.bridge_gone,
        "bridge-mac": acts.bridge_mac,
        "bridge-mtu": acts.bridge_mtu,
        "bridge-down": acts.bridge_down,
        "address-on-bridge": acts.address_on_bridge,
        "port-on-other-bridge": acts.port_on_other_bridge,
        "port-tagged": acts.port_tagged,
        "port-trunks": acts.port_trunks,
        "vlan-tag-in-switch": acts.vlan_tag_in_switch,
        "lacp-time-in-switch": acts.lacp_time_in_switch,
        "bridge-secure": acts.bridge_secure,
        "flow-drops": acts.flow_drops,
        "leg-policed": acts.leg_policed,
        "leg-disabled": acts.leg_disabled,
        "ipv6-on-bridge": acts.ipv6_on_bridge,
        "ipv6-on-leg": acts.ipv6_on_leg,
        "second-storage-address": acts.second_storage_address,
        "alias-on-bridge": acts.alias_on_bridge,
        "device-on-leg": acts.device_on_leg,
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
        "clock-off": _clock_off,
        "host-dead": _host_dead,
        "networkd-stopped": _networkd_stopped,
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
    for fault in (*hosts.FAULTS, *failover.FAULTS, *by_hand.FAULTS, *declared.FAULTS)
    if fault.strike
    in {
        hosts.host_disabled,
        hosts.power_lost,
        hosts.xapi_stopped,
        hosts.xapi_starting,
        hosts.other_version,
        failover.monitor_stopped,
        by_hand.address_of_another_host,
        declared.lacp_time_differs,
        declared.hashing_differs,
        declared.fallback_differs,
        declared.vlan_unplugged,
        declared.vlan_on_one_host,
        declared.carrier_of_bond_stale,
        declared.ipv6_on_bond_pif,
    }
}
"""Names of the faults that need nothing of dom0: they are as in the simulated lab."""


NAMES = SAME | frozenset(REAL)
"""Names of all faults that a lab on real Open vSwitch can have."""


def strike(target: Target, fault: Fault) -> None:
    """Let a fault happen to a host of namespaces; FaultError if it cannot."""
    host = target.host
    assert isinstance(host, OvsHost)
    if fault.name in SAME:
        fault.strike(target)
        return
    with frozen(target):
        REAL[fault.name](target, host)
