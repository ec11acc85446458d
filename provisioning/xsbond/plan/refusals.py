"""Why this product refuses to change a pool: one table, from which refusals and docs are made.

`python -m xsbond.plan.refusals` prints the table of docs/provisioning.md.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xsbond.plan.rules import RULES

__all__ = ["RULES", "Refusal", "refuse", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason not to touch the pool."""

    rule: str
    """Its key in RULES."""
    where: str
    """A host's name, or `pool`."""
    what: str
    why: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.why}; {self.way_out}"


def refuse(rule: str, where: str, **words: object) -> Refusal:
    """Return a refusal in a rule's words."""
    found = RULES[rule]
    return Refusal(
        rule=rule,
        where=where,
        what=found.what.format(**words),
        why=found.why.format(**words),
        way_out=found.way_out.format(**words),
    )


def table() -> str:
    """Return the rules as a table in Markdown, each as it may be printed."""
    rows = [
        f"| {_printed(name, rule.what)} | {_printed(name, rule.why)} |"
        f" {_printed(name, rule.harm)} | {_printed(name, rule.way_out)} |"
        for name, rule in RULES.items()
    ]
    head = ["| what | is refused because | otherwise | way out |", "|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


class _Example(dict[str, str]):
    """Values as a run fills them in; capitals where there is no example."""

    def __missing__(self, key: str) -> str:
        return key.upper()


_UUID = "9d2f7a4e-…"
_EXAMPLE = _Example(
    nic="eth1",
    found="has no PIF",
    host_uuid=_UUID,
    uuid=_UUID,
    uuids=f"{_UUID}, 51c08b3d-…",
    tags="42",
    known="eth1",
    source="XAPI",
    guests="web-1",
    network="PUB",
    count="2",
    device="bond1",
    bond="bond1",
    inherited="eth1+eth3",
    other="DMZ",
    tag="42",
    hosts="xs-9",
    host="xs-2",
    name="mode",
    seen="active-backup",
    wanted="balance-slb",
    made="balance-slb",
    before="active-backup",
    reason="no answer in time",
    what_runs="VLAN 42",
    label="GUESTS",
    versions="XCP-ng 8.2.1, XCP-ng 8.3.0",
    user="auditor",
    calls="Bond.create",
    owner="root@admin-1, since 2026-11-28T14:33:32Z",
)


_EXAMPLE_OF: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "host-unreachable": {"reason": "CANNOT_CONTACT_HOST"},
        "management-elsewhere": {"device": "eth0"},
        "management-differs": {"name": "IP", "seen": "192.168.1.7", "wanted": "192.168.1.8"},
        "bond-differs": {"name": "legs", "seen": "eth1+eth3", "wanted": "eth1+eth5"},
        "network-occupied": {"device": "eth3"},
        "inherits-otherwise": {"wanted": "eth1+eth5"},
        "device-not-free": {"seen": "bond2", "wanted": "bond1"},
        "device-open": {"wanted": "bond1"},
        "vlan-network-occupied": {"device": "eth3", "network": "DMZ"},
        "vlan-differs": {"network": "DMZ", "seen": "41", "wanted": "42"},
        "vlan-address-differs": {"network": "DMZ", "name": "IP", "device": "bond1"}
        | {"seen": "10.0.42.7", "wanted": "10.0.42.8"},
        "address-differs": {"seen": "10.0.42.7/24", "wanted": "10.0.42.8/24"}
        | {"command": f"xe pif-reconfigure-ip uuid={_UUID} mode=static IP=10.0.42.8"},
        "management-undeclared": {"seen": "172.16.0.10/27"},
        "undo-connected": {"device": "eth3"},
    }
)
"""Values of single rules that differ from the common ones."""


def _printed(rule: str, text: str) -> str:
    return text.format_map(_Example({**_EXAMPLE, **_EXAMPLE_OF.get(rule, {})}))


if __name__ == "__main__":
    sys.stdout.write(table())
