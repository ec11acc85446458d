"""Each mistake in a bond file is one line that names the key and says what to write."""

import pytest

from xsbond.bondfile import parse_bond_file
from xsbond.errors import BondFileError

HEAD = '[[bond]]\nnetwork = "P"\n'
BOND = HEAD + 'nics = ["eth1", "eth5"]\n'
VLAN = BOND + '[[bond.vlans]]\nnetwork = "V"\n'
MANAGED = BOND + "management = true\n"

MISTAKES = [
    # --- how it is written ---
    ('[bond]\nnetwork = "P"', "bond", "double brackets, [[bond]]"),
    ("bond = [3]", "bond[1]", "3 is no table"),
    ('[[bond]]\nnetwork = ""\nnics = ["a", "b"]', "bond[1].network", "is empty"),
    (BOND + 'xs 1 = "a"', "", "is written in quotes"),
    (BOND + "mode = lacp", "", "text is written in quotes"),
    (BOND + "addresses.xs-1 = 172.16.0.35/28", "", "text is written in quotes"),
    (HEAD + 'nics = "eth1"', "bond[1].nics", 'write nics = ["eth1", "eth5"]'),
    (HEAD + "nics = 3", "bond[1].nics", 'write nics = ["eth1", "eth5"]'),
    (HEAD + 'nics.xs-3 = "eth1"', "bond[1].nics.xs-3", 'write nics = ["eth1", "eth5"]'),
    (HEAD + 'nics = ["eth1", 5]', "bond[1].nics[2]", "5 is no text"),
    (HEAD + 'nics.xs-3 = ["eth1", "e h"]', "bond[1].nics.xs-3[2]", "'e h' is no device"),
    (HEAD + 'nics = ["00:1f:29:c4:9f", "b"]', "bond[1].nics[1]", "no device, MAC or PCI"),
    (BOND + 'dns = "172.16.0.1"', "bond[1].dns", 'write dns = ["172.16.0.1"]'),
    (BOND + '[bond.vlans]\nnetwork = "V"\ntag = 5', "bond[1].vlans", "write [[bond.vlans]]"),
    (BOND + 'addresses = "dhcp"', "bond[1].addresses", 'addresses.default = "dhcp"'),
    (BOND + 'ipv6 = "autoconf"', "bond[1].ipv6", 'ipv6.default = "autoconf"'),
    (BOND + "addresses.xs-1 = 5", "bond[1].addresses.xs-1", "5 is no text"),
    (BOND + 'addresses.xs-1 = ["10.0.0.1/8"]', "bond[1].addresses.xs-1", "is no text"),
    (BOND + 'mtu = "9000"', "bond[1].mtu", "write mtu = 9000"),
    (BOND + 'management = "yes"', "bond[1].management", "write management = true"),
    (BOND + 'properties = "fast"', "bond[1].properties", "is no table"),
    (
        BOND + 'mode = "lacp"\nproperties.lacp-time = "fastest"',
        "bond[1].properties",
        "lacp-time cannot be 'fastest'; it takes fast|slow",
    ),
    (BOND + 'device = "eth1"', "bond[1].device", "write bond1"),
    (BOND + 'network_uuid = "P"', "bond[1].network_uuid", "is no uuid"),
    (BOND + "vlan = 100", "bond[1].vlan", "write a [[bond.vlans]] table"),
    (BOND + 'address = "dhcp"', "bond[1].address", "write addresses"),
    (VLAN + "tag = 5\nvlan = 3", "bond[1].vlans[1].vlan", "a VLAN has network, tag"),
    (VLAN, "bond[1].vlans[1].tag", "is missing"),
    (VLAN + "tag = 4095", "bond[1].vlans[1].tag", "<= 4094"),
    (VLAN + "tag = 0", "bond[1].vlans[1].tag", ">= 1"),
    # --- names with dots ---
    (
        BOND + '[bond.addresses]\nxs-1.example.com = "10.0.0.1/24"',
        "bond[1].addresses.xs-1.example.com",
        'quote the name, as in addresses."xs-1.example.com"',
    ),
    (BOND + 'ipv6.a.b = "dhcp"', "bond[1].ipv6.a.b", 'quote the name, as in ipv6."a.b"'),
    (HEAD + 'nics.a.b = ["c", "d"]', "bond[1].nics.a.b", 'quote the name, as in nics."a.b"'),
    (BOND + 'device.a.b = "bond1"', "bond[1].device.a.b", 'quote the name, as in device."a.b"'),
    (
        VLAN + 'tag = 5\naddresses.a.b = "dhcp"',
        "bond[1].vlans[1].addresses.a.b",
        'quote the name, as in addresses."a.b"',
    ),
    # --- addresses ---
    (BOND + 'addresses.a = "10.0.0.300/24"', "bond[1].addresses.a", "such as 172.16.0.35/28"),
    (BOND + 'addresses.a = "10.0.0.1"', "bond[1].addresses.a", "its prefix length"),
    (BOND + 'addresses.a = "fe80::1/64"', "bond[1].addresses.a", "such as 172.16.0.35/28"),
    (BOND + 'addresses.default = "DHCP"', "bond[1].addresses.default", "none of dhcp, none"),
    (BOND + 'addresses.default = "10.0.0.1/24"', "bond[1].addresses.default", "all hosts"),
    (BOND + 'addresses.a = "10.0.0.0/24"', "bond[1].addresses.a", "is the network 10.0.0.0/24"),
    (BOND + 'addresses.a = "10.0.0.255/24"', "bond[1].addresses.a", "its broadcast address"),
    (BOND + 'ipv6.a = "10.0.0.1/24"', "bond[1].ipv6.a", "such as 2001:db8::35/64"),
    (BOND + 'ipv6.a = "slaac"', "bond[1].ipv6.a", "none of autoconf, dhcp, none"),
    (BOND + 'ipv6 = { a = "fd::1/64", b = "fd::1/64" }', "bond[1].ipv6", "given to two hosts"),
    (VLAN + 'tag = 5\naddresses.a = "10.0.0.1"', "bond[1].vlans[1].addresses.a", "prefix length"),
    # --- management ---
    (MANAGED, "bond[1].management", "it needs an address"),
    (MANAGED + 'addresses = { a = "dhcp", b = "none" }', "bond[1].addresses", "of every host"),
    (BOND + 'gateway = "10.0.0.1"', "bond[1].gateway", "add management = true"),
    (BOND + 'dns = ["10.0.0.1"]', "bond[1].dns", "add management = true"),
    (MANAGED + 'addresses.default = "dhcp"\ngateway = "10.0.0.1"', "bond[1].gateway", "leave it"),
    (MANAGED + 'addresses.default = "dhcp"\ndns = ["10.0.0.1"]', "bond[1].dns", "DHCP says"),
    (
        MANAGED + 'addresses.a = "10.0.0.2/24"\ngateway = "10.0.1.1"',
        "bond[1].gateway",
        "10.0.1.1 is not in the network of a, 10.0.0.0/24",
    ),
    (
        MANAGED + 'addresses.a = "10.0.0.2/24"\ngateway = "10.0.0.2"',
        "bond[1].gateway",
        "is the address of a itself",
    ),
    (MANAGED + 'addresses.a = "10.0.0.2/24"\ndns = ["ns1"]', "bond[1].dns", "'ns1' is no address"),
    (
        MANAGED + 'addresses.a = "dhcp"\n'
        '[[bond.vlans]]\nnetwork = "V"\ntag = 5\nmanagement = true\naddresses.a = "dhcp"',
        "bond[1].management, bond[1].vlans[1].management",
        "one management interface",
    ),
    # --- a MAC of its own ---
    (BOND + 'mac.default = "02:ab:cd:00:00:01"', "bond[1].mac.default", "name the host"),
    (BOND + 'mac.a = "03:ab:cd:00:00:01"', "bond[1].mac", "'03:ab:cd:00:00:01'"),
    (
        BOND + 'mac = { a = "02:ab:cd:00:00:01", b = "02:AB:CD:00:00:01" }',
        "bond[1].mac",
        "02:ab:cd:00:00:01 is wanted on two hosts",
    ),
    # --- overrides, VLANs, NICs per host ---
    (BOND + "other_config.updelay = 0", "bond[1].other_config.updelay", "bond-updelay"),
    (BOND + 'other_config.bond-mode = "lacp"', "bond[1].other_config.bond-mode", "write mode"),
    (BOND + 'other_config.bond-lacp-time = "fast"', "bond[1].other_config.bond-lacp-time", "prop"),
    (BOND + 'other_config.bond-updelay = "x"', "bond[1].other_config.bond-updelay", "'x'"),
    (BOND + "other_config.bond-use_carrier = 2", "bond[1].other_config.bond-use_carrier", "'2'"),
    (VLAN + "tag = 5\nmtu = 9000", "bond[1].vlans[1].mtu", "does not pass the bond"),
    (
        VLAN + 'tag = 5\n[[bond.vlans]]\nnetwork = "W"\ntag = 5',
        "bond[1].vlans",
        "tag 5 is wanted twice",
    ),
    (
        BOND + '[[bond.vlans]]\nnetwork = "P"\ntag = 5',
        "bond[1].network, bond[1].vlans[1].network",
        "'P' is wanted twice",
    ),
    (HEAD + 'nics.a = ["eth2", "eth2"]', "bond[1].nics.a", "eth2 is named twice"),
    (HEAD + "nics = {}", "bond[1].nics", "names no NICs"),
    (HEAD + 'nics.a = ["eth2"]', "bond[1].nics.a", "at least two NICs"),
    (HEAD + 'nics = ["04:00.1", "0000:04:00.1"]', "bond[1].nics", "0000:04:00.1 is named twice"),
    (
        HEAD + 'nics = { default = ["eth1", "eth5"], a = ["eth2", "eth3"] }\n'
        '[[bond]]\nnetwork = "Q"\nnics = ["eth3", "eth4"]',
        "bond[1].nics.a, bond[2].nics",
        "NIC eth3 of a is wanted in two bonds",
    ),
]


@pytest.mark.parametrize(("text", "key", "says"), MISTAKES)
def test_mistake_is_named(text: str, key: str, says: str) -> None:
    """The line names the key that is meant, and how it is written."""
    with pytest.raises(BondFileError) as caught:
        parse_bond_file(text, "bonds.toml")
    line = str(caught.value)
    assert (caught.value.key, "\n" in line, "`" in line) == (key, False, False)
    assert says in line
