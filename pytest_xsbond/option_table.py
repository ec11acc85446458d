"""Every `--xsbond-…` option: its name, what it means, and what it takes."""

from dataclasses import dataclass
from typing import Literal

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
    bare: str = ""
    """What it means without a value; empty if it must have one."""
    repeatable: bool = False
    """Every use adds a value; in an ini file each has a line of its own."""

    @property
    def dest(self) -> str:
        """Return the attribute of `config.option`, which is also the ini name."""
        return "xsbond_" + self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """Return the name of the variable in the environment."""
        return self.dest.upper()

    @property
    def is_path(self) -> bool:
        """Tell whether it names a file or a directory."""
        return self.metavar in {"FILE", "DIR"}


OPTIONS: tuple[Option, ...] = (
    Option(name="plan", help="print the steps --xsbond-apply would take, or why it refuses"),
    Option(name="apply", help="create the bonds that are missing, then verify"),
    Option(
        name="repair",
        help="as --xsbond-apply, and also change in place what differs; shown first, and done once"
        " you say yes (python -m pytest_xsbond.docs provisioning)",
        metavar="HOW",
        default="nothing",
        choices=("nothing", "in-place"),
        bare="in-place",
    ),
    Option(name="yes", help="with --xsbond-repair: do not ask, as in a pipeline"),
    Option(
        name="inherit",
        help="how members get the bond: restart (default): restart their xapi over SSH;"
        " restart-agent: restart it through XAPI; create: call Bond.create for each member",
        metavar="HOW",
        default="restart",
        choices=("restart", "restart-agent", "create"),
    ),
    Option(
        name="undo",
        help="remove what earlier runs have made, as the journal says; with --xsbond-plan only"
        " print it",
    ),
    Option(
        name="fleet",
        help="file (TOML) that names several pools: a run for each, and one page over all"
        " (python -m pytest_xsbond.docs fleets)",
        metavar="FILE",
    ),
    Option(
        name="pools-at-once",
        help="pools of a fleet that are run together (8; 1 where pools are changed)",
        metavar="N",
    ),
    Option(
        name="joiner",
        help="tell whether this host may join the pool and inherit its bonds, and end",
        metavar="ADDRESS",
    ),
    Option(
        name="journal",
        help="directory for the journal of all changes; default: one for each pool below"
        " $XDG_STATE_HOME/pytest-xsbond (~/.local/state/pytest-xsbond)",
        metavar="DIR",
    ),
    Option(
        name="break-lock",
        help="change the pool even if its lock says that another run is changing it",
    ),
    Option(
        name="bonds",
        help="the bond file (TOML); default: network PUB, eth1+eth5, balance-slb",
        metavar="FILE",
    ),
    Option(
        name="write-bonds",
        help="write a bond file that describes the bonds the pool has, and end",
        metavar="FILE",
    ),
    Option(
        name="dom0",
        help="ssh (default): ask dom0 over SSH; off: use XAPI alone, which shows half of the"
        " evidence only",
        metavar="HOW",
        default="ssh",
        choices=("ssh", "off"),
    ),
    Option(
        name="wait",
        help="time limit of one step, such as the restart of a member (300)",
        metavar="SECONDS",
        default="300",
    ),
    Option(
        name="listen",
        help="count for so many seconds what each NIC of a bond receives, to find one that"
        " receives nothing",
        metavar="SECONDS",
    ),
    Option(
        name="failover",
        help="take each NIC of each wanted bond down, one at a time, and check that the bond"
        " goes on; this disturbs the pool (python -m pytest_xsbond.docs failover)",
    ),
    Option(
        name="save-baseline",
        help="save the state of the pool in FILE, to compare with it after maintenance",
        metavar="FILE",
    ),
    Option(
        name="baseline",
        help="also check that nothing has changed since FILE was saved"
        " (python -m pytest_xsbond.docs drift)",
        metavar="FILE",
    ),
    Option(
        name="waivers",
        help="file (TOML) of known deviations; until they expire they do not fail the run"
        " (python -m pytest_xsbond.docs waivers)",
        metavar="FILE",
    ),
    Option(
        name="only",
        help="judge only these outcomes, such as PM-4.5.1,H-*; --xsbond-list prints them all",
        metavar="IDS",
    ),
    Option(name="hosts", help="judge only these hosts, such as xs-2,xs-3", metavar="NAMES"),
    Option(
        name="networks",
        help="judge only the bonds of these networks, such as PUB",
        metavar="NAMES",
    ),
    Option(name="list", help="print all outcomes, with what each of them needs, and end"),
    Option(
        name="matrix",
        help="rows of the last table: failed (default): only what is not as wanted; all: every row",
        metavar="ROWS",
        default="failed",
        choices=("failed", "all"),
    ),
    Option(name="replay", help="judge the snapshots stored in DIR, without a pool", metavar="DIR"),
    Option(
        name="judge-altered",
        help="with --xsbond-replay: judge a bundle even if its snapshots were altered",
    ),
    Option(name="save", help="store the snapshots of this run in DIR", metavar="DIR"),
    Option(
        name="evidence",
        help="write report, results, snapshots and raw answers to DIR, and seal them",
        metavar="DIR",
    ),
    Option(
        name="json",
        help="write verdict, causes, steps and figures, or the plan, to FILE, for programs"
        " (python -m pytest_xsbond.docs evidence)",
        metavar="FILE",
    ),
    Option(name="change", help="the change record this run belongs to", metavar="ID"),
    Option(
        name="sign-key",
        help="sign the evidence with this SSH key, by ssh-keygen -Y",
        metavar="FILE",
    ),
    Option(
        name="detailed-exitcode",
        help="with --xsbond-plan: exit status 6 if an apply would change anything",
    ),
    Option(
        name="ssh-config",
        help="client configuration of OpenSSH, as testinfra's --ssh-config; default:"
        " ~/.ssh/config and /etc/ssh/ssh_config",
        metavar="FILE",
    ),
    Option(
        name="ssh-identity-file",
        help="private key for SSH, as testinfra's --ssh-identity-file",
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
        name="ca-file",
        help="certificates of the authorities that may sign XAPI's certificate",
        metavar="FILE",
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
        help="break a host of the lab on purpose, after the bonds are created; repeatable",
        metavar="NAME@HOST",
        repeatable=True,
    ),
)
