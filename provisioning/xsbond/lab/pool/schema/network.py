"""The classes of networking (ocaml/idl/datamodel.ml)."""

from xsbond.lab.pool.schema.kinds import (
    BOOL,
    DATE,
    FLOAT,
    INT,
    MAP,
    REF,
    REFS,
    STRING,
    STRINGS,
    Class,
    Field,
)

NETWORK = Class(
    name="network",
    by_name_label=True,
    fields=(
        Field("uuid", STRING),
        Field("name_label", STRING, settable=True, column="name__label"),
        Field("name_description", STRING, settable=True, column="name__description"),
        Field("allowed_operations", STRINGS),
        Field("current_operations", MAP),
        Field("VIFs", REFS, back=("VIF", "network")),
        Field("PIFs", REFS, back=("PIF", "network")),
        Field("MTU", INT, default=1500, settable=True),
        Field("other_config", MAP, settable=True),
        Field("bridge", STRING),
        Field("managed", BOOL, default=True, since=(7, 2)),
        Field("blobs", MAP),
        Field("tags", STRINGS, settable=True),
        Field("default_locking_mode", STRING, default="unlocked"),
        Field("assigned_ips", MAP, since=(6, 5)),
        Field("purpose", STRINGS, since=(7, 3)),
    ),
)

PIF = Class(
    name="PIF",
    fields=(
        Field("uuid", STRING),
        Field("device", STRING),
        Field("network", REF),
        Field("host", REF),
        Field("MAC", STRING),
        Field("MTU", INT),
        Field("VLAN", INT, default=-1),
        Field("metrics", REF),
        Field("physical", BOOL),
        Field("currently_attached", BOOL),
        Field("ip_configuration_mode", STRING, default="None"),
        Field("IP", STRING),
        Field("netmask", STRING),
        Field("gateway", STRING),
        Field("DNS", STRING),
        Field("bond_slave_of", REF),
        Field("bond_master_of", REFS, back=("Bond", "master")),
        Field("VLAN_master_of", REF),
        Field("VLAN_slave_of", REFS, back=("VLAN", "tagged_PIF")),
        Field("management", BOOL),
        Field("other_config", MAP, settable=True),
        Field("disallow_unplug", BOOL),
        Field("tunnel_access_PIF_of", REFS, back=("tunnel", "access_PIF")),
        Field("tunnel_transport_PIF_of", REFS, back=("tunnel", "transport_PIF")),
        Field("ipv6_configuration_mode", STRING, default="None"),
        Field("IPv6", STRINGS),
        Field("ipv6_gateway", STRING),
        Field("primary_address_type", STRING, default="IPv4"),
        Field("managed", BOOL, default=True, since=(6, 2, 1)),
        Field("properties", MAP, since=(6, 5)),
        Field("capabilities", STRINGS, since=(7, 0)),
        Field("igmp_snooping_status", STRING, default="unknown", since=(7, 3)),
        Field("sriov_physical_PIF_of", REFS, back=("network_sriov", "physical_PIF"), since=(7, 5)),
        Field("sriov_logical_PIF_of", REFS, back=("network_sriov", "logical_PIF"), since=(7, 5)),
        Field("PCI", REF, since=(7, 5)),
    ),
)

PIF_METRICS = Class(
    name="PIF_metrics",
    fields=(
        Field("uuid", STRING),
        Field("io_read_kbs", FLOAT, column="io__read_kbs"),
        Field("io_write_kbs", FLOAT, column="io__write_kbs"),
        Field("carrier", BOOL),
        Field("vendor_id", STRING),
        Field("vendor_name", STRING),
        Field("device_id", STRING),
        Field("device_name", STRING),
        Field("speed", INT),
        Field("duplex", BOOL),
        Field("pci_bus_path", STRING),
        Field("last_updated", DATE),
        Field("other_config", MAP, settable=True),
    ),
)

BOND = Class(
    name="Bond",
    fields=(
        Field("uuid", STRING),
        Field("master", REF),
        Field("slaves", REFS, back=("PIF", "bond_slave_of")),
        Field("other_config", MAP, settable=True),
        Field("primary_slave", REF),
        Field("mode", STRING, default="balance-slb"),
        Field("properties", MAP),
        Field("links_up", INT),
        Field("auto_update_mac", BOOL, default=True, since=(8, 1)),
    ),
)

VLAN = Class(
    name="VLAN",
    fields=(
        Field("uuid", STRING),
        Field("tagged_PIF", REF),
        Field("untagged_PIF", REF),
        Field("tag", INT, default=-1),
        Field("other_config", MAP, settable=True),
    ),
)

NETWORK_SRIOV = Class(
    name="network_sriov",
    since=(7, 5),
    fields=(
        Field("uuid", STRING),
        Field("physical_PIF", REF),
        Field("logical_PIF", REF),
        Field("requires_reboot", BOOL),
        Field("configuration_mode", STRING, default="unknown"),
    ),
)
