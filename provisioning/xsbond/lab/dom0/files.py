"""dom0's files: those that were written, and those the kernel makes up under /sys and /proc."""

import errno
import fnmatch
import posixpath
from collections.abc import Callable, Mapping

from xsbond.lab.dom0.kernel import Interface
from xsbond.lab.dom0.linuxbridge import kernel_files
from xsbond.lab.dom0.networks import Dom0Networks

_NETS = "/sys/class/net"
_DIRECTORIES = frozenset(
    [
        "/",
        "/bin",
        "/dev",
        "/etc",
        "/etc/init.d",
        "/etc/xensource",
        "/opt/xensource",
        "/opt/xensource/bin",
        "/proc",
        "/proc/net",
        "/root",
        "/sbin",
        "/sys",
        "/sys/class",
        "/sys/class/net",
        "/tmp",  # noqa: S108 - a name in dom0, nothing of this machine
        "/usr",
        "/usr/bin",
        "/usr/sbin",
        "/var",
        "/var/lib",
        "/var/lib/xcp",
        "/var/log",
        "/var/run",
    ]
)
_READ_ONLY = ("/sys/", "/proc/")
_ALIASES = (("/run/", "/var/run/"),)
"""Symbolic links that a dom0 has."""

NO_DATA = OSError(errno.EINVAL, "Invalid argument")


_BONDING_FLAGS = {"": 0, "MASTER": 0x400, "SLAVE": 0x800}
"""IFF_MASTER, IFF_SLAVE (linux/if.h)."""


def _when_up(value: str) -> str:
    """Raise what the kernel answers where an interface that is down has nothing to tell."""
    if not value:
        raise NO_DATA
    return value


_ATTRIBUTES: Mapping[str, Callable[[Interface], str]] = {
    "address": lambda interface: interface.mac,
    "mtu": lambda interface: str(interface.mtu),
    "operstate": lambda interface: interface.operstate,
    "carrier": lambda interface: _when_up(str(int(interface.carrier)) if interface.up else ""),
    "speed": lambda interface: _when_up(
        str(interface.speed) if interface.physical and interface.up else ""
    ),
    "duplex": lambda interface: _when_up(
        {True: "full", False: "half", None: "unknown"}[interface.full_duplex]
        if interface.physical and interface.up
        else ""
    ),
    "ifindex": lambda interface: str(interface.index),
    "type": lambda interface: str(interface.type),
    "flags": lambda interface: hex(
        (0x1 if interface.up else 0)
        | (0x8 if interface.name == "lo" else 0x1002)
        | _BONDING_FLAGS[interface.bonding]
    ),
    "statistics/rx_packets": lambda interface: str(interface.counters.rx_packets),
    "statistics/rx_bytes": lambda interface: str(interface.counters.rx_bytes),
    "statistics/rx_errors": lambda _: "0",
    "statistics/rx_dropped": lambda _: "0",
    "statistics/tx_packets": lambda interface: str(interface.counters.tx_packets),
    "statistics/tx_bytes": lambda interface: str(interface.counters.tx_bytes),
    "statistics/tx_errors": lambda _: "0",
    "statistics/tx_dropped": lambda _: "0",
}
"""File under /sys/class/net/NAME -> its content (Documentation/ABI/testing/sysfs-class-net)."""


def render_net_dev(interfaces: tuple[Interface, ...]) -> str:
    """Return /proc/net/dev."""
    lines = [
        "Inter-|   Receive                                                |  Transmit",
        (
            " face |bytes    packets errs drop fifo frame compressed multicast"
            "|bytes    packets errs drop fifo colls carrier compressed"
        ),
    ]
    for interface in interfaces:
        seen = interface.counters
        received = (
            f"{seen.rx_bytes:8d} {seen.rx_packets:7d}    0    0    0     0          0         0"
        )
        sent = f"{seen.tx_bytes:8d} {seen.tx_packets:7d}    0    0    0     0       0          0"
        lines.append(f"{interface.name:>6}: {received} {sent}")
    return "".join(f"{line}\n" for line in lines)


class FileTree:
    """One dom0's files by absolute path; text, with undecodable bytes as surrogates."""

    def __init__(
        self,
        dom0: Dom0Networks,
        interfaces: Callable[[], tuple[Interface, ...]],
        interface: Callable[[str], Interface | None],
    ) -> None:
        """`interfaces` returns those of the kernel, by index; `interface` returns one, by name."""
        self._dom0, self._interfaces, self._interface = dom0, interfaces, interface
        self.written: dict[str, str] = {
            "/etc/hostname": f"{dom0.hostname}\n",
            "/etc/hosts": f"127.0.0.1\tlocalhost localhost.localdomain {dom0.hostname}\n",
            "/etc/redhat-release": dom0.profile.release_line,
            "/etc/xensource/network.conf": f"{dom0.network_backend}\n",
        }
        """Path -> text of every ordinary file."""
        self.made: set[str] = set()
        """Paths of the directories that somebody made."""
        self.programs: frozenset[str] = frozenset()
        """Paths of the programs that can be run."""

    def read(self, path: str) -> str:
        """Return a file's text; FileNotFoundError, IsADirectoryError or another OSError."""
        path = normal(path)
        if path in self.written:
            return self.written[path]
        if path == "/proc/net/dev":
            return render_net_dev(self._interfaces())
        if path in (made_up := self._made_up()):
            return made_up[path]
        if path.startswith(f"{_NETS}/"):
            return self._attribute(path)
        if path in self.programs:
            return "\x7fELF\n"
        if path == "/dev/null":
            return ""
        if self.is_directory(path):
            raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)

    def _made_up(self) -> Mapping[str, str]:
        """Return what the kernel tells of its own bridges and bonds, if it has any."""
        if self._dom0.network_backend == "openvswitch":
            return {}
        with self._dom0.lock:
            self._dom0.settle()
            return kernel_files(self._dom0)

    def _attribute(self, path: str) -> str:
        name, _, attribute = path.removeprefix(f"{_NETS}/").partition("/")
        interface = self._interface(name)
        if interface and attribute in _ATTRIBUTES:
            return _ATTRIBUTES[attribute](interface) + "\n"
        if self.is_directory(path):
            raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)

    def write(self, path: str, text: str, *, append: bool = False) -> None:
        """Create, replace or extend a file; an OSError where a dom0 would have one."""
        path = normal(path)
        if path == "/dev/null":
            return
        if path.startswith(_READ_ONLY) or path in self.programs:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        if self.is_directory(path):
            raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
        if not self.is_directory(posixpath.dirname(path)):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        with self._dom0.lock:
            self.written[path] = self.written.get(path, "") + text if append else text

    def install(self, path: str, text: str) -> None:
        """Create or replace a file and the directories above it."""
        with self._dom0.lock:
            self.written[normal(path)] = text

    def remove(self, path: str) -> None:
        """Remove a file that was written; nothing if it is absent."""
        self.written.pop(normal(path), None)

    def make_directory(self, path: str, *, parents: bool = False) -> None:
        """Make a directory, with `parents` those above it, too; an OSError if it cannot be made."""
        path = normal(path)
        with self._dom0.lock:
            if self.exists(path) and not (parents and self.is_directory(path)):
                raise FileExistsError(errno.EEXIST, "File exists", path)
            above = posixpath.dirname(path)
            if parents and not self.exists(above):
                self.make_directory(above, parents=True)
            if path.startswith(_READ_ONLY):
                raise PermissionError(errno.EACCES, "Permission denied", path)
            if not self.is_directory(above):
                raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
            self.made.add(path)

    def remove_directory(self, path: str) -> None:
        """Remove an empty directory; an OSError if it is another thing, or not empty."""
        path = normal(path)
        with self._dom0.lock:
            if not self.exists(path):
                raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
            if not self.is_directory(path):
                raise NotADirectoryError(errno.ENOTDIR, "Not a directory", path)
            if path in _DIRECTORIES or self._entries(path):
                raise OSError(errno.ENOTEMPTY, "Directory not empty", path)
            self.made.discard(path)

    def forget(self, directory: str) -> None:
        """Remove the directories that somebody made in this one, and all that is in them."""
        for made in [path for path in self.made if path.startswith(f"{directory}/")]:
            self.made.discard(made)
            for path in [path for path in self.written if path.startswith(f"{made}/")]:
                del self.written[path]

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or directory of this name."""
        return self.is_directory(path) or self.is_file(path)

    def is_file(self, path: str) -> bool:
        """Tell whether there is a file of this name, readable or not."""
        try:
            self.read(path)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return False
        except OSError:
            return True
        return True

    def is_directory(self, path: str) -> bool:
        """Tell whether there is a directory of this name."""
        path = normal(path)
        return path in _DIRECTORIES or path in self.made or bool(self._entries(path))

    def entries(self, path: str) -> list[str]:
        """Return the sorted names in a directory."""
        return sorted(self._entries(normal(path)))

    def _entries(self, path: str) -> set[str]:
        prefix = path.rstrip("/") + "/"
        known = {
            *self.written,
            *self.made,
            *self.programs,
            *_DIRECTORIES,
            "/dev/null",
            "/proc/net/dev",
        }
        known |= self._made_up().keys()
        if path.startswith(f"{_NETS}/"):
            name, _, _ = path.removeprefix(f"{_NETS}/").partition("/")
            if self._interface(name):
                # Some are in directories of their own: statistics/rx_packets.
                known |= {f"{_NETS}/{name}/{attribute}" for attribute in _ATTRIBUTES}
        elif f"{_NETS}/".startswith(prefix):
            known |= {f"{_NETS}/{interface.name}/" for interface in self._interfaces()}
        inside = (name.removeprefix(prefix) for name in known if name.startswith(prefix))
        return {name.partition("/")[0] for name in inside if name}

    def matching(self, pattern: str) -> list[str]:
        """Return the sorted paths an absolute shell pattern matches; hidden files only by a dot."""
        found = [""]
        for part in pattern.strip("/").split("/"):
            found = [
                f"{parent}/{name}"
                for parent in found
                for name in self._matching_names(parent or "/", part)
            ]
        return sorted(found)

    def _matching_names(self, directory: str, pattern: str) -> list[str]:
        names = self.entries(directory) if self.is_directory(directory) else []
        return [
            name
            for name in names
            if fnmatch.fnmatchcase(name, pattern)
            and (not name.startswith(".") or pattern.startswith("."))
        ]


def normal(path: str) -> str:
    """Return an absolute path without dots, doubled slashes and dom0's symbolic links."""
    path = posixpath.normpath(f"/{path.lstrip('/')}")
    for link, target in _ALIASES:
        if path.startswith(link):
            return target + path.removeprefix(link)
    return path
