"""ovs-vsctl and ovs-appctl, as far as they look; the lab's switch is changed through XAPI."""

from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.dom0.ovs.lacp import render_lacp
from xsbond.lab.dom0.ovs.records import FORMATS
from xsbond.lab.dom0.ovs.request import Format, Request, VsctlError
from xsbond.lab.dom0.ovs.show import Bond, Wording, render_list, render_show
from xsbond.lab.dom0.ovs.tables import tables_of
from xsbond.lab.dom0.ovs.vsctl import CHANGES, COMMANDS, Command
from xsbond.lab.dom0.versions import openvswitch_version
from xsbond.lab.shell.machine import Process, UsageError

_SCHEMAS = (
    ((3, 5), "8.8.0"),
    ((3, 1), "8.3.1"),
    ((2, 16), "8.3.0"),
    ((2, 15), "8.2.0"),
    ((2, 5), "7.12.1"),
    ((2, 0), "7.3.0"),
)
"""Release of Open vSwitch -> its database schema, the newest first; 1.x does not tell."""
_PLAIN_DIGITS_SINCE = (2, 12)
_SHOWS_ALL_BONDS_SINCE = (1, 5)
_WORDED_REPLIES_SINCE = (1, 6)
"""Before, a refusal had a number, as in HTTP."""
_NO_SUCH_COMMAND, _REFUSED = 400, 501
_NO_FILE = "No such file or directory"
_VALUED = {"--format": "format", "--data": "data", "--columns": "columns"}
_LETTERS = {"-f": "--format", "-d": "--data"}
_IGNORED = frozenset({"--timeout", "--db", "--no-wait", "--dry-run", "--no-syslog", "-t"})
_TARGETS = frozenset({"ovs-vswitchd", ""})


def _version(process: Process) -> tuple[int, ...]:
    return openvswitch_version(process.dom0.profile)


def _has_no_daemon(process: Process) -> bool:
    """Tell whether the kernel's own bridges run instead of Open vSwitch."""
    return process.dom0.network_backend == "bridge"


def _print_version(process: Process, program: str, *, schema: bool = False) -> int:
    """Say which version this is (lib/util.c, ovs_print_version)."""
    profile = process.dom0.profile
    process.out(f"{program} (Open vSwitch) {profile.openvswitch}\n")
    if profile.openvswitch_compiled:
        process.out(f"Compiled {profile.openvswitch_compiled}\n")
    known = [name for since, name in _SCHEMAS if _version(process) >= since]
    process.out(f"DB Schema {known[0]}\n" if schema and known else "")
    return 0


def run_vsctl(process: Process) -> int:
    """Run one or more commands of ovs-vsctl, separated by `--`."""
    arguments = list(process.arguments)
    if arguments[:1] in (["--version"], ["-V"]):
        return _print_version(process, "ovs-vsctl", schema=True)
    if _has_no_daemon(process):
        socket = "unix:/var/run/openvswitch/db.sock"
        process.complain(f"{socket}: database connection failed ({_NO_FILE})")
        return 1
    try:
        output = [_run(process, request) for request in _requests(process, arguments)]
    except VsctlError as error:
        if str(error):
            process.complain(str(error))
        return error.status
    process.out("".join(output))
    return 0


def _run(process: Process, words: "_Words") -> str:
    command = words.command
    request = Request(
        tables=tables_of(process.dom0),
        arguments=tuple(words.arguments),
        format=Format(
            format=words.settings.get("format", "list"),
            data=words.settings.get("data", "string"),
            headings="no-headings" not in words.settings,
            columns=tuple(
                part.strip()
                for part in words.settings.get("columns", "").split(",")
                if part.strip()
            ),
            quotes_digits=_version(process) < _PLAIN_DIGITS_SINCE,
        ),
        if_exists="--if-exists" in words.options,
        real="--real" in words.options,
        fake="--fake" in words.options,
    )
    return command.run(request)


class _Words:
    """One command of a command line, with its options and the settings for all."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = dict(settings)
        self.options: set[str] = set()
        self.name = ""
        self.arguments: list[str] = []

    @property
    def command(self) -> Command:
        """Return the command; VsctlError if there is none, or not with these words."""
        if self.name in CHANGES:
            raise VsctlError(
                f"{self.name}: the lab's switch is changed through XAPI only", status=1
            )
        if self.name not in COMMANDS:
            raise VsctlError(f"unknown command '{self.name}'; use --help for help")
        command = COMMANDS[self.name]
        unknown = self.options - command.options
        if unknown:
            option = min(unknown)
            raise VsctlError(f"'{self.name}' command has no '{option}' option")
        count = len(self.arguments)
        if count < command.least:
            raise VsctlError(f"'{self.name}' command requires at least {command.least} arguments")
        if command.most is not None and count > command.most:
            raise VsctlError(f"'{self.name}' command takes at most {command.most} arguments")
        return command


def _requests(process: Process, arguments: Sequence[str]) -> list[_Words]:
    """Return the commands of a command line."""
    settings: dict[str, str] = {}
    found = [_Words(settings)]
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        current = found[-1]
        if word == "--":
            if current.name:
                found.append(_Words(settings))
        elif current.name or not word.startswith("-"):
            _add(current, word)
        else:
            _read_option(process, current, word, rest)
            if not current.name:
                settings.update(current.settings)
    if not found[-1].name:
        raise VsctlError("missing command name (use --help for help)")
    return found


def _add(words: _Words, word: str) -> None:
    if words.name:
        words.arguments.append(word)
    else:
        words.name = word


def _read_option(process: Process, words: _Words, word: str, rest: list[str]) -> None:
    name, equals, value = word.partition("=")
    name = _LETTERS.get(name, name)
    if name in _VALUED:
        if not equals:
            value = rest.pop(0) if rest else ""
        if name == "--format" and value not in FORMATS:
            raise VsctlError(f'unknown output format "{value}"')
        words.settings[_VALUED[name]] = value
        if name == "--columns":
            words.options.add(name)
    elif name == "--bare":
        words.settings.update({"format": "list", "data": "bare", "no-headings": "yes"})
    elif name in {"--no-headings", "--no-heading"}:
        words.settings["no-headings"] = "yes"
    elif name in _IGNORED:
        if not equals and name in {"-t", "--timeout", "--db"} and rest:
            rest.pop(0)
    elif name in {"--if-exists", "--may-exist", "--real", "--fake", "--id"}:
        words.options.add(name)
    else:
        process.streams.stderr.write(f"ovs-vsctl: unrecognized option '{word}'\n")
        raise VsctlError("", status=1)


def run_appctl(process: Process) -> int:
    """Run one command of ovs-vswitchd: bond/list, bond/show [PORT], version, list-commands."""
    arguments = _after_options(list(process.arguments))
    if arguments[:1] in (["--version"], ["-V"]):
        return _print_version(process, "ovs-appctl")
    if not arguments:
        raise UsageError("at least one non-option argument is required (use --help for help)", 1)
    if _has_no_daemon(process):
        pidfile = "/var/run/openvswitch/ovs-vswitchd.pid"
        process.complain(f'cannot read pidfile "{pidfile}" ({_NO_FILE})')
        return 1
    return _ask_daemon(process, arguments[0], arguments[1:])


def _ask_daemon(process: Process, name: str, rest: Sequence[str]) -> int:
    if name not in _DAEMON:
        return _refused(process, f'"{name}" is not a valid command', _NO_SUCH_COMMAND)
    run, most = _DAEMON[name]
    if len(rest) > most:
        return _refused(process, f'"{name}" command takes at most {most} arguments')
    return run(process, rest)


def _after_options(arguments: list[str]) -> list[str]:
    """Take away the options that name the daemon or a time-out."""
    while arguments and arguments[0].startswith("-"):
        name, equals, value = arguments[0].partition("=")
        if name in {"-t", "--target", "-T", "--timeout"}:
            arguments.pop(0)
            if not equals:
                value = arguments.pop(0) if arguments else ""
            if name in {"-t", "--target"} and value not in _TARGETS:
                raise UsageError(f"cannot connect to {value}: there is no such daemon here", 1)
        elif name in {"--version", "-V"}:
            return arguments
        else:
            raise UsageError(f"unrecognized option '{arguments[0]}'", 1)
    return arguments


def _refused(process: Process, reason: str, code: int = _REFUSED) -> int:
    """Say what the daemon answered, and that it was no success."""
    process.streams.stderr.write(f"{reason}\n")
    coded = _version(process) < _WORDED_REPLIES_SINCE
    outcome = f"reply code {code}" if coded else "an error"
    process.complain(f"ovs-vswitchd: server returned {outcome}")
    return 2


def _bonds(process: Process) -> list[Bond]:
    """Return the bonds ovs-vswitchd runs, the newest first."""
    dom0 = process.dom0
    with dom0.lock:
        dom0.settle()
        return [
            Bond(name=port.name, settings=port.bond, state=dom0.bonds[port.name])
            for port in reversed(dom0.ports_by_name.values())
            if port.bond and port.name in dom0.bonds
        ]


def _bond_list(process: Process, _: Sequence[str]) -> int:
    process.out(render_list(_bonds(process), Wording(version=_version(process))))
    return 0


def _bond_show(process: Process, names: Sequence[str]) -> int:
    dom0 = process.dom0
    if not names and _version(process) < _SHOWS_ALL_BONDS_SINCE:
        return _refused(process, '"bond/show" command requires at least 1 arguments')
    bonds = [bond for bond in _bonds(process) if not names or bond.name in names]
    if names and not bonds:
        return _refused(process, "no such bond")
    wording, now = Wording(version=_version(process)), dom0.clock.now()
    process.out("".join(render_show(bond, dom0.nics_by_device, wording, now) for bond in bonds))
    return 0


def _lacp_show(process: Process, names: Sequence[str]) -> int:
    """Show the LACP of one port, or of all that speak it."""
    dom0, wording = process.dom0, Wording(version=_version(process))
    if not names and _version(process) < _SHOWS_ALL_BONDS_SINCE:
        return _refused(process, "no such lacp object")
    speaking = [bond for bond in _bonds(process) if bond.settings.lacp != "off"]
    wanted = [bond for bond in speaking if not names or bond.name in names]
    if names and not wanted:
        return _refused(process, "no such lacp object")
    for bond in wanted:
        process.out(render_lacp(bond, dom0.partnered(bond.state.legs), wording))
    return 0


def _tell_version(process: Process, _: Sequence[str]) -> int:
    return _print_version(process, "ovs-vswitchd")


def _list_commands(process: Process, _: Sequence[str]) -> int:
    process.out(
        "The available commands are:\n"
        "  bond/list\n  bond/show [port]\n  lacp/show [port]\n  version\n"
    )
    return 0


_DAEMON: Mapping[str, tuple[Callable[[Process, Sequence[str]], int], int]] = {
    "bond/list": (_bond_list, 0),
    "bond/show": (_bond_show, 1),
    "lacp/show": (_lacp_show, 1),
    "list-commands": (_list_commands, 0),
    "version": (_tell_version, 0),
}
"""Command of ovs-vswitchd -> what carries it out, and how many words it takes at most."""
