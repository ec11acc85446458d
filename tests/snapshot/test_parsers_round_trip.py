"""Whatever bonds and interfaces a host has, each generation of its tools prints them readably.

The printers here are written from the sources that the corpus cites, without the parsers.
"""

from collections.abc import Callable
from ipaddress import IPv4Interface

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xsbond.model import Interface, OvsBond, OvsBondMember, OvsBondStatus
from xsbond.snapshot.parsers import parse_bond_list, parse_bond_show, parse_ifconfig

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
MODES = st.sampled_from(("balance-slb", "active-backup", "balance-tcp"))


def names(longest: int = 15) -> st.SearchStrategy[str]:
    """Return names of interfaces: `eth0`, `side-1`, `vlan0.12`."""
    rest = st.text(LETTERS + ".-", max_size=longest - 1)
    return st.builds(str.__add__, st.sampled_from(LETTERS), rest)


@st.composite
def teams(draw: st.DrawFn) -> dict[str, list[str]]:
    """Return bonds with their members, two to four each, none in two bonds."""
    sizes = draw(st.lists(st.integers(2, 4), max_size=3))
    legs = draw(st.lists(names(), min_size=sum(sizes), max_size=sum(sizes), unique=True))
    ports = draw(st.lists(names(30), min_size=len(sizes), max_size=len(sizes), unique=True))
    return {
        port: [legs.pop() for _ in range(size)] for port, size in zip(ports, sizes, strict=True)
    }


@st.composite
def bonds(draw: st.DrawFn) -> list[OvsBond]:
    """Return the bonds of a host as they are configured."""
    return [
        OvsBond(name=name, type=draw(MODES), members=frozenset(members))
        for name, members in draw(teams()).items()
    ]


def print_list(bonds: list[OvsBond], *titles: str) -> str:
    """Print as `bond/list` does, with a recircID where the header has one."""
    rows = [titles]
    for number, bond in enumerate(bonds):
        recirc = (str(number),) if "recircID" in titles else ()
        rows.append((bond.name, bond.type, *recirc, ", ".join(bond.members)))
    return "".join("\t".join(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    "titles",
    [
        ("bond", "type", "slaves"),
        ("bond", "type", "recircID", "slaves"),
        ("bond", "type", "recircID", "members"),
    ],
    ids=" ".join,
)
@settings(deadline=None)
@given(bonds=bonds())
def test_bond_list_reads_all_bonds_of_every_generation(
    titles: tuple[str, ...], bonds: list[OvsBond]
) -> None:
    """The bonds that are printed are the bonds that are read."""
    assert parse_bond_list(print_list(bonds, *titles)) == tuple(bonds)


@settings(deadline=None)
@given(bonds=bonds())
def test_bond_list_reads_all_bonds_where_tabs_became_blanks(bonds: list[OvsBond]) -> None:
    """Columns part at blanks as well, since only the last one has blanks of its own."""
    text = print_list(bonds, "bond", "type", "recircID", "members").expandtabs(40)
    assert parse_bond_list(text) == tuple(bonds)


@st.composite
def statuses(draw: st.DrawFn) -> list[OvsBondStatus]:
    """Return the bonds of a host as they are judged; one enabled member is the active one."""
    return [draw(status(name, sorted(legs))) for name, legs in draw(teams()).items()]


@st.composite
def status(draw: st.DrawFn, name: str, legs: list[str]) -> OvsBondStatus:
    """Return one bond of these legs."""
    enabled = draw(st.sets(st.sampled_from(legs)))
    active = draw(st.sampled_from(sorted(enabled))) if enabled else None
    members = tuple(
        OvsBondMember(
            name=leg,
            enabled=leg in enabled,
            active=leg == active,
            may_enable=draw(st.booleans()),
        )
        for leg in legs
    )
    return OvsBondStatus(
        name=name,
        bond_mode=draw(MODES),
        updelay=draw(st.integers(0, 2**31 - 1)),
        downdelay=draw(st.integers(0, 2**31 - 1)),
        lacp_status=draw(st.sampled_from(("off", "configured", "negotiated"))),
        members=members,
    )


def print_status(bond: OvsBondStatus, word: str, indent: str, settings: str) -> str:
    """Print as `bond/show` does: every hash has a load, and every state may be about to end."""
    text = f"---- {bond.name} ----\nbond_mode: {bond.bond_mode}\n{settings}"
    text += f"updelay: {bond.updelay} ms\ndowndelay: {bond.downdelay} ms\n"
    text += f"next rebalance: -3 ms\nlacp_status: {bond.lacp_status}\n"
    for member in bond.members:
        state, ends = ("enabled", "downdelay") if member.enabled else ("disabled", "updelay")
        text += f"\n{word} {member.name}: {state}\n"
        text += f"{indent}active {word}\n" if member.active else ""
        text += f"{indent}{ends} expires in 17 ms\n"
        text += f"{indent}may_enable: {str(member.may_enable).lower()}\n"
        text += f"{indent}hash 255: 18446744073709551 kB load\n"
    return text + "\n"


GENERATIONS = {
    "1.10": ("slave", "\t", "bond-hash-basis: 0\n"),
    "2.5": ("slave", "\t", "bond may use recirculation: no, Recirc-ID : -1\nbond-hash-basis: 0\n"),
    "2.13": ("slave", "  ", "bond may use recirculation: yes, Recirc-ID : 7\n"),
    "2.17": ("member", "  ", "lb_output action: enabled, bond-id: 7\n"),
    "3.5": ("member", "  ", "all members active: true\nactive-backup primary: <none>\n"),
}


@pytest.mark.parametrize("generation", GENERATIONS)
@settings(deadline=None)
@given(bonds=statuses())
def test_bond_show_reads_all_bonds_of_every_generation(
    generation: str, bonds: list[OvsBondStatus]
) -> None:
    """The states that are printed are the states that are read."""
    text = "".join(print_status(bond, *GENERATIONS[generation]) for bond in bonds)
    assert parse_bond_show(text) == tuple(bonds)


def addresses() -> st.SearchStrategy[IPv4Interface]:
    """Return any IPv4 address with any netmask."""
    return st.builds(
        lambda address, length: IPv4Interface((address, length)),
        st.integers(0, 2**32 - 1),
        st.integers(0, 32),
    )


@st.composite
def interfaces(draw: st.DrawFn) -> list[Interface]:
    """Return the Ethernet interfaces of a host."""
    octets = st.lists(st.integers(0, 255), min_size=6, max_size=6)
    return [
        Interface(
            name=name,
            mac=bytes(draw(octets)).hex(":"),
            up=draw(st.booleans()),
            mtu=draw(st.integers(68, 65536)),
            addresses=tuple(draw(st.lists(addresses(), max_size=1))),
        )
        for name in draw(st.lists(names(), min_size=1, max_size=4, unique=True))
    ]


def print_net_tools_1(interface: Interface) -> str:
    """Print as net-tools 1.60 does."""
    text = f"{interface.name:<9} Link encap:Ethernet  HWaddr {interface.mac.upper()}  \n"
    for address in interface.addresses:
        last = address.network.broadcast_address
        text += f"          inet addr:{address.ip}  Bcast:{last}  Mask:{address.netmask}\n"
    text += f"          {'UP ' * interface.up}BROADCAST  MTU:{interface.mtu}  Metric:1\n"
    text += "          RX packets:1 errors:0 dropped:0 overruns:0 frame:0\n"
    return text + "          RX bytes:9 (9.0 b)  TX bytes:9 (9.0 b)\n\n"


def print_net_tools_2(interface: Interface) -> str:
    """Print as net-tools 2.10 does."""
    flags = "3<UP,BROADCAST>" if interface.up else "2<BROADCAST>"
    text = f"{interface.name}: flags={flags}  mtu {interface.mtu}\n"
    for address in interface.addresses:
        last = address.network.broadcast_address
        text += f"        inet {address.ip}  netmask {address.netmask}  broadcast {last}\n"
    text += f"        ether {interface.mac}  txqueuelen 1000  (Ethernet)\n"
    return text + "        RX packets 1  bytes 9 (9.0 B)\n\n"


@pytest.mark.parametrize("print_one", [print_net_tools_1, print_net_tools_2], ids=["1.60", "2.10"])
@settings(deadline=None)
@given(interfaces=interfaces())
def test_ifconfig_reads_all_interfaces_of_both_generations(
    print_one: Callable[[Interface], str], interfaces: list[Interface]
) -> None:
    """The interfaces that are printed are the interfaces that are read."""
    text = "".join(map(print_one, interfaces))
    assert parse_ifconfig(text) == {interface.name: interface for interface in interfaces}
