"""Changes to the recorded pool, as maintenance makes them: each does one thing to one host."""

from tests.support.build import Draft


def other_board(draft: Draft) -> None:
    """Let the NIC have another MAC than before, in the kernel."""
    old = draft.pif("xs-2", "eth5")["MAC"]
    draft.replace("xs-2", "sysfs-net", f"eth5 address {old}", "eth5 address 02:00:00:00:00:05")


def other_slot(draft: Draft) -> None:
    """Let the NIC sit in another slot."""
    draft.metrics("xs-2", "eth3")["pci_bus_path"] = "0000:07:00.0"


def renamed_nic(draft: Draft) -> None:
    """Let XAPI know a NIC by another name."""
    draft.pif("xs-2", "eth3")["device"] = "eth9"


def lost_pif(draft: Draft) -> None:
    """Let XAPI have forgotten a NIC."""
    pif = draft.pif("xs-2", "eth3")
    del draft.records["PIF"][draft.ref("PIF", pif)]


def new_network(draft: Draft) -> None:
    """Let somebody have made a network."""
    record = {**draft.network("NAS"), "name_label": "lab", "uuid": "lab", "PIFs": []}
    draft.records["network"]["OpaqueRef:lab"] = {**record, "bridge": "xapi9"}


def lost_network(draft: Draft) -> None:
    """Let somebody have removed a network."""
    gone = draft.network("Host internal management network")
    del draft.records["network"][draft.ref("network", gone)]


def renamed_network(draft: Draft) -> None:
    """Let somebody have given a network another name."""
    draft.network("NAS")["name_label"] = "storage"


def jumbo_network(draft: Draft) -> None:
    """Let a network have another MTU."""
    draft.network("NAS")["MTU"] = "9000"


def new_vlan(draft: Draft) -> None:
    """Let somebody have made a VLAN."""
    draft.add_vlan("xs-2", "bond1", "guests", 30)


def other_mode(draft: Draft) -> None:
    """Let a bond have another mode than wanted."""
    draft.bond("xs-2", "bond1")["mode"] = "active-backup"


def running_otherwise(draft: Draft) -> None:
    """Let the switch run a bond in another mode."""
    draft.replace("xs-2", "ovs-bond-list", "bond1\tbalance-slb", "bond1\tactive-backup")


def jumbo_pif(draft: Draft) -> None:
    """Let a PIF have another MTU."""
    draft.pif("xs-2", "bond0")["MTU"] = "9000"


def jumbo_nic(draft: Draft) -> None:
    """Let a NIC have another MTU in the kernel."""
    draft.replace("xs-2", "sysfs-net", "eth4 mtu 1500", "eth4 mtu 9000")


def other_address(draft: Draft) -> None:
    """Let a PIF have another address."""
    draft.pif("xs-2", "bond0")["IP"] = "172.16.0.99"


def detached(draft: Draft) -> None:
    """Let a PIF not be attached."""
    draft.pif("xs-2", "bond0")["currently_attached"] = False


def overridden(draft: Draft) -> None:
    """Let a PIF have a setting of its own."""
    draft.pif("xs-2", "bond0")["other_config"] = {"bond-updelay": "0"}


def lost_bridge(draft: Draft) -> None:
    """Let a bridge be gone."""
    draft.replace("xs-2", "ovs-list-br", "xapi0\n", "")


def leftover_bridge(draft: Draft) -> None:
    """Let the bridge of a leg be back, which the bond stands in place of."""
    draft.answer("xs-2", "ovs-list-br", draft.stdout("xs-2", "ovs-list-br") + "xenbr5\n")
    text = draft.stdout("xs-2", "ifconfig-a")
    paragraphs = {part.split()[0].rstrip(":"): part for part in text.split("\n\n") if part}
    own = paragraphs["xapi1"].replace("xapi1", "xenbr5")
    draft.answer("xs-2", "ifconfig-a", f"{own}\n\n{text}")


def upgraded(draft: Draft) -> None:
    """Let the host run another release."""
    record = draft.records["host"][draft.host("xs-2")]
    record["software_version"] = {**record["software_version"], "product_version": "8.4.0"}


def other_backend(draft: Draft) -> None:
    """Let somebody have switched the network backend back and forth, but for the record."""
    record = draft.records["host"][draft.host("xs-2")]
    record["software_version"] = {**record["software_version"], "network_backend": "other"}
