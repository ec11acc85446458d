"""Pools whose NICs can do SR-IOV, and what is made of them."""

from dataclasses import replace

from tests.lab.worlds import ask, new_network
from xsbond.lab.blueprint import Blueprint, tutorial
from xsbond.lab.world import World

CAPABLE = ("eth1", "eth3", "eth5")
FUNCTIONS = 7


def sriov_pool() -> Blueprint:
    """Return the tutorial's pool whose eth1, eth3 and eth5 can do SR-IOV; eth3 is another board."""
    pool = tutorial()
    boards = {"eth1": "10fb", "eth3": "1572", "eth5": "10fb"}
    return replace(
        pool,
        hosts=tuple(
            replace(
                host,
                nics=tuple(
                    replace(
                        nic,
                        virtual_functions=FUNCTIONS,
                        vendor_id="8086",
                        device_id=boards[nic.device],
                    )
                    if nic.device in CAPABLE
                    else nic
                    for nic in host.nics
                ),
            )
            for host in pool.hosts
        ),
    )


def nic(world: World, device: str, host: int = 0) -> str:
    """Return the PIF of a NIC."""
    with world.lock:
        (ref,) = world.database.where(
            "PIF", host=world.hosts[host].ref, device=device, physical=True
        )
    return ref


def sriov(world: World, device: str = "eth1", network: str = "", host: int = 0) -> str:
    """Enable SR-IOV on a NIC and return the logical PIF."""
    made = ask(
        world, "network_sriov.create", nic(world, device, host), network or new_network(world)
    )
    return str(ask(world, "network_sriov.get_logical_PIF", made))


def vlan(world: World, tagged: str, network: str = "", tag: int = 7) -> str:
    """Put a VLAN on a PIF and return its own PIF."""
    made = ask(world, "VLAN.create", tagged, tag, network or new_network(world, f"VLAN {tag}"))
    return str(ask(world, "VLAN.get_untagged_PIF", made))


def network_of(world: World, pif: str) -> str:
    """Return a PIF's network."""
    return str(ask(world, "PIF.get_network", pif))


def on_vlan_over_sriov(world: World) -> str:
    """The PIF of a VLAN over SR-IOV."""
    return vlan(world, sriov(world))


def new_bond_of(world: World, *devices: str) -> str:
    """Bond NICs of the master, one of which has SR-IOV."""
    members = [nic(world, each) for each in devices]
    network = new_network(world, "bond")
    return str(ask(world, "Bond.create", network, members, "", "balance-slb", {}))
