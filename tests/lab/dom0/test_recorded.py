"""What the simulated master prints is what a real one printed."""

import re
from collections.abc import Sequence

import pytest

from tests.lab.hosts import UPDELAY, HandClock, Shell, bond, plug, recorded_commands
from xsbond.lab.dom0 import SimulatedDom0

RECORDED = recorded_commands()

SETTINGS = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "UUID",
    r"(?m)^ +[RT]X (packets|errors) .*\n": "",
    # The recorded datapath runs in user space, on taps and veth pairs.
    r"flags=4419<UP,BROADCAST,RUNNING,PROMISC,": "flags=4163<UP,BROADCAST,RUNNING,",
    r"flags=4354<BROADCAST,PROMISC,": "flags=4098<BROADCAST,",
    r"MULTICAST,PROMISC": "MULTICAST",
    r"ovs-netdev": "ovs-system",
    r"fa:85:46:af:d2:25": "5e:2c:a9:0b:71:44",
    r"@if\d+|link-netnsid 0| proto kernel_lo": "",
    r"qdisc \w+( master ovs-system)?": "qdisc",
    r"(?m)^ +datapath_type: netdev\n": "",
    r"(?m)^(datapath_\w+|statistics|status|ofport|link_resets|ifindex) +: .*\n": "",
    # Which leg is the active one is chance.
    r"active member mac: .*|bond_active_slave +: .*|(?m:^  active member\n)": "",
    r"next rebalance: \d+ ms": "next rebalance",
    r"eth5, eth1": "eth1, eth5",
    r"eth4, eth2": "eth2, eth4",
    r"uuid of \w+": "UUID",
    r'"?UUID"?': "UUID",
    # Only the recorded set-up was started without ovs-ctl, which notes the version down.
    r'(?m)^ +ovs_version: ".*"\n': "",
    r"(?m)^\d+: ": "N: ",
    r" +$": "",
}
"""What differs from set-up to set-up -> what stands for it; the rest must be alike."""


def comparable(text: str) -> Sequence[str]:
    """Return the lines without what chance or the recording's set-up put there, sorted.

    Records, bridges and members come in the order of some hash table.
    """
    for pattern, replacement in SETTINGS.items():
        text = re.sub(pattern, replacement, text)
    return sorted(line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize(
    "name", sorted(RECORDED.keys() - {"ovs-ports-json", "ovs-bond-show-bond1-created"})
)
def test_command_prints_what_was_recorded(shell: Shell, name: str) -> None:
    """Every line a real dom0 printed is there, and none besides."""
    recorded = RECORDED[name]
    answer = shell.run(f". /etc/xensource-inventory\n{recorded['command']}")
    assert comparable(answer.stdout) == comparable(recorded["stdout"])
    assert (answer.status, answer.stderr) == (recorded["exit"], recorded["stderr"])


def test_new_bond_looks_as_recorded(bare: SimulatedDom0, shell: Shell) -> None:
    """Right after the creation one leg is enabled, the other waits for its updelay."""
    del bare
    dom0 = shell.machine.dom0
    dom0.delete_bridge("xapi1")
    plug(dom0, "xapi1", ["eth1", "eth5"], ("bond1", bond()))
    recorded = RECORDED["ovs-bond-show-bond1-created"]["stdout"]
    printed = shell.out("ovs-appctl bond/show bond1")

    def told(text: str) -> Sequence[str]:
        # Which of the two waits is chance.
        text = re.sub(r"eth[15]", "ethN", text)
        return comparable(re.sub(r"expires in \d+ ms", "expires", text))

    assert told(printed) == told(recorded)


def test_second_leg_is_enabled_after_the_updelay(shell: Shell, clock: HandClock) -> None:
    """31 seconds after the creation nothing waits any more."""
    dom0 = shell.machine.dom0
    dom0.delete_bridge("xapi1")
    plug(dom0, "xapi1", ["eth1", "eth5"], ("bond1", bond()))
    clock.sleep(UPDELAY)
    assert "expires" not in shell.out("ovs-appctl bond/show bond1")
