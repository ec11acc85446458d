"""What mends a bond, typed as the snapshot knows it; in place wherever that is enough.

Each was typed on a pool: PIF.plug applies MTU, mode and settings anew on that host, an Open vSwitch
port of other interfaces has to be unplugged first (networkd adds no interface to a bond), and a
start of xapi copies the master's bond and reads the MACs of the NICs (sync_networking.ml).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.dom0.addresses import Held, devices, held, with_those_above
from pytest_xsbond.claims.seen import Evidence
from xsbond.model import DesiredBond, Pif, Vlan
from xsbond.plan.address_steps import readdressing
from xsbond.plan.differing.in_place import replacements
from xsbond.plan.plan import plan_for
from xsbond.snapshot import lookup
from xsbond.snapshot.lookup import master_name
from xsbond.snapshot.snapshot import Snapshot

_KEEP_FROM_BOND = frozenset(
    {
        *("nic-management", "nic-address", "nic-bonded", "nic-vlans", "nic-tunnels"),
        *("nic-sriov", "nic-unmanaged", "network-occupied"),
    }
)
"""Rules of a plan that say what else a host's NICs, or its network, are used for."""


def scan_and_copy(here: BondOnHost) -> Iterator[str]:
    """Let XAPI find the NICs, and a member copy what its bond lacks from the master."""
    uuid = here.snapshot.hosts[here.host].uuid
    yield f"{master_name(here.snapshot)}# xe pif-scan host-uuid={uuid}"
    has_bond = lookup.bond_on(here.snapshot, here.host, here.wanted) is not None
    if has_bond and not here.is_master and here.legs < set(here.wanted.nics):
        yield f"{here.name}# service xapi restart"


def replug(here: BondOnHost) -> Iterator[str]:
    """Have the bond's port made anew; a port of the right interfaces keeps its traffic."""
    yield f"{here.name}# ovs-vsctl list port {here.pif.device}"
    if here.pif.management:
        # XAPI unplugs no management interface (PIF_IS_MANAGEMENT_INTERFACE).
        return
    if here.legs not in [bond.members for bond in here.ovs_bonds]:
        yield f"{master_name(here.snapshot)}# xe pif-unplug uuid={here.pif.uuid}"
    yield f"{master_name(here.snapshot)}# xe pif-plug uuid={here.pif.uuid}"


def readdress(here: BondOnHost) -> Iterator[str]:
    """Give the bond's PIF the address it is to have; take one away only from a guest bond."""
    if here.pif.management:
        yield f"{master_name(here.snapshot)}# xe pif-param-list uuid={here.pif.uuid}"
        return
    yield f"{master_name(here.snapshot)}# {readdressing(here.pif, here.wanted.ipv4_on(here.name))}"


def rename_unused(here: BondOnHost) -> Iterator[str]:
    """Give another name to the networks of this name that nothing is on."""
    found = [network for _, network in lookup.networks_of(here.snapshot, here.wanted)]
    unused = [each for each in found if not each.PIFs and not each.VIFs]
    if len(unused) < len(found):
        for each in unused:
            words = f"uuid={each.uuid} name-label=unused-{each.uuid[:8]}"
            yield f"{master_name(here.snapshot)}# xe network-param-set {words}"


def vlans_as_elsewhere(here: BondOnHost) -> Iterator[str]:
    """Give the host's bond the VLANs that the bonds of the other hosts have, with their tags."""
    own = {network: pif.VLAN for network, pif in _vlans(here.snapshot, here.host, here.wanted)}
    for network, tag in _tags_elsewhere(here).items():
        if own.get(network) == tag:
            continue
        there = _own_vlans(here, network)
        if any(_is_used(here.snapshot.pifs[vlan.untagged_PIF]) for vlan in there):
            uuids = [here.snapshot.pifs[vlan.untagged_PIF].uuid for vlan in there]
            yield from (
                f"{master_name(here.snapshot)}# xe pif-param-list uuid={uuid}" for uuid in uuids
            )
            continue
        yield from (
            f"{master_name(here.snapshot)}# xe vlan-destroy uuid={vlan.uuid}" for vlan in there
        )
        words = f"network-uuid={here.snapshot.networks[network].uuid} pif-uuid={here.pif.uuid}"
        yield f"{master_name(here.snapshot)}# xe vlan-create {words} vlan={tag}"


def _tags_elsewhere(here: BondOnHost) -> Mapping[str, int]:
    """Return network ref -> the tag that most hosts have for it on this bond, or the master has."""
    found: dict[str, Counter[int]] = {}
    for host in here.snapshot.hosts:
        for network, pif in _vlans(here.snapshot, host, here.wanted):
            found.setdefault(network, Counter())[pif.VLAN] += 1
    master = _vlans(here.snapshot, here.snapshot.pool.master, here.wanted)
    at_a_tie = {network: pif.VLAN for network, pif in master}
    most = {network: tags.most_common(2) for network, tags in found.items()}
    clear = {
        network: tags[0][0]
        for network, tags in most.items()
        if len(tags) == 1 or tags[0][1] > tags[1][1]
    }
    return {
        network: tag
        for network, tag in (at_a_tie | clear).items()
        if network in here.snapshot.networks
    }


def _vlans(snapshot: Snapshot, host: str, wanted: DesiredBond) -> Sequence[tuple[str, Pif]]:
    found = lookup.bond_on(snapshot, host, wanted)
    return lookup.vlans_on(snapshot, host, found[1].master) if found else ()


def _own_vlans(here: BondOnHost, network: str) -> Sequence[Vlan]:
    """Return what connects the host to the network of a VLAN, on whatever PIF it runs."""
    own = {ref for ref, _ in lookup.pifs_on(here.snapshot, here.host, network)}
    return [vlan for vlan in here.snapshot.vlans.values() if vlan.untagged_PIF in own]


def _is_used(pif: Pif) -> bool:
    """Tell whether a PIF is one that the host itself talks through."""
    return pif.management or bool(pif.IP) or pif.ip_configuration_mode != "None"


def foreign_addresses(here: BondOnHost) -> Held:
    """Return the addresses on bridge, legs or devices on these that XAPI knows nothing of."""
    evidence = Evidence(snapshot=here.snapshot, host=here.host)
    own = with_those_above(evidence, {here.network.bridge, *here.wanted.nics})
    given = {here.pif.IP, *(each.partition("/")[0] for each in here.pif.IPv6)}
    return frozenset(p for p in held(evidence) if p[0] in own and str(p[1].ip) not in given)


def without_foreign_addresses(here: BondOnHost) -> Iterator[str]:
    """Take from bridge and legs, in dom0, the addresses that XAPI knows nothing of."""
    for device, address in sorted(foreign_addresses(here), key=str):
        yield f"{here.name}# ip addr del {address} dev {device}"


def without_foreign_devices(here: BondOnHost) -> Iterator[str]:
    """Delete, in dom0, the devices that somebody has made on a leg."""
    for device in foreign_devices(here):
        yield f"{here.name}# ip link del {device}"


def foreign_devices(here: BondOnHost) -> Sequence[str]:
    """Return the devices that somebody has made on a leg."""
    found = devices(Evidence(snapshot=here.snapshot, host=here.host)).values()
    return sorted(each.name for each in found if each.below in here.legs)


def clean_legs(here: BondOnHost) -> Iterator[str]:
    """Have legs carry the bond alone; what the host is managed through is only looked at."""
    for pif in lookup.leg_pifs(here.snapshot, here.bond).values():
        yield f"{master_name(here.snapshot)}# xe pif-param-list uuid={pif.uuid}"
        if not pif.management and (pif.IP or pif.ip_configuration_mode != "None"):
            yield f"{master_name(here.snapshot)}# xe pif-reconfigure-ip uuid={pif.uuid} mode=none"
    yield from without_foreign_addresses(here)


def without_overrides(here: BondOnHost) -> Iterator[str]:
    """Have the keys bond-… of the bond's PIF be those of the bond file, and networkd read them."""
    wanted = here.wanted.other_config
    words = f"uuid={here.pif.uuid} param-name=other-config"
    yield f"{master_name(here.snapshot)}# xe pif-param-get {words}"
    for key, value in here.pif.other_config.items():
        if not key.startswith("bond-") or wanted.get(key) == value:
            continue
        words = f"uuid={here.pif.uuid} param-name=other-config param-key={key}"
        yield f"{master_name(here.snapshot)}# xe pif-param-remove {words}"
    yield f"{master_name(here.snapshot)}# xe pif-plug uuid={here.pif.uuid}"


def free_nics(here: BondOnHost) -> Iterator[str]:
    """Say why no bond can be made on this host, as the plan refuses it; nothing where one can.

    A start of xapi makes none of such NICs, however often it is repeated.
    """
    for refusal in plan_for(here.desired, here.snapshot).refusals:
        if refusal.where == here.name and refusal.rule in _KEEP_FROM_BOND:
            yield str(refusal)


def replace_bond(here: BondOnHost) -> Iterator[str]:
    """Destroy the host's bond and have the wanted one made, as the plan has it.

    One that the host talks through is only looked at.
    """
    found = list(replacements(here.wanted, here.snapshot, here.host))
    if not found:
        yield f"{master_name(here.snapshot)}# xe pif-param-list uuid={here.pif.uuid}"
    for gone, new in found:
        yield f"{master_name(here.snapshot)}# {gone.command}"
        by_ssh = new.command.removeprefix(f"ssh root@{here.name} ")
        where = master_name(here.snapshot) if by_ssh == new.command else here.name
        yield f"{where}# {by_ssh}"
