"""`python -m xsbond.lab` keeps a lab running for other clients until it is told to stop."""

import argparse
import dataclasses
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, get_args

from xsbond.lab.anylab import AnyLab
from xsbond.lab.blueprint import (
    CURRENT,
    MAX_HOSTS,
    PROFILES,
    AccountBlueprint,
    NetworkBackend,
    tutorial,
    with_nics,
)
from xsbond.lab.faults import FAULTS
from xsbond.lab.lab import Lab
from xsbond.lab.timing.clock import FAST, Clock
from xsbond.lab.timing.delays import Delays

_KINDS = ("simulated", "ovs")
_USAGE_ERROR = 2
_HIGHEST_PORT = 65535
_GLANCE = 0.5
"""Real seconds between two looks whether the parent process still lives."""


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Print the message and end with status 2."""
        self.exit(_USAGE_ERROR, f"{self.prog}: {message}\n")


def _host_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_HOSTS:
        raise argparse.ArgumentTypeError(f"a lab has 1 to {MAX_HOSTS} hosts, not {text}")
    return int(text)


def _nic_counts(text: str) -> tuple[int, ...]:
    words = text.split(",")
    if not all(word.isdecimal() for word in words):
        raise argparse.ArgumentTypeError(f"{text!r} is no number, and no numbers parted by commas")
    return tuple(map(int, words))


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"a speed is a number above 0, not {text}")
    return speed


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number up to {_HIGHEST_PORT}, not {text}")
    return int(text)


def _delay(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    known = [field.name for field in dataclasses.fields(Delays)]
    if name not in known:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{name} is in seconds, not {value!r}")
    return name, seconds


def _account(text: str) -> AccountBlueprint:
    name, _, role = text.partition(":")
    try:
        return AccountBlueprint(name=name, role=role)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="python -m xsbond.lab", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--hosts", type=_host_count, default=2, metavar="N", help="size of the pool (default: 2)")
    add(
        "--nics",
        type=_nic_counts,
        metavar="N[,N...]",
        help="NICs of each host, the last number for all others (default: 6)",
    )
    add("--profile", choices=PROFILES, default=CURRENT.name, help="product generation")
    add(
        "--dom0",
        choices=_KINDS,
        default=_KINDS[0],
        help="what the hosts are: simulated, or namespaces with Open vSwitch itself (default:"
        " %(default)s)",
    )
    add(
        "--network-backend",
        choices=get_args(NetworkBackend),
        default="openvswitch",
        help="what switches in dom0 (default: %(default)s)",
    )
    add(
        "--speed",
        type=_speed,
        default=1 / FAST,
        metavar="X",
        help="lab seconds in a second (default: %(default)g)",
    )
    add("--port", type=_port, default=0, metavar="P", help="of XAPI (default: any free one)")
    add("--http-port", type=_port, metavar="P", help="of XAPI in clear text (default: none)")
    add(
        "--account",
        type=_account,
        action="append",
        default=[],
        metavar="NAME:ROLE",
        help="a user besides root; repeatable",
    )
    add("--directory", type=Path, metavar="D", help="for the client's files (default: a new one)")
    add(
        "--delay",
        type=_delay,
        action="append",
        default=[],
        metavar="NAME=SECONDS",
        help="how long a phase takes, in lab seconds; repeatable",
    )
    add("--list-faults", action=_ListFaults, help="print what a lab can be told to do wrong")
    return parser


class _ListFaults(argparse.Action):
    """Prints every fault with what it does, and ends."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(nargs=0, **settings)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print them."""
        width = max(map(len, FAULTS))
        for name, fault in FAULTS.items():
            sys.stdout.write(f"{name:<{width}}  {fault.says}\n")
        parser.exit()


def _possessive(name: str) -> str:
    return f"{name}'s:"


def _announce(lab: AnyLab[Any]) -> None:
    """Print where everything is, and commands to paste."""
    lines = (
        f"pool:          {lab.master_url}",
        *([f"clear text:    {lab.http_url}"] if lab.http_url else []),
        f"ssh config:    {lab.ssh_config}",
        f"password file: {lab.password_file}",
        *(f"{_possessive(name):<14} {path}" for name, path in lab.account_files.items()),
        "",
        (
            f"pytest --pool={lab.master_url} --ssh-config={lab.ssh_config}"
            f" --xsbond-password-file={lab.password_file}"
        ),
        f"ssh -F {lab.ssh_config} {lab.hosts[0].name}",
        "",
        "Ctrl-C ends the lab.",
    )
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


class _End:
    """Comes with SIGINT, SIGTERM or SIGHUP, or when the parent process is gone."""

    def __init__(self) -> None:
        self._told, self._parent = threading.Event(), os.getppid()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            # Not every system has a SIGHUP.
            if number := getattr(signal, name, None):
                signal.signal(number, lambda *_: self._told.set())

    def wait(self) -> None:
        """Return when it has come."""
        while not self._told.wait(_GLANCE) and os.getppid() == self._parent:
            pass


def _kind(dom0: str, backend: str) -> type[AnyLab[Any]]:
    """Return the class of the lab; ValueError for one that cannot be started here."""
    if dom0 == _KINDS[0]:
        return Lab
    if backend != "openvswitch":
        raise ValueError(f"--dom0 {dom0} has no --network-backend {backend}")
    from xsbond.lab.namespaced.lab import OvsLab, missing  # noqa: PLC0415 - needs Linux

    if lacking := missing():
        reason = f"{'; '.join(lacking)}; --dom0 {_KINDS[0]} needs nothing of it"
        raise ValueError(f"--dom0 {dom0} cannot be had here: {reason}")
    return OvsLab


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep a lab; return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    end = _End()
    profile, backend = PROFILES[options.profile], options.network_backend
    pool = tutorial(options.hosts, profile, network_backend=backend)
    try:
        pool = with_nics(pool, options.nics) if options.nics else pool
        lab = _kind(options.dom0, backend)(
            dataclasses.replace(pool, accounts=tuple(options.account)),
            clock=Clock(1 / options.speed),
            delays=Delays(**dict(options.delay)),
            port=options.port,
            directory=options.directory,
            http_port=options.http_port,
        )
    except (ValueError, ImportError) as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"the lab cannot be started: {error}")
    with lab:
        _announce(lab)
        end.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
