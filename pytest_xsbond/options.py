"""The command line, as a table: every option has an ini twin of the same name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest

OptionType = Literal["string", "linelist", "bool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One `--xsbond-…` option; `name` without the prefix, dashes as on the command line."""

    name: str
    help: str
    metavar: str = ""
    """Empty for a flag."""
    default: str = ""
    choices: tuple[str, ...] = ()
    repeatable: bool = False
    """Every use adds a value; in an ini file each has a line of its own."""

    @property
    def dest(self) -> str:
        """Return the attribute of `config.option`, which is also the ini name."""
        return "xsbond_" + self.name.replace("-", "_")


OPTIONS: tuple[Option, ...] = (
    Option(name="plan", help="print the steps --xsbond-apply would take, or why it refuses"),
    Option(name="apply", help="provision the bonds that are missing, then verify"),
    Option(
        name="inherit",
        help="how members get the bond: restart their xapi over SSH (default), restart-agent the"
        " same through XAPI, or create: Bond.create for each",
        metavar="HOW",
        default="restart",
        choices=("restart", "restart-agent", "create"),
    ),
    Option(
        name="undo",
        help="take back what the journal says was made; with --xsbond-plan only print it",
    ),
    Option(
        name="journal",
        help="where every change is written down; default: the pool's own directory below"
        " $XDG_STATE_HOME/pytest-xsbond (~/.local/state/pytest-xsbond)",
        metavar="DIR",
    ),
    Option(
        name="break-lock",
        help="change the pool although its lock says that another run does",
    ),
    Option(
        name="bonds",
        help="the bond file (TOML); default: network PUB, eth1+eth5, balance-slb",
        metavar="FILE",
    ),
    Option(
        name="wait",
        help="how long one step, a member's restart and inheritance included, may take (300)",
        metavar="SECONDS",
        default="300",
    ),
    Option(
        name="listen",
        help="count for so long what the legs receive, to find one that hears nothing",
        metavar="SECONDS",
    ),
    Option(
        name="failover",
        help="take every leg of every wanted bond down in turn, and see it come back; this"
        " disturbs the pool (docs/failover.md)",
    ),
    Option(
        name="save-baseline",
        help="keep this run's last look at the pool in FILE, to compare with after maintenance",
        metavar="FILE",
    ),
    Option(
        name="baseline",
        help="also claim that nothing has changed since FILE was saved (docs/drift.md)",
        metavar="FILE",
    ),
    Option(
        name="waivers",
        help="file (TOML) of known deviations, which fail no run until they expire"
        " (docs/waivers.md)",
        metavar="FILE",
    ),
    Option(name="replay", help="judge the snapshots stored in DIR, without a pool", metavar="DIR"),
    Option(name="save", help="store the snapshots of this run in DIR", metavar="DIR"),
    Option(
        name="evidence",
        help="write report, results, snapshots and raw answers to DIR, and seal them",
        metavar="DIR",
    ),
    Option(name="change", help="the change record this run belongs to", metavar="ID"),
    Option(
        name="sign-key",
        help="sign the evidence with this SSH key, by ssh-keygen -Y",
        metavar="FILE",
    ),
    Option(
        name="password-file",
        help="file (mode 0600) with the password; else $XSBOND_PASSWORD, or a prompt",
        metavar="FILE",
    ),
    Option(
        name="tls-fingerprint",
        help="SHA-256 of the certificate that XAPI must present",
        metavar="HEX",
    ),
    Option(
        name="ca-file", help="authorities that XAPI's certificate must come from", metavar="FILE"
    ),
    Option(name="insecure", help="do not verify XAPI's certificate at all"),
    Option(name="lab-hosts", help="hosts of a lab, 1 to 64 (2)", metavar="N", default="2"),
    Option(
        name="lab-profile",
        help="what the hosts of a lab run: current (default), xenserver-8, xcp-ng-8.3,"
        " xcp-ng-8.2, citrix-hypervisor-8.2, xenserver-6.2",
        metavar="NAME",
        default="current",
    ),
    Option(
        name="lab-fault",
        help="let a named fault strike a host of a lab once it is provisioned; repeatable",
        metavar="NAME@HOST",
        repeatable=True,
    ),
)


def add_options(parser: pytest.Parser) -> None:
    """Register `--pool` and the table, each with its ini twin."""
    group = parser.getgroup("xsbond", "network bonds of XenServer and XCP-ng pools")
    group.addoption(
        "--pool",
        "--xsbond-pool",
        dest="xsbond_pool",
        action="append",
        metavar="ADDRESS",
        help="any host of a pool (name, address or https://host:port), lab or lab:ovs",
    )
    parser.addini("xsbond_pool", "default of --pool", type="args", default=[])
    for option in OPTIONS:
        flag = f"--xsbond-{option.name}"
        if option.metavar:
            group.addoption(
                flag,
                dest=option.dest,
                metavar=option.metavar,
                choices=option.choices or None,
                action="append" if option.repeatable else "store",
                help=option.help,
            )
        else:
            group.addoption(flag, dest=option.dest, action="store_true", help=option.help)
        kind: OptionType = "string" if option.metavar else "bool"
        kind = "linelist" if option.repeatable else kind
        parser.addini(option.dest, f"default of {flag}", type=kind, default=None)


def pools(config: pytest.Config) -> Sequence[str]:
    """Return what `--pool` names; the ini value counts only where the option is absent."""
    given: Sequence[str] = config.getoption("xsbond_pool") or config.getini("xsbond_pool")
    return given


def value(config: pytest.Config, name: str) -> str:
    """Return the text of an option: command line, then ini, then default."""
    option = next(each for each in OPTIONS if each.name == name)
    given: Any = config.getoption(option.dest)
    return str(given or config.getini(option.dest) or option.default)


def is_given(config: pytest.Config, name: str) -> bool:
    """Tell whether an option is set, on the command line or in the ini file."""
    option = next(each for each in OPTIONS if each.name == name)
    return bool(config.getoption(option.dest) or config.getini(option.dest))


def values(config: pytest.Config, name: str) -> Sequence[str]:
    """Return all values of a repeatable option; the ini ones count only where it is absent."""
    option = next(each for each in OPTIONS if each.name == name)
    given: Sequence[str] = config.getoption(option.dest) or config.getini(option.dest) or ()
    return tuple(given)


def flag(config: pytest.Config, name: str) -> bool:
    """Tell whether a flag is set, on the command line or in the ini file."""
    option = next(each for each in OPTIONS if each.name == name)
    return bool(config.getoption(option.dest) or config.getini(option.dest))
