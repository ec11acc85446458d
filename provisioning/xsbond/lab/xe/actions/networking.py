"""Networks, bonds, VLANs, tunnels and PIFs."""

from collections.abc import Mapping

from xsbond.lab.contracts import Failure
from xsbond.lab.xe.conversions import (
    ADDRESS_TYPE,
    BOND_MODE,
    IP_MODE,
    IPV6_MODE,
    TUNNEL_PROTOCOL,
    checked_integer,
    integer,
)
from xsbond.lab.xe.job import Command, Job

_DEFAULT_MTU = "1500"


def on_one(method: str, help_text: str, *, hidden: bool = False) -> Command:
    """Return the command that calls a method on the object with this uuid."""
    xapi_class = method.partition(".")[0]

    def run(job: Job) -> None:
        job.view.call(method, job.ref(xapi_class))

    return Command(run=run, required=("uuid",), help=help_text, hidden=hidden)


def _network_create(job: Job) -> None:
    given = job.parameters
    record = {
        "name_label": given["name-label"],
        "name_description": given.get("name-description", ""),
        "MTU": integer(job.view, "MTU", given.get("MTU", _DEFAULT_MTU)),
        "other_config": {},
        "bridge": given.get("bridge", ""),
        "managed": job.flag("managed", otherwise=True),
        "tags": [],
    }
    job.print_uuid("network", job.view.call("network.create", record))


def _network_attach(job: Job) -> None:
    job.view.call("network.attach", job.ref("network"), job.ref("host", "host-uuid"))


def _bond_create(job: Job) -> None:
    given = job.parameters
    network = job.ref("network", "network-uuid")
    uuids = given["pif-uuids"].split(",")
    pifs = [job.view.call("PIF.get_by_uuid", uuid) for uuid in uuids]
    mode = BOND_MODE(job.view, "mode", given.get("mode", ""))
    properties = job.keys_of("properties")
    mac = given.get("mac", "")
    job.print_uuid("Bond", job.view.call("Bond.create", network, pifs, mac, mode, properties))


def _bond_set_mode(job: Job) -> None:
    bond = job.ref("Bond")
    job.view.call("Bond.set_mode", bond, BOND_MODE(job.view, "mode", job.parameters["mode"]))


def _vlan_create(job: Job) -> None:
    network, pif = job.ref("network", "network-uuid"), job.ref("PIF", "pif-uuid")
    tag = checked_integer(job.view, "vlan", job.parameters["vlan"])
    vlan = job.view.call("VLAN.create", pif, tag, network)
    job.print_uuid("PIF", job.view.call("VLAN.get_untagged_PIF", vlan))


def _pool_vlan_create(job: Job) -> None:
    network, pif = job.ref("network", "network-uuid"), job.ref("PIF", "pif-uuid")
    tag = checked_integer(job.view, "vlan", job.parameters["vlan"])
    made = job.view.call("pool.create_VLAN_from_PIF", pif, network, tag)
    job.printer.values([job.view.call("PIF.get_uuid", each) for each in made])


def _vlan_destroy(job: Job) -> None:
    """The uuid may also be that of the VLAN's PIF, as it was in XenServer 3."""
    try:
        job.view.call("VLAN.destroy", job.ref("VLAN"))
    except Failure as failure:
        if failure.code in {"HANDLE_INVALID", "HOST_OFFLINE"}:
            raise
        pif = job.view.answer(None, "PIF.get_by_uuid", job.parameters["uuid"])
        if pif is None:
            raise
        job.view.call("PIF.destroy", pif)


def _tunnel_create(job: Job) -> None:
    network, pif = job.ref("network", "network-uuid"), job.ref("PIF", "pif-uuid")
    protocol = TUNNEL_PROTOCOL(job.view, "protocol", job.parameters.get("protocol", "gre"))
    tunnel = job.view.call("tunnel.create", pif, network, protocol)
    job.print_uuid("PIF", job.view.call("tunnel.get_access_PIF", tunnel))


def _sriov_create(job: Job) -> None:
    network, pif = job.ref("network", "network-uuid"), job.ref("PIF", "pif-uuid")
    job.print_uuid("network_sriov", job.view.call("network_sriov.create", pif, network))


def _in_any_case(job: Job, name: str) -> str:
    """Return a parameter whose name may be typed in any case."""
    pairs = job.parameters.pairs
    return next((value for typed, value in pairs if typed.lower() == name.lower()), "")


def _reconfigure_ip(job: Job) -> None:
    given = job.parameters
    pif, mode = job.ref("PIF"), IP_MODE(job.view, "mode", given["mode"])
    addresses = (_in_any_case(job, "IP"), given.get("netmask", ""), given.get("gateway", ""))
    job.view.call("PIF.reconfigure_ip", pif, mode, *addresses, _in_any_case(job, "DNS"))


def _reconfigure_ipv6(job: Job) -> None:
    given = job.parameters
    pif, mode = job.ref("PIF"), IPV6_MODE(job.view, "mode", given["mode"])
    addresses = (_in_any_case(job, "IPv6"), given.get("gateway", ""))
    job.view.call("PIF.reconfigure_ipv6", pif, mode, *addresses, _in_any_case(job, "DNS"))


def _set_primary_address_type(job: Job) -> None:
    typed = job.parameters["primary_address_type"]
    kind = ADDRESS_TYPE(job.view, "primary_address_type", typed)
    job.view.call("PIF.set_primary_address_type", job.ref("PIF"), kind)


def _scan(job: Job) -> None:
    job.view.call("PIF.scan", job.ref("host", "host-uuid"))


def _introduce(job: Job) -> None:
    given, host = job.parameters, job.ref("host", "host-uuid")
    managed = job.flag("managed", otherwise=True)
    mac = given.get("mac", "")
    job.print_uuid("PIF", job.view.call("PIF.introduce", host, mac, given["device"], managed))


COMMANDS: Mapping[str, Command] = {
    "network-create": Command(
        run=_network_create,
        required=("name-label",),
        optional=("name-description", "MTU", "bridge", "managed"),
        help="Makes a network that nothing is connected to yet.",
    ),
    "network-destroy": on_one("network.destroy", "Removes a network that nothing uses."),
    "network-attach": Command(
        run=_network_attach,
        required=("uuid", "host-uuid"),
        help="Brings the network's bridge up on one host.",
        hidden=True,
    ),
    "bond-create": Command(
        run=_bond_create,
        required=("network-uuid", "pif-uuids"),
        optional=("mac", "mode", "properties:"),
        help="Joins PIFs of one host to a bond on a network.",
    ),
    "bond-destroy": on_one(
        "Bond.destroy", "Takes a bond apart; its PIFs stand for themselves again."
    ),
    "bond-set-mode": Command(
        run=_bond_set_mode, required=("uuid", "mode"), help="Gives a bond another mode."
    ),
    "vlan-create": Command(
        run=_vlan_create,
        required=("pif-uuid", "vlan", "network-uuid"),
        help="Puts a VLAN of a PIF on a network, for one host.",
    ),
    "vlan-destroy": Command(
        run=_vlan_destroy, required=("uuid",), help="Removes one host's VLAN and its PIF."
    ),
    "pool-vlan-create": Command(
        run=_pool_vlan_create,
        required=("pif-uuid", "vlan", "network-uuid"),
        help="Puts a VLAN on a network, for every host of the pool.",
    ),
    "tunnel-create": Command(
        run=_tunnel_create,
        required=("pif-uuid", "network-uuid"),
        optional=("protocol",),
        help="Puts a tunnel over a PIF on a network, for one host.",
    ),
    "tunnel-destroy": on_one("tunnel.destroy", "Removes a tunnel and its PIF."),
    "network-sriov-create": Command(
        run=_sriov_create,
        required=("pif-uuid", "network-uuid"),
        help="Enables SR-IOV on a PIF, and puts what comes of it on a network.",
    ),
    "network-sriov-destroy": on_one("network_sriov.destroy", "Disables SR-IOV on a PIF."),
    "pif-unplug": on_one("PIF.unplug", "Takes the PIF's interface down in dom0."),
    "pif-plug": on_one("PIF.plug", "Brings the PIF's interface up in dom0."),
    "pif-reconfigure-ip": Command(
        run=_reconfigure_ip,
        required=("uuid", "mode"),
        optional=("IP", "netmask", "gateway", "DNS"),
        help="Sets how a PIF gets its IPv4 address.",
    ),
    "pif-reconfigure-ipv6": Command(
        run=_reconfigure_ipv6,
        required=("uuid", "mode"),
        optional=("IPv6", "gateway", "DNS"),
        help="Sets how a PIF gets its IPv6 address.",
    ),
    "pif-set-primary-address-type": Command(
        run=_set_primary_address_type,
        required=("uuid", "primary_address_type"),
        help="Sets whether IPv4 or IPv6 is the PIF's main protocol.",
    ),
    "pif-scan": Command(
        run=_scan, required=("host-uuid",), help="Makes PIFs for NICs of a host that have none."
    ),
    "pif-introduce": Command(
        run=_introduce,
        required=("host-uuid", "device"),
        optional=("mac", "managed"),
        help="Makes a PIF for one NIC of a host.",
    ),
    "pif-forget": on_one("PIF.forget", "Removes a PIF, and its interface from dom0."),
    "pif-db-forget": on_one(
        "PIF.db_forget",
        "Removes a PIF's record and touches nothing else.",
        hidden=True,
    ),
}
"""Command -> what it does (cli_frontend.ml, cmdtable_data)."""
