"""Faults of NICs and cables: what dom0's kernel and the switch ports show."""

from dataclasses import replace

from xsbond.lab.contracts import Address, Nic
from xsbond.lab.faults.fault import Fault, FaultError, Target, frozen

_OTHER_BOARD = "00:1b:21:0d:0a:0b"


def leg_down(target: Target) -> None:
    """The cable of the second leg is pulled."""
    _change_second(target, carrier=False)


def all_legs_down(target: Target) -> None:
    """The cables of all legs are pulled."""
    with frozen(target):
        legs = target.legs
    for device in legs:
        _change(target, device, carrier=False)


def leg_set_down(target: Target) -> None:
    """Somebody has set the second leg's interface down."""
    with frozen(target):
        target.dom0.downed[target.legs[-1]] = "ifconfig down"


def leg_deaf(target: Target) -> None:
    """The second leg's switch port is in no VLAN of the bond's: link, but not a frame."""
    with frozen(target):
        target.dom0.deaf.add(target.legs[-1])


def leg_half_duplex(target: Target) -> None:
    """The second leg negotiated half duplex."""
    _change_second(target, full_duplex=False)


def leg_slow(target: Target) -> None:
    """The second leg negotiated a tenth of the other's speed."""
    with frozen(target):
        nic = target.dom0.nics_by_device[target.legs[-1]]
        _put(target, replace(nic, speed=nic.speed // 10))


def leg_mtu(target: Target) -> None:
    """The second leg's MTU was lowered in dom0."""
    _change_second(target, mtu=1400)


def leg_gone(target: Target) -> None:
    """The kernel does not know the second leg's NIC any more; xapi still does."""
    with frozen(target):
        del target.dom0.nics_by_device[target.legs[-1]]


def nic_renamed(target: Target) -> None:
    """The second leg's NIC came back from a reboot under another name."""
    with frozen(target):
        nic = target.dom0.nics_by_device[target.legs[-1]]
        del target.dom0.nics_by_device[nic.device]
        target.dom0.nics_by_device["eth9"] = replace(nic, device="eth9")


def nics_swapped(target: Target) -> None:
    """The legs changed their PCI slots, and so their names: dom0 counts NICs otherwise."""
    with frozen(target):
        first, second = (target.dom0.nics_by_device[d] for d in target.legs[:2])
        _put(target, replace(first, mac=second.mac, pci=second.pci))
        _put(target, replace(second, mac=first.mac, pci=first.pci))


def board_swapped(target: Target) -> None:
    """The second leg's board was replaced: another MAC than XAPI's record has."""
    _change_second(target, mac=_OTHER_BOARD)


def mac_twice(target: Target) -> None:
    """The second leg has the MAC of another host's NIC, in dom0 and in XAPI."""
    others = [host for host in target.lab.hosts if host.ref != target.host.ref]
    if not others:
        raise FaultError("a lab of one host has no other host to share a MAC with")
    with frozen(target) as database:
        mac = Target(lab=target.lab, host=others[0]).dom0.nics_by_device[target.legs[-1]].mac
        database.set("PIF", target.leg_pifs[-1], MAC=mac)
        _put(target, replace(target.dom0.nics_by_device[target.legs[-1]], mac=mac))


def leg_in_other_slot(target: Target) -> None:
    """The second leg's board sits in another PCI slot than on the other hosts."""
    with frozen(target):
        device = target.legs[-1]
        for host in target.lab.hosts:
            each = Target(lab=target.lab, host=host)
            slot = "0000:05:00.0" if host.ref == target.host.ref else "0000:04:00.0"
            with frozen(each):
                _put(each, replace(each.dom0.nics_by_device[device], pci=slot))


def address_on_leg(target: Target) -> None:
    """Somebody has given the second leg an address in dom0."""
    with frozen(target):
        address = Address(ip="10.9.9.8", netmask="255.255.255.0")
        target.dom0.addresses[target.legs[-1]] = address


def _change_second(target: Target, **changes: object) -> None:
    with frozen(target):
        _change(target, target.legs[-1], **changes)


def _change(target: Target, device: str, **changes: object) -> None:
    with frozen(target):
        nic = target.dom0.nics_by_device[device]
        _put(target, replace(nic, **changes))  # type: ignore[arg-type] # fields named by callers


def _put(target: Target, nic: Nic) -> None:
    target.dom0.nics_by_device[nic.device] = nic


FAULTS = (
    Fault(leg_down),
    Fault(all_legs_down),
    Fault(leg_set_down),
    Fault(leg_deaf),
    Fault(leg_half_duplex),
    Fault(leg_slow),
    Fault(leg_mtu),
    Fault(leg_gone),
    Fault(nic_renamed),
    Fault(nics_swapped),
    Fault(board_swapped),
    Fault(mac_twice),
    Fault(leg_in_other_slot),
    Fault(address_on_leg),
)
