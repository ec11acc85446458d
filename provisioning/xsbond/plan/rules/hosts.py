"""Why a host, or the pool, is not changed at all."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.plan.rules.rule import Rule

HOSTS: Mapping[str, Rule] = MappingProxyType(
    {
        "host-not-live": Rule(
            what="host",
            why="is not live",
            way_out="bring it back first",
            harm="HOST_OFFLINE",
        ),
        "host-unreachable": Rule(
            what="host",
            why="does not answer the pool master ({reason})",
            way_out="see to its power and its network, then run again",
            harm="the run would stop at this host, with the others changed; the pool takes a host"
            " for live for minutes after it is gone",
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
        "dom0-distrusted": Rule(
            what="dom0",
            why="is not proven to be it ({reason})",
            way_out="let ssh lead to this very host, with its right host key, then run again",
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
        "pool-moved": Rule(
            what="the plan",
            why="has other steps than were shown, because the pool has changed since: {steps}",
            way_out="run it again, and read the plan",
            harm="something would be changed that nobody has agreed to",
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
