"""Builds a pool from a blueprint: records, dom0 and its files, the bonds that are there already."""

import ipaddress
import itertools
from collections.abc import Sequence
from dataclasses import replace

from xsbond.lab.blueprint import Blueprint, BondBlueprint, GuestBlueprint, HostBlueprint
from xsbond.lab.contracts import Dom0Backend
from xsbond.lab.guests.guests import record_control_domain, record_guest, set_power_state, start
from xsbond.lab.networking.bonds import create_bond
from xsbond.lab.networking.networkd import plug
from xsbond.lab.networking.nics import introduce_nic
from xsbond.lab.networking.rules.bond_rules import BondRequest
from xsbond.lab.networking.vifs import create_vif
from xsbond.lab.pool import hosts, product
from xsbond.lab.pool.certificates import CERTIFICATE, issue
from xsbond.lab.pool.inventory import inventory
from xsbond.lab.pool.membership import MASTER, adopt_role, slave_of, write_role
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import EPOCH, new_uuid
from xsbond.lab.toolstack.agent import COMPLETE_COOKIE, STARTUP_COOKIE
from xsbond.lab.xapi.access.accounts import PLUGIN, accounts_of
from xsbond.lab.xapi.calls.directory import record_subject
from xsbond.lab.xapi.calls.networks import create_network

_CERTIFICATES = (
    (CERTIFICATE, "host", ()),
    ("/etc/xensource/xapi-pool-tls.pem", "host_internal", (8, 2, 1, 313)),
)
"""Path, type, and the release that was the first to have it."""
_TELEMETRY = (23, 9)
"""The release that was the first to have it."""
_UPTIME = 86400.0
"""Lab seconds the pool has been up when it is handed over, so that its certificates are valid."""


def found(
    pool: Pool, blueprint: Blueprint, backends: Sequence[Dom0Backend], addresses: Sequence[str]
) -> None:
    """Fill an empty pool; ValueError if there is not one backend and address per host."""
    if not len(blueprint.hosts) == len(backends) == len(addresses):
        raise ValueError(
            f"{len(blueprint.hosts)} hosts, {len(backends)} backends, {len(addresses)} addresses"
        )
    with pool.lock:
        pool.clock.backdate(_UPTIME)
        places = list(zip(blueprint.hosts, backends, addresses, strict=True))
        for each, backend, address in places:
            host = _record_host(pool, each, backend, address)
            pool.hosts[host.ref] = host
        _record_pool(pool)
        _record_internal_network(pool)
        for host, each in zip(pool.hosts.values(), blueprint.hosts, strict=True):
            _install(pool, host, each, blueprint.gateway)
        for bond in blueprint.bonds:
            _bond_everywhere(pool, bond)
        for host in pool.hosts.values():
            record_control_domain(pool, host)
        for guest in blueprint.guests:
            _house(pool, guest)
        _enrol(pool, blueprint)
        _let_time_pass(pool)


def _record_host(pool: Pool, blueprint: HostBlueprint, backend: Dom0Backend, address: str) -> Host:
    metrics = pool.database.create(
        "host_metrics", memory_total=product.MEMORY, last_updated=pool.date(), live=True
    )
    uuid = new_uuid()
    ref = pool.database.create(
        "host",
        uuid=uuid,
        name_label=blueprint.name,
        hostname=blueprint.name,
        address=address,
        metrics=metrics,
        # Of a host that joined it is the moment it did, as recorded.
        ssh_expiry=pool.date() if pool.hosts else EPOCH,
        **product.host_fields(pool.profile, pool.clock, blueprint.network_backend),
    )
    return Host(name=blueprint.name, ref=ref, uuid=uuid, address=address, backend=backend)


def _record_pool(pool: Pool) -> None:
    pool.ref = pool.database.create(
        "pool",
        master=next(iter(pool.hosts)),
        other_config={"memory-ratio-hvm": "0.25", "memory-ratio-pv": "0.25"},
        **_telemetry(pool),
        **product.pool_fields(pool.profile),
    )
    pool.database.create("user", short_name="root", fullname="superuser")


def _telemetry(pool: Pool) -> dict[str, str]:
    """Return the field of the pool that refers to a secret: the name it reports under."""
    if not pool.profile.knows(_TELEMETRY):
        return {}
    return {"telemetry_uuid": pool.database.create("secret", value=new_uuid())}


def _record_internal_network(pool: Pool) -> None:
    """Every pool has it, on a bridge of its own that no host shows (create_networks.ml)."""
    pool.database.create(
        "network",
        name_label="Host internal management network",
        name_description="Network on which guests will be assigned a private link-local IP address"
        " which can be used to talk XenAPI",
        bridge="xenapi",
        other_config={
            "ip_begin": "169.254.0.1",
            "ip_end": "169.254.255.254",
            "is_guest_installer_network": "true",
            "is_host_internal_management_network": "true",
            "netmask": "255.255.0.0",
        },
    )


def _install(pool: Pool, host: Host, blueprint: HostBlueprint, gateway: str) -> None:
    """Give a host its files and PIFs; management is on the first NIC."""
    nics = host.backend.nics()
    _write_files(pool, host, f"xenbr{nics[0].position}")
    for index, nic in enumerate(nics):
        pif = introduce_nic(pool, host, nic)
        if index == 0:
            _give_address(pool, pif, blueprint.management, gateway)
            pool.database.set("PIF", pif, management=True)
        plug(pool, pif)
    hosts.set_enabled(pool, host, enabled=True)


def _give_address(
    pool: Pool, pif: str, address: ipaddress.IPv4Interface, gateway: str = ""
) -> None:
    pool.database.set(
        "PIF",
        pif,
        ip_configuration_mode="Static",
        IP=str(address.ip),
        netmask=str(address.netmask),
        gateway=gateway,
    )


def _write_files(pool: Pool, host: Host, bridge: str) -> None:
    write = host.backend.write_file
    write("/etc/xensource-inventory", inventory(pool.profile, host.uuid, bridge))
    write_role(host, MASTER if host is pool.master else slave_of(pool.master.address))
    adopt_role(host)
    write("/etc/xensource/ptoken", pool.secret)
    write(STARTUP_COOKIE, "")
    write(COMPLETE_COOKIE, "")
    for path, kind, since in _CERTIFICATES:
        if pool.profile.knows(since):
            _certify(pool, host, path, kind)


def _certify(pool: Pool, host: Host, path: str, kind: str) -> None:
    certificate = issue(host.name, pool.clock.time())
    host.backend.write_file(path, certificate.pem)
    pool.database.create(
        "Certificate",
        type=kind,
        host=host.ref,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        fingerprint=certificate.sha256,
        fingerprint_sha256=certificate.sha256,
        fingerprint_sha1=certificate.sha1,
    )


def _bond_everywhere(pool: Pool, bond: BondBlueprint) -> None:
    """Bond the NICs of these names on every host, as if done long ago."""
    network = create_network(pool, name_label=bond.network)
    addresses: Sequence[ipaddress.IPv4Interface | None] = bond.addresses or (None,)
    for host, address in zip(pool.hosts.values(), itertools.cycle(addresses), strict=False):
        members = tuple(_pif(pool, host, device) for device in bond.devices)
        made = create_bond(
            pool,
            BondRequest(network=network, members=members, mac="", mode=bond.mode, properties={}),
        )
        if address:
            master = pool.database.get("Bond", made)["master"]
            _give_address(pool, master, address)
            plug(pool, master)


def _house(pool: Pool, guest: GuestBlueprint) -> None:
    """Store a guest with its VIFs, and let it run if it does."""
    vm = record_guest(pool, guest.name)
    for device, name in enumerate(guest.networks):
        network = _network(pool, guest.name, name)
        mtu = pool.database.get("network", network)["MTU"]
        create_vif(pool, vm=vm, network=network, device=str(device), mac="", MTU=mtu)
    if guest.host:
        host = next(host for host in pool.hosts.values() if host.name == guest.host)
        start(pool, vm, host, paused=guest.power_state == "Paused")
    else:
        set_power_state(pool, vm, guest.power_state)


def _network(pool: Pool, guest: str, name: str) -> str:
    """Return the network with this name or bridge."""
    found = pool.database.where("network", name_label=name)
    found = found or pool.database.where("network", bridge=name)
    if not found:
        raise ValueError(f"there is no network {name} to connect guest {guest} to")
    return found[0]


def _enrol(pool: Pool, blueprint: Blueprint) -> None:
    """Let the users in; whoever has any has external authentication."""
    pool.accounts = {
        name: replace(account, subject=record_subject(pool, account))
        for name, account in accounts_of(blueprint.accounts).items()
    }
    for host in pool.hosts.values() if pool.accounts else ():
        pool.database.set(
            "host", host.ref, external_auth_type=PLUGIN, external_auth_service_name=PLUGIN
        )


def _pif(pool: Pool, host: Host, device: str) -> str:
    found = pool.database.where("PIF", host=host.ref, device=device, physical=True)
    if not found:
        raise ValueError(f"{host.name} has no NIC {device} to put into a bond")
    return found[0]


def _let_time_pass(pool: Pool) -> None:
    """The pool is old enough for every delay of its links to be over."""
    pool.clock.skip(_UPTIME)
    pool.bounced.clear()
    for host in pool.hosts.values():
        hosts.refresh(pool, host)
