"""ovs-ofctl, as far as it looks: dump-flows."""

from collections.abc import Iterator

from xsbond.lab.shell.machine import Process, UsageError


def run_ofctl(process: Process) -> int:
    """Run `ovs-ofctl dump-flows BRIDGE`."""
    arguments = list(process.arguments)
    if arguments[:1] != ["dump-flows"]:
        raise UsageError(f"the lab's ovs-ofctl knows dump-flows only: {' '.join(arguments)}", 1)
    if len(arguments) != 2:  # noqa: PLR2004 - the command and its bridge
        raise UsageError("'dump-flows' command requires exactly 1 argument here", 1)
    dom0, name = process.dom0, arguments[1]
    bridge = dom0.bridges_by_name.get(name)
    if dom0.network_backend == "bridge" or bridge is None or bridge.settings.vlan:
        process.complain(f"{name} is not a bridge or a socket")
        return 1
    process.out("NXST_FLOW reply (xid=0x4):\n")
    process.out("".join(f"{line}\n" for line in _flows(process, name)))
    return 0


def _flows(process: Process, bridge: str) -> Iterator[str]:
    """Yield a bridge's flows; one that fails to standalone switches by itself (ofproto.c)."""
    dom0 = process.dom0
    flows = dom0.flows.get(bridge, ())
    if dom0.bridges_by_name[bridge].settings.fail_mode != "secure":
        flows = (*flows, "priority=0 actions=NORMAL")
    for flow in flows:
        passed = dom0.clock.now()
        counters = f"duration={passed:.3f}s, table=0, n_packets=0, n_bytes=0, idle_age=0"
        yield f" cookie=0x0, {counters}, {flow}"
