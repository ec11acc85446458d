"""Changes of the recorded pool that make one bond, or one host, ill."""

from collections.abc import Callable

from tests.support.build import Draft

Change = Callable[[Draft], object]


def replaced(host: str, name: str, old: str, new: str) -> Change:
    """Return a change of what a host answered to one command."""
    return lambda draft: draft.replace(host, name, old, new)


def one_leg_in_the_switch(draft: Draft) -> None:
    """The bond's port of the switch has become an ordinary one, named after its NIC."""
    draft.replace("xs-2", "ovs-bond-list", "bond1\tbalance-slb\t1\teth1, eth5\n", "")
    draft.replace(
        "xs-2",
        "ovs-show",
        "        Port bond1\n            Interface eth5\n            Interface eth1\n",
        "        Port eth1\n            Interface eth1\n",
    )
    draft.replace("xs-2", "ovs-ports", '["bond1","off"', '["eth1","off"')
    show = draft.stdout("xs-2", "ovs-bond-show")
    draft.answer("xs-2", "ovs-bond-show", show[show.index("---- bond0") :])


def nic_is_gone(draft: Draft) -> None:
    """The kernel has no eth5, so that the switch cannot open it and runs no bond."""
    one_leg_in_the_switch(draft)
    draft.replace(
        "xs-2",
        "ovs-show",
        "        Port eth1\n            Interface eth1\n",
        "        Port bond1\n            Interface eth1\n            Interface eth5\n"
        '                error: "could not open network device eth5 (No such device)"\n',
    )
    draft.replace("xs-2", "ovs-ports", '["eth1","off"', '["bond1","off"')
    lines = draft.stdout("xs-2", "sysfs-net").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("eth5 "))
    draft.answer("xs-2", "sysfs-net", text)


def leg_without_carrier(draft: Draft) -> None:
    """The cable of eth5 is out."""
    draft.replace("xs-2", "sysfs-net", "eth5 carrier 1", "eth5 carrier 0")
    draft.replace(
        "xs-2",
        "ovs-bond-show",
        "member eth5: enabled\n  active member\n  may_enable: true",
        "member eth5: disabled\n  may_enable: false",
    )
    draft.replace(
        "xs-2",
        "ovs-bond-show",
        "member eth1: enabled\n  may_enable: true",
        "member eth1: enabled\n  active member\n  may_enable: true",
    )
    draft.bond("xs-2", "bond1")["links_up"] = "1"


def slots(draft: Draft) -> None:
    """The NICs of one host have changed their places."""
    for host in ("xs-1", "xs-2", "xs-3"):
        # The third host is a twin of the second and shares its metrics.
        own = draft.pif(host, "eth1"), draft.pif(host, "eth5")
        for pif, slot in zip(own, ("0000:03:00.0", "0000:04:00.0"), strict=True):
            ref = f"{pif['metrics']}-{host}"
            draft.records["PIF_metrics"][ref] = {
                **draft.records["PIF_metrics"][pif["metrics"]],
                "pci_bus_path": slot,
            }
            pif["metrics"] = ref
    draft.metrics("xs-2", "eth1")["pci_bus_path"] = "0000:07:00.0"


def stale_mac(draft: Draft) -> None:
    """A NIC was swapped and XAPI was not told."""
    draft.pif("xs-2", "eth5")["MAC"] = "00:00:5e:00:53:01"


def twin_mac(draft: Draft) -> None:
    """A NIC that is in no bond has the MAC of a leg."""
    draft.pif("xs-1", "eth3")["MAC"] = draft.pif("xs-2", "eth5")["MAC"].upper()


def own_metrics(draft: Draft, host: str, device: str, **fields: object) -> None:
    """Give a NIC metrics of its own, with some fields changed."""
    pif = draft.pif(host, device)
    record = draft.records["PIF_metrics"][pif["metrics"]]
    pif["metrics"] = f"OpaqueRef:metrics-{host}-{device}"
    draft.records["PIF_metrics"][pif["metrics"]] = {**record, **fields}


def vlan_missing(draft: Draft) -> None:
    """Two of three hosts have a VLAN."""
    draft.add_vlan("xs-1", "bond1", "V100", 100)
    draft.add_vlan("xs-3", "bond1", "V100", 100)


def vlan_mistagged(draft: Draft) -> None:
    """One host has another tag for the same network."""
    vlan_missing(draft)
    draft.add_vlan("xs-2", "bond1", "V100", 101)


def vlan_gone(draft: Draft) -> None:
    """A PIF carries a VLAN that XAPI does not know."""
    draft.pif("xs-2", "bond1")["VLAN_slave_of"] = ["OpaqueRef:gone"]


def management_moved(draft: Draft) -> None:
    """The guest bond is the management interface."""
    draft.pif("xs-2", "eth0")["management"] = False
    draft.pif("xs-2", "bond1")["management"] = True


def alert(body: str, name: str = "BOND_STATUS_CHANGED") -> Change:
    """Return a change that adds a message about xs-2, later than the others."""

    def change(draft: Draft) -> None:
        uuid = draft.records["host"][draft.host("xs-2")]["uuid"]
        draft.records["message"]["OpaqueRef:alert"] = {
            "uuid": "alert",
            "name": name,
            "priority": "3",
            "cls": "Host",
            "obj_uuid": uuid,
            "timestamp": "20261122T23:59:59Z",
            "body": body,
        }

    return change


def clock_off(seconds: int) -> Change:
    """Return a change that sets the clock of xs-2 off."""

    def change(draft: Draft) -> None:
        now = int(draft.stdout("xs-2", "clock"))
        draft.answer("xs-2", "clock", f"{now + seconds}\n")

    return change


def software(key: str, value: str) -> Change:
    """Return a change of what xs-2 says that it runs."""
    return lambda draft: draft.records["host"][draft.host("xs-2")]["software_version"].update(
        {key: value}
    )


def renamed(draft: Draft) -> None:
    """The bond has another number on one host, in XAPI and in the switch."""
    draft.pif("xs-2", "bond1")["device"] = "bond7"
    for name in ("ovs-bond-list", "ovs-bond-show", "ovs-show", "ovs-ports"):
        draft.replace("xs-2", name, "bond1", "bond7")


def without(kind: str) -> Change:
    """Return a change after which no message, or no clock, was asked for."""
    return lambda draft: draft.records.pop(kind)


def miscounted(seconds: float) -> Change:
    """Return a change: XAPI has one leg less than the switch, after so long a wait."""

    def change(draft: Draft) -> None:
        draft.bond("xs-2", "bond1")["links_up"] = "1"
        draft.uncounted = seconds

    return change
