"""Why this product refuses to change a pool: one table, from which refusals and docs are made.

`python -m xsbond.refusals` prints the table of docs/provisioning.md.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is refused; words in braces are filled in by whoever refuses."""

    what: str
    why: str
    way_out: str
    harm: str
    """What would come of it; in a table for people, and for whoever wants to drop the rule."""


_OTHER_NIC = "choose another NIC in the bond file"

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "nic-missing": Rule(
            what="NIC {nic}",
            why="{found}",
            way_out="correct nics in the bond file, or run xe pif-scan host-uuid={host_uuid}",
            harm="a member without one of the NICs inherits a bond of the others, and says nothing",
        ),
        "nic-management": Rule(
            what="NIC {nic}",
            why="is the management interface",
            way_out=_OTHER_NIC,
            harm="Bond.create moves the management interface, and cuts this very connection",
        ),
        "nic-address": Rule(
            what="NIC {nic}",
            why="has an IP configuration",
            way_out="remove it, or choose another NIC",
            harm="Bond.create moves the address to the bond, where guests are",
        ),
        "nic-bonded": Rule(
            what="NIC {nic}",
            why="is a leg of another bond",
            way_out="destroy that bond, or choose another NIC",
            harm="PIF_ALREADY_BONDED; a member would inherit no bond, and say nothing",
        ),
        "nic-vlans": Rule(
            what="NIC {nic}",
            why="carries VLAN {tags}",
            way_out="move the VLANs to another NIC first",
            harm="Bond.create moves them under new references and uuids",
        ),
        "nic-tunnels": Rule(
            what="NIC {nic}",
            why="carries a tunnel",
            way_out="move the tunnel to another NIC first",
            harm="Bond.create moves it under new references and uuids",
        ),
        "nic-sriov": Rule(
            what="NIC {nic}",
            why="is shared out by SR-IOV",
            way_out=_OTHER_NIC,
            harm="its virtual functions would bypass the bond",
        ),
        "nic-unmanaged": Rule(
            what="NIC {nic}",
            why="is not managed by XAPI",
            way_out=_OTHER_NIC,
            harm="PIF_UNMANAGED",
        ),
        "nic-fcoe": Rule(
            what="NIC {nic}",
            why="carries storage over FCoE ({known})",
            way_out=_OTHER_NIC,
            harm="PIF_HAS_FCOE_SR_IN_USE; a bond takes the storage away",
        ),
        "nic-no-link": Rule(
            what="NIC {nic}",
            why="has no link, as {source} has it",
            way_out="plug the cable in, or enable the port of the switch",
            harm="the bond would stand on the other leg alone",
        ),
        "nic-guests": Rule(
            what="NIC {nic}",
            why="VM {guests} runs on its network {network}",
            way_out="shut the VMs down, or move them to another network or host",
            harm="Bond.create moves their VIFs to the bond's network and unplugs them meanwhile",
        ),
        "network-twice": Rule(
            what="network {network}",
            why="{count} networks have this name ({uuids})",
            way_out="rename or destroy all but one of them",
            harm="which of them is meant cannot be told",
        ),
        "network-occupied": Rule(
            what="network {network}",
            why="PIF {device} already connects this host to it",
            way_out="choose another network name in the bond file",
            harm="NETWORK_ALREADY_CONNECTED; a member would inherit no bond, and say nothing",
        ),
        "address-of-nobody": Rule(
            what="network {network}",
            why="the bond file gives an address to {hosts}, not in this pool",
            way_out="correct the host names under addresses",
            harm="a host would go without its address",
        ),
        "bond-differs": Rule(
            what="bond {device} on network {network}",
            why="{name}: {seen}, wanted {wanted}",
            way_out="correct the bond file, or run xe bond-destroy uuid={uuid}",
            harm="somebody may have wanted it so: what is there is reported, never repaired",
        ),
        "host-not-live": Rule(
            what="host",
            why="is not live",
            way_out="bring it back first",
            harm="HOST_OFFLINE",
        ),
        "host-emergency": Rule(
            what="host",
            why="is in emergency mode: its xapi does not reach the pool master",
            way_out="find out why, in /var/log/xensource.log there",
            harm="its xapi copies no bond, and answers no call",
        ),
        "host-disabled": Rule(
            what="host",
            why="is disabled",
            way_out="run xe host-enable uuid={uuid} when its maintenance is over",
            harm="whether it came back from a restart could not be told",
        ),
        "dom0-silent": Rule(
            what="dom0",
            why="does not answer ({reason})",
            way_out="restore SSH access, or use --xsbond-inherit=restart-agent or =create",
            harm="its xapi could not be restarted, nor the bond be seen in its switch",
        ),
        "undo-bond-differs": Rule(
            what="bond {device} on network {network}",
            why="{name}: {seen}, it was made with {made}",
            way_out="run xe bond-destroy uuid={uuid} if it is to go all the same",
            harm="it is no longer what this product made: an undo leaves it alone",
        ),
        "undo-carries": Rule(
            what="bond {device} on network {network}",
            why="carries {what_runs}",
            way_out="move that to another NIC first",
            harm="Bond.destroy would move it to one of the legs",
        ),
        "undo-guests": Rule(
            what="network {network}",
            why="VM {guests} has an interface on it",
            way_out="move the interfaces of the VMs to another network first",
            harm="the VMs would lose the network, and network.destroy their interfaces",
        ),
        "undo-renamed": Rule(
            what="network {network}",
            why="is called {label} now",
            way_out="run xe network-destroy uuid={uuid} if it is to go all the same",
            harm="somebody has made it theirs",
        ),
        "undo-connected": Rule(
            what="network {network}",
            why="PIF {device} of {host} connects to it, which this product did not make",
            way_out="disconnect it, or keep the network",
            harm="NETWORK_CONTAINS_PIF",
        ),
        "dom0-distrusted": Rule(
            what="dom0",
            why="is not proven to be it ({reason})",
            way_out="compare its host key at the console, then connect once with ssh to accept it",
            harm="somebody else may answer in this host's place",
        ),
        "pool-ha": Rule(
            what="HA",
            why="high availability is on",
            way_out="run xe pool-ha-disable for the time of the change",
            harm="a xapi that restarts under HA can fence its host",
        ),
        "pool-clustering": Rule(
            what="clustering",
            why="the pool is clustered",
            way_out="disable clustering for the time of the change",
            harm="a host that is late at the cluster's network is fenced",
        ),
        "pool-versions": Rule(
            what="versions",
            why="the hosts run {versions}",
            way_out="finish the upgrade first",
            harm="releases differ in how a member finds its NICs",
        ),
        "pool-permissions": Rule(
            what="permissions",
            why="user {user} may not call {calls}",
            way_out="use an account with the role pool-operator or above",
            harm="RBAC_PERMISSION_DENIED, half-way",
        ),
        "pool-locked": Rule(
            what="lock",
            why="another run is changing this pool: {owner}",
            way_out="wait until it ends; if it cannot be running any more, add --xsbond-break-lock",
            harm="two runs would make two networks of one name",
        ),
    }
)
"""Rule -> its words."""


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
    """Return the rules as a table in Markdown."""
    rows = [
        f"| {rule.what} | {rule.why} | {rule.harm} | {rule.way_out} |" for rule in RULES.values()
    ]
    head = ["| what | is refused because | otherwise | way out |", "|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
