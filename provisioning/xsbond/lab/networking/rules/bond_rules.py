"""When Bond.create refuses, and with which words: tables in the order of xapi_bond.ml, create."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from xsbond.lab.contracts import Failure
from xsbond.lab.networking.pifs import (
    has_address,
    is_slave,
    is_sriov_network,
    kind_of,
    refuse_second_pif,
)
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import int_of_string
from xsbond.lab.profiles import Profile, Version

AnyRule = TypeVar("AnyRule")

_MAC = re.compile(r"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BondRequest:
    """What Bond.create is asked for, on the host of the first member."""

    network: str
    members: tuple[str, ...]
    """PIF references, at least one."""
    mac: str
    """Empty: the primary slave's."""
    mode: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A property some mode knows (xapi_bond.ml, requirements_of_mode)."""

    accepts: Callable[[str], bool]
    default: str | None = None
    since: Version = ()


def _one_of(*words: str) -> Callable[[str], bool]:
    return lambda value: value in words


def _is_integer(text: str) -> bool:
    return int_of_string(text) is not None


PROPERTIES: Mapping[str, Mapping[str, Property]] = {
    "balance-slb": {},
    "active-backup": {},
    "lacp": {
        "hashing_algorithm": Property(
            accepts=_one_of("src_mac", "tcpudp_ports"), default="tcpudp_ports"
        ),
        "lacp-time": Property(accepts=_one_of("fast", "slow"), default="slow", since=(6, 5)),
        "lacp-aggregation-key": Property(accepts=_is_integer, since=(6, 5)),
        "lacp-fallback-ab": Property(
            accepts=_one_of("true", "false"), default="true", since=(6, 5)
        ),
    },
}
"""Mode -> the properties it knows; 6.2 has hashing_algorithm alone."""

BOND_MODES = tuple(PROPERTIES)


def refuse(pool: Pool, request: BondRequest) -> None:
    """Raise the Failure of the first rule the request breaks, if it breaks one."""
    host = pool.host_of(pool.database.get("PIF", request.members[0]))
    for rule in _in_force(pool, REQUEST_RULES):
        rule(pool, host, request)
    for member in request.members:
        for member_rule in _in_force(pool, MEMBER_RULES):
            member_rule(pool, member)
    for rule in _in_force(pool, MEMBERSHIP_RULES):
        rule(pool, host, request)


def _in_force(pool: Pool, rules: Sequence[tuple[AnyRule, Version]]) -> Iterator[AnyRule]:
    """Return the rules this pool's release has."""
    return (rule for rule, since in rules if pool.profile.knows(since))


def without_repetitions(members: Sequence[str]) -> tuple[str, ...]:
    """Return the members, each at the place it is named last."""
    return tuple(m for index, m in enumerate(members) if m not in members[index + 1 :])


def primary_slave(pool: Pool, members: Sequence[str]) -> str:
    """Return the member that gives MAC and address: management, else with an IP, else the first."""
    pifs = {member: pool.database.get("PIF", member) for member in members}
    managing = [member for member, pif in pifs.items() if pif["management"]]
    addressed = [member for member, pif in pifs.items() if has_address(pif)]
    return [*managing, *addressed, members[0]][0]


def _known(profile: Profile, mode: str) -> Mapping[str, Property]:
    """Return the properties that a mode has in this release."""
    known = PROPERTIES[mode]
    return {key: one for key, one in known.items() if profile.knows(one.since)}


def refuse_property(profile: Profile, mode: str, key: str, value: str) -> None:
    """Raise Failure INVALID_VALUE unless the mode knows the property and this value of it."""
    known = _known(profile, mode).get(key)
    if known is None or not known.accepts(value):
        raise Failure("INVALID_VALUE", "properties", f"{key} = {value}")


def completed(profile: Profile, mode: str, properties: Mapping[str, str]) -> dict[str, str]:
    """Return the properties that fit the mode, with its defaults."""
    known = _known(profile, mode)
    defaults = {key: one.default for key, one in known.items() if one.default is not None}
    fitting = {k: v for k, v in properties.items() if k in known and known[k].accepts(v)}
    return defaults | fitting


def _network_is_managed(pool: Pool, _: Host, request: BondRequest) -> None:
    if not pool.database.get("network", request.network)["managed"]:
        raise Failure("NETWORK_UNMANAGED", request.network)


def _network_is_free(pool: Pool, host: Host, request: BondRequest) -> None:
    refuse_second_pif(pool, host, request.network)


def _network_has_no_sriov(pool: Pool, _: Host, request: BondRequest) -> None:
    if is_sriov_network(pool, request.network):
        raise Failure("NETWORK_INCOMPATIBLE_WITH_BOND", request.network)


def _mac_is_one(_: Pool, __: Host, request: BondRequest) -> None:
    if request.mac and not _MAC.fullmatch(request.mac):
        raise Failure("MAC_INVALID", request.mac)


def _properties_fit(pool: Pool, _: Host, request: BondRequest) -> None:
    for key, value in request.properties.items():
        refuse_property(pool.profile, request.mode, key, value)


def _members_address_alike(pool: Pool, _: Host, request: BondRequest) -> None:
    types = {
        member: pool.database.get("PIF", member)["primary_address_type"]
        for member in request.members
    }
    for member, address_type in types.items():
        if address_type != types[primary_slave(pool, request.members)]:
            raise Failure("PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE", member)


def _member_is_managed(pool: Pool, member: str) -> None:
    if not pool.database.get("PIF", member)["managed"]:
        raise Failure("PIF_UNMANAGED", member)


def _member_is_free(pool: Pool, member: str) -> None:
    pif = pool.database.get("PIF", member)
    if is_slave(pif):
        raise Failure("PIF_ALREADY_BONDED", member)
    match kind_of(pif):
        case "VLAN":
            raise Failure("PIF_VLAN_EXISTS", pif["device"])
        case "tunnel":
            raise Failure("IS_TUNNEL_ACCESS_PIF", member)
        case "SR-IOV":
            raise Failure("PIF_IS_SRIOV_LOGICAL", member)


def _member_may_change_under_ha(pool: Pool, member: str) -> None:
    if pool.record["ha_enabled"] and pool.database.get("PIF", member)["management"]:
        raise Failure("HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE")


def _members_share_a_host(pool: Pool, host: Host, request: BondRequest) -> None:
    if any(pool.database.get("PIF", member)["host"] != host.ref for member in request.members):
        raise Failure("PIF_CANNOT_BOND_CROSS_HOST")


def _members_share_their_properties(pool: Pool, _: Host, request: BondRequest) -> None:
    properties = [pool.database.get("PIF", member)["properties"] for member in request.members]
    if any(each != properties[0] for each in properties):
        raise Failure("INCOMPATIBLE_PIF_PROPERTIES")


def _one_member_has_an_address(pool: Pool, _: Host, request: BondRequest) -> None:
    pifs = (pool.database.get("PIF", member) for member in request.members)
    if sum(has_address(pif) for pif in pifs) > 1:
        raise Failure("PIF_BOND_MORE_THAN_ONE_IP")


Rule = Callable[[Pool, Host, BondRequest], None]

REQUEST_RULES: tuple[tuple[Rule, Version], ...] = (
    (_network_is_managed, (7, 2)),
    (_network_is_free, ()),
    (_network_has_no_sriov, (7, 5)),
    (_mac_is_one, ()),
    (_properties_fit, ()),
    (_members_address_alike, (8, 2, 1, 290)),
)
"""Rule -> the release it came with, in all three tables."""
MEMBER_RULES: tuple[tuple[Callable[[Pool, str], None], Version], ...] = (
    (_member_is_managed, (6, 2, 1)),
    (_member_is_free, ()),
    (_member_may_change_under_ha, ()),
)
"""All rules for the first member come before the second member's."""
MEMBERSHIP_RULES: tuple[tuple[Rule, Version], ...] = (
    (_members_share_a_host, ()),
    (_members_share_their_properties, (6, 5)),
    (_one_member_has_an_address, (7, 0)),
)
