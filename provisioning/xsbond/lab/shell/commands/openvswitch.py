"""ovs-vsctl and ovs-appctl, as far as they look; the lab's switch is changed through XAPI."""

from collections.abc import Sequence

from xsbond.lab.dom0.ovs.records import FORMATS
from xsbond.lab.dom0.ovs.request import Format, Request, VsctlError
from xsbond.lab.dom0.ovs.show import Bond, render_list, render_show, wording_of
from xsbond.lab.dom0.ovs.tables import tables_of
from xsbond.lab.dom0.ovs.vsctl import CHANGES, COMMANDS, Command
from xsbond.lab.dom0.versions import openvswitch_version
from xsbond.lab.shell.machine import Process, UsageError

_SCHEMAS = (((3, 0), "8.3.0"), ((2, 15), "8.2.0"), ((2, 5), "7.12.1"), ((2, 0), "7.3.0"))
_SCHEMA_35 = "8.8.0"
_OLD_SCHEMA = "6.4.0"
_VALUED = {"--format": "format", "--data": "data", "--columns": "columns"}
_LETTERS = {"-f": "--format", "-d": "--data"}
_IGNORED = frozenset({"--timeout", "--db", "--no-wait", "--dry-run", "--no-syslog", "-t"})
_TARGETS = frozenset({"ovs-vswitchd", ""})


def _schema(version: tuple[int, ...]) -> str:
    if version >= (3, 5):
        return _SCHEMA_35
    return next((schema for since, schema in _SCHEMAS if version >= since), _OLD_SCHEMA)


def run_vsctl(process: Process) -> int:
    """Run one or more commands of ovs-vsctl, separated by `--`."""
    arguments = list(process.arguments)
    if arguments[:1] in (["--version"], ["-V"]):
        version = process.dom0.profile.openvswitch
        process.out(f"ovs-vsctl (Open vSwitch) {version}\n")
        schema = _schema(openvswitch_version(process.dom0.profile))
        process.out(f"DB Schema {schema}\n" if version > "2" else "")
        return 0
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
    version = process.dom0.profile.openvswitch
    if arguments[:1] in (["--version"], ["-V"]):
        process.out(f"ovs-appctl (Open vSwitch) {version}\n")
        return 0
    if not arguments:
        raise UsageError("at least one non-option argument is required (use --help for help)", 1)
    name, rest = arguments[0], arguments[1:]
    if name == "version":
        process.out(f"ovs-vswitchd (Open vSwitch) {version}\n")
    elif name == "list-commands":
        process.out("The available commands are:\n  bond/list\n  bond/show [port]\n  version\n")
    elif name == "bond/list" and not rest:
        process.out(_bond_list(process))
    elif name == "bond/show" and len(rest) <= 1:
        return _bond_show(process, rest)
    elif name in {"bond/list", "bond/show"}:
        most = 1 if name == "bond/show" else 0
        return _refused(process, f'"{name}" command takes at most {most} arguments')
    else:
        return _refused(process, f'"{name}" is not a valid command')
    return 0


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


def _refused(process: Process, reason: str) -> int:
    process.streams.stderr.write(f"{reason}\n")
    process.complain("ovs-vswitchd: server returned an error")
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


def _bond_list(process: Process) -> str:
    wording = wording_of(openvswitch_version(process.dom0.profile))
    return render_list(_bonds(process), wording)


def _bond_show(process: Process, names: Sequence[str]) -> int:
    dom0 = process.dom0
    bonds = [bond for bond in _bonds(process) if not names or bond.name in names]
    if names and not bonds:
        return _refused(process, "no such bond")
    wording = wording_of(openvswitch_version(dom0.profile))
    now = dom0.clock.now()
    process.out("".join(render_show(bond, dom0.nics_by_device, wording, now) for bond in bonds))
    return 0
