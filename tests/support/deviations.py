"""Deviations from the bond files of the docs: each does one thing to xs-2."""

from typing import Any

from tests.support.described_labs import call
from tests.support.labs import db
from xsbond.lab.anylab import AnyLab
from xsbond.lab.faults import strike

STRUCK = "xs-2"


def pif_on(lab: AnyLab[Any], label: str) -> str:
    """Return the ref of xs-2's PIF on the network with this name."""
    with lab.world.lock:
        networks = db(lab).where("network", name_label=label)
        host = host_of(lab)
        found = [p for n in networks for p in db(lab).where("PIF", host=host, network=n)]
    (ref,) = found
    return ref


def host_of(lab: AnyLab[Any]) -> str:
    """Return the ref of xs-2, whatever it is called."""
    return str(lab.host(STRUCK).ref)


def bond_on(lab: AnyLab[Any], label: str) -> str:
    """Return the ref of xs-2's bond on the network with this name."""
    return str(call(lab, "PIF.get_bond_master_of", pif_on(lab, label))[0])


def renamed_network(lab: AnyLab[Any]) -> None:
    """The network has another name."""
    for ref in call(lab, "network.get_by_name_label", "PUB"):
        if call(lab, "network.get_PIFs", ref):
            call(lab, "network.set_name_label", ref, "PUBLIC")


def other_legs(lab: AnyLab[Any]) -> None:
    """The bond joins another NIC."""
    bond = bond_on(lab, "PUB")
    network = call(lab, "PIF.get_network", pif_on(lab, "PUB"))
    slaves = call(lab, "Bond.get_slaves", bond)
    call(lab, "Bond.destroy", bond)
    with lab.world.lock:
        (other,) = db(lab).where("PIF", host=host_of(lab), device="eth3", physical=True)
    call(lab, "Bond.create", network, [slaves[0], other], "", "balance-slb", {})


def other_mode(lab: AnyLab[Any]) -> None:
    """The bond has another mode."""
    call(lab, "Bond.set_mode", bond_on(lab, "PUB"), "balance-slb")


def other_hash(lab: AnyLab[Any]) -> None:
    """The bond hashes otherwise."""
    _property(lab, "hashing_algorithm", "tcpudp_ports")


def other_lacp_time(lab: AnyLab[Any]) -> None:
    """The bond asks its partner for LACPDUs at another rate."""
    _property(lab, "lacp-time", "slow")


def other_aggregation_key(lab: AnyLab[Any]) -> None:
    """The bond has another aggregation key."""
    _property(lab, "lacp-aggregation-key", "8")


def other_fallback(lab: AnyLab[Any]) -> None:
    """The bond falls back to active-backup where no partner answers."""
    _property(lab, "lacp-fallback-ab", "true")


def _property(lab: AnyLab[Any], name: str, value: str) -> None:
    call(lab, "Bond.set_property", bond_on(lab, "PUB"), name, value)


def lacp_time_of_switch(lab: AnyLab[Any]) -> None:
    """Open vSwitch runs another lacp-time than XAPI has."""
    strike(lab, f"lacp-time-in-switch@{STRUCK}")


def other_device(lab: AnyLab[Any]) -> None:
    """The bond was made when another name was free."""
    bond, pif = bond_on(lab, "PUB"), pif_on(lab, "PUB")
    network, slaves = call(lab, "PIF.get_network", pif), call(lab, "Bond.get_slaves", bond)
    call(lab, "Bond.destroy", bond)
    call(lab, "Bond.destroy", bond_on(lab, "other"))
    call(lab, "Bond.create", network, slaves, "", "balance-slb", {})


def other_mac(lab: AnyLab[Any]) -> None:
    """The bond was made without a MAC of its own."""
    bond, pif = bond_on(lab, "PUB"), pif_on(lab, "PUB")
    network, slaves = call(lab, "PIF.get_network", pif), call(lab, "Bond.get_slaves", bond)
    call(lab, "Bond.destroy", bond)
    call(lab, "Bond.create", network, slaves, "", "balance-slb", {})


def no_override(lab: AnyLab[Any]) -> None:
    """An override is gone from the record, and the switch runs what XAPI sets."""
    pif = pif_on(lab, "PUB")
    call(lab, "PIF.remove_from_other_config", pif, "bond-updelay")
    call(lab, "PIF.plug", pif)


def override_not_run(lab: AnyLab[Any]) -> None:
    """An override was changed, and nobody has plugged the PIF anew."""
    pif = pif_on(lab, "PUB")
    call(lab, "PIF.remove_from_other_config", pif, "bond-rebalance-interval")
    call(lab, "PIF.plug", pif)
    call(lab, "PIF.add_to_other_config", pif, "bond-rebalance-interval", "60000")


def management_elsewhere(lab: AnyLab[Any]) -> None:
    """The management interface is on another NIC."""
    with lab.world.lock:
        (pif,) = db(lab).where("PIF", host=host_of(lab), device="eth3", physical=True)
    call(lab, "PIF.reconfigure_ip", pif, "Static", "172.16.0.20", "255.255.255.224", "", "")
    call(lab, "host.management_reconfigure", pif)


def vlan_management_elsewhere(lab: AnyLab[Any]) -> None:
    """The management interface is on the bond itself, and not on its VLAN."""
    pif = pif_on(lab, "TRUNK")
    call(lab, "PIF.reconfigure_ip", pif, "Static", "172.16.0.20", "255.255.255.224", "", "")
    call(lab, "host.management_reconfigure", pif)


def _with(lab: AnyLab[Any], label: str, **fields: str) -> None:
    """Reconfigure a PIF, but for some of its fields as it is."""
    pif = pif_on(lab, label)
    record = {**call(lab, "PIF.get_record", pif), **fields}
    words = [record[key] for key in ("ip_configuration_mode", "IP", "netmask", "gateway", "DNS")]
    call(lab, "PIF.reconfigure_ip", pif, *words)


def other_address(lab: AnyLab[Any]) -> None:
    """The bond has another address."""
    _with(lab, "NAS", IP="172.16.0.40")


def other_netmask(lab: AnyLab[Any]) -> None:
    """The bond's address has another netmask."""
    _with(lab, "NAS", netmask="255.255.255.0")


def static_for_dhcp(lab: AnyLab[Any]) -> None:
    """The management interface has a static address in the place of DHCP."""
    _with(lab, "MGMT", ip_configuration_mode="Static")


def no_lease(lab: AnyLab[Any]) -> None:
    """The DHCP server gives the host no address any more."""
    _silence(lab, "MGMT")
    call(lab, "PIF.plug", pif_on(lab, "MGMT"))


def _silence(lab: AnyLab[Any], label: str) -> None:
    with lab.world.lock:
        mac = db(lab).get("PIF", pif_on(lab, label))["MAC"]
        lab.world.pool.leases.silent.add(mac.lower())


def other_gateway(lab: AnyLab[Any]) -> None:
    """The management interface has another gateway."""
    _with(lab, "MGMT", gateway="172.16.0.30")


def other_dns(lab: AnyLab[Any]) -> None:
    """The management interface has another name server."""
    _with(lab, "MGMT", DNS="172.16.0.30")


def _ipv6(lab: AnyLab[Any], label: str, mode: str, address: str, gateway: str) -> None:
    call(lab, "PIF.reconfigure_ipv6", pif_on(lab, label), mode, address, gateway, "")


def other_ipv6(lab: AnyLab[Any]) -> None:
    """The bond has another IPv6 address."""
    _ipv6(lab, "NAS", "Static", "2001:db8::99/64", "")


def no_ipv6(lab: AnyLab[Any]) -> None:
    """The bond has no IPv6 any more."""
    _ipv6(lab, "NAS", "None", "", "")


def other_ipv6_gateway(lab: AnyLab[Any]) -> None:
    """The management interface has another IPv6 gateway."""
    _ipv6(lab, "MGMT", "Static", "2001:db8::12/64", "2001:db8::99")


def other_mtu_of_vlan(lab: AnyLab[Any]) -> None:
    """The VLAN's network has another MTU."""
    (network,) = call(lab, "network.get_by_name_label", "iSCSI")
    call(lab, "network.set_MTU", network, "1500")


def other_mtu(lab: AnyLab[Any]) -> None:
    """The network has another MTU."""
    (network,) = call(lab, "network.get_by_name_label", "NAS")
    call(lab, "network.set_MTU", network, "1500")


def _without_vlan(lab: AnyLab[Any], label: str) -> str:
    """Destroy the host's VLAN on a network; return the network's ref."""
    pif = pif_on(lab, label)
    network = str(call(lab, "PIF.get_network", pif))
    call(lab, "VLAN.destroy", call(lab, "PIF.get_VLAN_master_of", pif))
    return network


def no_vlan(lab: AnyLab[Any]) -> None:
    """The VLAN is gone from the host."""
    _without_vlan(lab, "guests")


def other_tag(lab: AnyLab[Any]) -> None:
    """The VLAN has another tag on this host."""
    network = _without_vlan(lab, "guests")
    call(lab, "VLAN.create", pif_on(lab, "TRUNK"), "21", network)


def vlan_on_another_nic(lab: AnyLab[Any]) -> None:
    """The VLAN is on a NIC beside the bond."""
    network = _without_vlan(lab, "guests")
    with lab.world.lock:
        (nic,) = db(lab).where("PIF", host=host_of(lab), device="eth3", physical=True)
    call(lab, "VLAN.create", nic, "20", network)


def vlan_unplugged(lab: AnyLab[Any]) -> None:
    """The VLAN is recorded and not attached."""
    call(lab, "PIF.unplug", pif_on(lab, "guests"))


def vlan_network_renamed(lab: AnyLab[Any]) -> None:
    """The VLAN's network has another name."""
    call(lab, "network.set_name_label", call(lab, "PIF.get_network", pif_on(lab, "guests")), "g")


def vlan_on_twin(lab: AnyLab[Any]) -> None:
    """The VLAN is on another network of the same name."""
    network = _without_vlan(lab, "guests")
    twin = next(r for r in call(lab, "network.get_by_name_label", "guests") if r != network)
    call(lab, "VLAN.create", pif_on(lab, "PUB"), "20", twin)


def other_address_of_vlan(lab: AnyLab[Any]) -> None:
    """The host has another address on the VLAN."""
    _with(lab, "iSCSI", IP="10.30.0.99")


def other_gateway_of_vlan(lab: AnyLab[Any]) -> None:
    """The management VLAN has another gateway."""
    _with(lab, "MGMT-100", gateway="10.100.0.99")


def other_dns_of_vlan(lab: AnyLab[Any]) -> None:
    """The management VLAN has other name servers."""
    _with(lab, "MGMT-100", DNS="10.100.0.1")


def no_ipv6_of_vlan(lab: AnyLab[Any]) -> None:
    """The VLAN has no IPv6 any more."""
    _ipv6(lab, "backup", "None", "", "")


def other_ipv6_gateway_of_vlan(lab: AnyLab[Any]) -> None:
    """The management VLAN has another IPv6 gateway."""
    _ipv6(lab, "MGMT-100", "Static", "2001:db8:100::12/64", "2001:db8:100::99")


def second_address(lab: AnyLab[Any]) -> None:
    """A host with a dot in its name has another address."""
    _with(lab, "NAS", IP="172.16.0.40")
