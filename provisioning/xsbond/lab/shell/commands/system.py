"""Programs about the host: hostname, uname, date, id, sleep, env, which, uptime."""

import datetime as dt
import posixpath

from xsbond.lab.shell.anyprocess import AnyProcess
from xsbond.lab.shell.conditions import run_test
from xsbond.lab.shell.machine import Process, UsageError
from xsbond.lab.shell.options import parse


def run_hostname(process: Process) -> int:
    """Print the host's name; -s the same, -f as well, since it has no domain."""
    options = parse(process.arguments, flags="sf")
    if options.operands:
        raise UsageError("you must be root to change the host name", status=1)
    process.out(f"{process.dom0.hostname}\n")
    return 0


def run_uname(process: Process) -> int:
    """Print facts about the kernel; without options its name."""
    flags = parse(process.arguments, flags="asnrmo").flags or {"s"}
    facts = {
        "s": "Linux",
        "n": process.dom0.hostname,
        "r": process.dom0.profile.linux,
        "m": "x86_64" if process.dom0.profile.net_tools > 1 else "i686",
        "o": "GNU/Linux",
    }
    process.out(" ".join(fact for letter, fact in facts.items() if flags & {letter, "a"}) + "\n")
    return 0


def run_date(process: AnyProcess) -> int:
    """Print the time, in UTC as dom0 keeps it, in a format of one's own after +."""
    options = parse(process.arguments, flags="u")
    form = "+%a %b %e %H:%M:%S UTC %Y"
    for operand in options.operands:
        if not operand.startswith("+"):
            raise UsageError(f"the lab's clock cannot be set: '{operand}'", status=1)
        form = operand
    now = dt.datetime.fromtimestamp(process.dom0.clock.time(), dt.UTC)
    process.out(now.strftime(form[1:]) + "\n")
    return 0


def run_id(process: Process) -> int:
    """Print who one is: root."""
    flags = parse(process.arguments, flags="ugnGr").flags
    if not flags:
        process.out("uid=0(root) gid=0(root) groups=0(root)\n")
    else:
        process.out("root\n" if "n" in flags else "0\n")
    return 0


def run_whoami(process: Process) -> int:
    """Print the user's name."""
    parse(process.arguments)
    process.out("root\n")
    return 0


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def run_sleep(process: Process) -> int:
    """Sleep by the lab's clock; s, m, h and d multiply, several operands add up."""
    operands = parse(process.arguments).operands
    if not operands:
        raise UsageError("missing operand", status=1)
    process.control.sleep(sum(seconds(operand) for operand in operands))
    return 0


def seconds(text: str) -> float:
    """Return a time as sleep and timeout read it; UsageError if it is none."""
    unit = _UNITS.get(text[-1:], 0)
    try:
        found = float(text[:-1] if unit else text) * (unit or 1)
    except ValueError as error:
        raise UsageError(f"invalid time interval '{text}'", status=1) from error
    if not 0 <= found < float("inf"):
        raise UsageError(f"invalid time interval '{text}'", status=1)
    return found


def run_env(process: Process) -> int:
    """Print the environment, or run a program with variables added to it."""
    rest, added = list(process.arguments), {}
    if rest and rest[0].startswith("-"):
        raise UsageError(f"the lab's env knows no options: {rest[0]}", status=125)
    while rest and "=" in rest[0]:
        name, _, value = rest.pop(0).partition("=")
        added[name] = value
    if rest:
        return process.run(rest, added)
    variables = {**process.environment, **added}
    process.out("".join(f"{name}={value}\n" for name, value in variables.items()))
    return 0


def run_which(process: Process) -> int:
    """Print where $PATH finds programs; 1 if one is missing."""
    status = 0
    directories = process.environment.get("PATH", "").split(":")
    for name in parse(process.arguments).operands:
        paths = [posixpath.join(directory, name) for directory in directories]
        found = [path for path in paths if path in process.machine.programs]
        if found:
            process.out(f"{found[0]}\n")
        else:
            process.complain(f"no {name} in ({':'.join(directories)})")
            status = 1
    return status


def run_bracket(process: Process) -> int:
    """Run `[` where it is called as a program."""
    arguments = process.arguments
    if arguments[-1:] != ("]",):
        raise UsageError("missing `]'")
    return int(not run_test(process.dom0.files, process.directory, arguments[:-1]))
