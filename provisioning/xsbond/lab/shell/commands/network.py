"""ifconfig and ip, as they read and change a dom0's kernel."""

from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.dom0.ifconfig import render_all
from xsbond.lab.dom0.iproute import render_addresses, render_links, render_routes
from xsbond.lab.dom0.kernel import Interface
from xsbond.lab.shell.machine import Process, UsageError

_OBJECTS: Mapping[str, str] = {
    **dict.fromkeys(("l", "li", "link"), "link"),
    **dict.fromkeys(("a", "ad", "addr", "address"), "address"),
    **dict.fromkeys(("r", "ro", "route"), "route"),
}


def _find(process: Process, name: str) -> Interface | None:
    found = [interface for interface in process.dom0.interfaces() if interface.name == name]
    return found[0] if found else None


def _set_link(process: Process, name: str, action: str) -> int:
    """Set an interface up or down by hand."""
    process.dom0.set_interface(name, up=action == "up", by=process.name)
    return 0


def run_ifconfig(process: Process) -> int:
    """Print interfaces: those that are up, all with -a, or one; `IFACE up|down` sets it."""
    arguments = list(process.arguments)
    generation = process.dom0.profile.net_tools
    shows_all = "-a" in arguments[:1]
    if shows_all:
        arguments.pop(0)
    interfaces = process.dom0.interfaces()
    if not arguments:
        shown = [interface for interface in interfaces if interface.up or shows_all]
        process.out(render_all(shown, generation))
        return 0
    name = arguments.pop(0)
    if name.startswith("-"):
        raise UsageError(f"option `{name}' not recognised.", status=1)
    found = _find(process, name)
    if found is None:
        process.streams.stderr.write(
            f"{name}: error fetching interface information: Device not found\n"
        )
        return 1
    if not arguments:
        process.out(render_all([found], generation))
        return 0
    if arguments not in (["up"], ["down"]):
        raise UsageError(f"the lab's ifconfig sets up and down only: {' '.join(arguments)}")
    return _set_link(process, name, arguments[0])


def run_ip(process: Process) -> int:
    """Run `ip [-o] link|addr|route [show [dev] IFACE]`, and what the lab's ip can change.

    That is `ip link set IFACE up|down`, `ip link del IFACE` and `ip addr del ADDRESS dev IFACE`.
    """
    arguments, one_line, family = list(process.arguments), False, ""
    while arguments and arguments[0].startswith("-"):
        option = arguments.pop(0)
        if option in {"-o", "-oneline"}:
            one_line = True
        elif option in {"-4", "-6"}:
            family = option
        else:
            raise UsageError(f'Option "{option}" is unknown, try "ip -help".', status=255)
    words = arguments[:1]
    if not words or words[0] not in _OBJECTS:
        raise UsageError(f'Object "{" ".join(words)}" is unknown, try "ip help".', status=1)
    if family and _OBJECTS[words[0]] != "address":
        raise UsageError(f"the lab's ip takes {family} for addresses only")
    rest = arguments[1:]
    if _OBJECTS[words[0]] == "link" and rest[:1] == ["set"]:
        return _run_link_set(process, rest[1:])
    if rest[:1] in (["del"], ["delete"]):
        return _run_delete(process, _OBJECTS[words[0]], [w for w in rest[1:] if w != "dev"])
    return _run_show(process, _OBJECTS[words[0]], rest, one_line=one_line, family=family)


def _run_link_set(process: Process, words: Sequence[str]) -> int:
    rest = [word for word in words if word != "dev"]
    if len(rest) != 2 or rest[1] not in {"up", "down"}:  # noqa: PLR2004 - interface and state
        raise UsageError("the lab's ip sets links up and down only: ip link set IFACE up|down")
    if _find(process, rest[0]) is None:
        process.streams.stderr.write(f'Cannot find device "{rest[0]}"\n')
        return 1
    return _set_link(process, rest[0], rest[1])


def _run_delete(process: Process, kind: str, words: Sequence[str]) -> int:
    device = words[-1] if len(words) == 1 + (kind == "address") else ""
    if not device or kind == "route":
        raise UsageError("the lab's ip deletes links and addresses: ip addr del ADDRESS dev IFACE")
    if _find(process, device) is None:
        process.streams.stderr.write(f'Cannot find device "{device}"\n')
        return 1
    if kind == "link":
        if process.dom0.delete_device(device):
            return 0
        process.streams.stderr.write("RTNETLINK answers: Operation not supported\n")
        return 2
    if process.dom0.delete_address(device, words[0]):
        return 0
    process.streams.stderr.write("RTNETLINK answers: Cannot assign requested address\n")
    return 2


def _run_show(
    process: Process, kind: str, words: Sequence[str], *, one_line: bool, family: str
) -> int:
    rest = [word for word in words if word not in {"show", "list", "ls", "sh", "dev"}]
    if len(rest) > 1:
        raise UsageError(f"the lab's ip shows all or one interface, not: {' '.join(rest)}")
    interfaces = process.dom0.interfaces()
    if rest:
        interfaces = tuple(interface for interface in interfaces if interface.name == rest[0])
        if not interfaces:
            process.streams.stderr.write(f'Device "{rest[0]}" does not exist.\n')
            return 1
    process.out(_shown(process, kind, interfaces, one_line=one_line, family=family))
    return 0


def _shown(
    process: Process, kind: str, interfaces: Sequence[Interface], *, one_line: bool, family: str
) -> str:
    if kind == "route":
        return render_routes(interfaces)
    # Linux 2.6.32 has no master for a datapath's ports.
    shows_master = process.dom0.profile.net_tools > 1
    if kind == "link":
        return render_links(interfaces, one_line=one_line, shows_master=shows_master)
    return render_addresses(interfaces, one_line=one_line, shows_master=shows_master, family=family)


NETWORK_PROGRAMS: Mapping[str, Callable[[Process], int]] = {"ifconfig": run_ifconfig, "ip": run_ip}
