"""brctl: the kernel's own bridges, as far as it shows them."""

from xsbond.lab.dom0.linuxbridge import bridge_id, ports_in
from xsbond.lab.shell.machine import Process, UsageError

_HEADING = "bridge name\tbridge id\t\tSTP enabled\tinterfaces\n"


def run_brctl(process: Process) -> int:
    """Run `brctl show`; an Open vSwitch has none of these bridges."""
    if process.arguments != ("show",):
        raise UsageError("the lab's brctl shows bridges only: brctl show", status=1)
    dom0 = process.dom0
    process.out(_HEADING)
    with dom0.lock:
        bridges = dom0.bridges_by_name.values() if dom0.network_backend == "bridge" else ()
        for bridge in sorted(bridges, key=lambda bridge: bridge.name):
            first, *rest = ports_in(dom0, bridge) or [""]
            process.out(f"{bridge.name}\t\t{bridge_id(bridge)}\tno\t\t{first}\n")
            process.out("".join(f"\t\t\t\t\t\t\t{port}\n" for port in rest))
    return 0
