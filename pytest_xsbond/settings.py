"""What one run is to do, read from options, ini file and environment once and for all."""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from pytest_xsbond import options, relevance
from pytest_xsbond.claims.outcomes import CATALOGUE, is_own
from pytest_xsbond.relevance import LABS
from pytest_xsbond.waivers.file import read_waivers
from pytest_xsbond.waivers.waiver import Waiver
from xsbond.bondfile import TUTORIAL, read_bond_file
from xsbond.collect.address import Credentials
from xsbond.collect.ssh import SshSettings
from xsbond.collect.wire.tls import TlsTrust
from xsbond.errors import OptionError
from xsbond.model import DesiredBond, Inherit, Repair

Mode = Literal["verify", "plan", "apply", "undo", "describe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One run."""

    pool: str
    """An address, `lab` or `lab:ovs`; empty for a replay."""
    mode: Mode
    inherit: Inherit
    desired: tuple[DesiredBond, ...]
    bonds_file: str = ""
    """Empty if none was named; a replay then judges by the bonds stored with it."""
    wait: float = 0.0
    """Seconds."""
    until_all_hold: bool = False
    """Whether so long was asked for: what does not hold is then waited for, too."""
    listen: float = 0.0
    """Seconds; 0 if the legs' counters are not sampled."""
    failover: bool = False
    """Whether legs are taken down, one after the other."""
    replay: Path | None = None
    judge_altered: bool = False
    """Whether a replay judges snapshots that are not what was sealed."""
    save: Path | None = None
    baseline: Path | None = None
    """The file of the look that nothing but the wanted bonds may differ from."""
    save_baseline: Path | None = None
    waivers: tuple[Waiver, ...] | None = None
    """None if no file was named; a replay then goes by those stored with it."""
    journal: Path | None = None
    """Directory; None: the pool's own, below the user's state directory."""
    break_lock: bool = False
    repair: Repair = Repair.NOTHING
    yes: bool = False
    """Whether a repair is to ask nobody."""
    change: str = ""
    """The change record this run belongs to; empty if none was named."""
    lab_hosts: int = 0
    lab_profile: str = ""
    lab_faults: tuple[str, ...] = ()
    """Each `NAME@HOST`, to strike once the lab is provisioned."""
    trust: TlsTrust | None = None
    """None: pin the certificate read over SSH."""
    ssh_config: str | None = None
    identity_file: str | None = None
    asks_dom0: bool = True
    """Whether dom0 is asked over SSH; else XAPI alone tells."""
    typed: tuple[str, ...] = ()
    """The arguments of the command line, to be typed again; none for a replay."""


def read_settings(config: pytest.Config) -> Settings:
    """Read the settings; OptionError or BondFileError says what is wrong with them."""
    pools = options.pools(config)
    replay = options.value(config, "replay")
    if len(pools) > 1:
        named = ", ".join(pools)
        reason = f"one pool a run, not {len(pools)}: {named}; type each --pool, or --xsbond-fleet"
        raise OptionError("--pool", reason)
    if pools and replay:
        raise OptionError("--xsbond-replay", "judges what is stored; it takes no --pool")
    bonds = options.value(config, "bonds")
    pool = pools[0] if pools else ""
    mode = _mode(config, pool)
    _refuse_idle(config, pool, mode)
    asks_dom0 = _asks_dom0(config, pool, mode)
    return Settings(
        pool=pool,
        mode=mode,
        inherit=Inherit(_one_of(config, "inherit", [each.value for each in Inherit])),
        desired=read_bond_file(Path(bonds)) if bonds else TUTORIAL,
        bonds_file=bonds,
        wait=_seconds(config, "wait"),
        until_all_hold=options.is_given(config, "wait"),
        listen=_seconds(config, "listen") if options.value(config, "listen") else 0.0,
        failover=options.flag(config, "failover") and not replay,
        replay=Path(replay) if replay else None,
        judge_altered=options.flag(config, "judge-altered"),
        save=_directory(options.value(config, "save")),
        baseline=_file(config, "baseline"),
        save_baseline=_save_baseline(config),
        waivers=_waivers(config),
        journal=_directory(options.value(config, "journal"), "--xsbond-journal"),
        break_lock=options.flag(config, "break-lock"),
        repair=Repair(_one_of(config, "repair", [each.value for each in Repair])),
        yes=options.flag(config, "yes"),
        change=options.value(config, "change"),
        lab_hosts=_count(config, "lab-hosts"),
        lab_profile=options.value(config, "lab-profile"),
        lab_faults=tuple(options.values(config, "lab-fault")) if pool in LABS else (),
        trust=_trust(config),
        ssh_config=_ssh(config, "ssh-config"),
        identity_file=_ssh(config, "ssh-identity-file"),
        asks_dom0=asks_dom0,
        typed=() if replay else tuple(map(str, config.invocation_params.args)),
    )


def worker_settings(stored: Path) -> Settings:
    """Return the settings of an xdist worker: it judges what its controller has stored.

    The options were the controller's to read; what they say of bonds, baseline and waivers is with
    the stages.
    """
    return Settings(
        pool="", mode="verify", inherit=Inherit.RESTART, desired=TUTORIAL, replay=stored
    )


def _refuse_idle(config: pytest.Config, pool: str, mode: Mode) -> None:
    """Raise OptionError for all that was typed and means nothing in this run."""
    about = "replay" if not pool else "lab" if pool in LABS else "pool"
    if idle := relevance.complaint(relevance.given(config), f"{about} {mode}"):
        raise OptionError(*idle)


def _ssh(config: pytest.Config, name: str) -> str | None:
    """Return an SSH option of ours, else testinfra's of that name, where that plugin is loaded."""
    ours = options.value(config, name)
    theirs: str | None = config.getoption(name.replace("-", "_"), default=None)
    given = ours or theirs
    if given and not Path(given).expanduser().is_file():
        raise OptionError(f"--xsbond-{name}" if ours else f"--{name}", f"{given}: no such file")
    return given


def _mode(config: pytest.Config, pool: str) -> Mode:
    plan, apply = options.flag(config, "plan"), options.flag(config, "apply")
    repair = options.value(config, "repair") != "nothing"
    if options.value(config, "write-bonds"):
        return _describe(config)
    if options.flag(config, "undo"):
        return _undo(config, pool, "apply" if apply else "repair" if repair else "")
    if plan and apply:
        raise OptionError("--xsbond-plan", "changes nothing; it excludes --xsbond-apply")
    if plan:
        return "plan"
    if not pool:
        return "verify"
    # A lab is thrown away afterwards, so that it may be provisioned without being asked.
    return "apply" if apply or repair or pool in LABS else "verify"


def _asks_dom0(config: pytest.Config, pool: str, mode: Mode) -> bool:
    """Tell whether dom0 is asked; OptionError for what cannot be done without SSH."""
    if not pool or pool in LABS or mode == "undo":
        return True
    if _one_of(config, "dom0", ["ssh", "off"]) == "ssh":
        return True
    off = "--xsbond-dom0=off"
    for name in ("failover", "listen"):
        if options.is_given(config, name):
            raise OptionError(off, f"--xsbond-{name} needs SSH to dom0; leave one of them out")
    if mode == "apply" and options.value(config, "inherit") == Inherit.RESTART:
        ways = "restart-agent restarts it through XAPI, create needs no restart"
        reason = f"members' xapi cannot be restarted over SSH; add --xsbond-inherit: {ways}"
        raise OptionError(off, reason)
    if _trust(config) is None:
        reason = (
            "XAPI's certificate cannot be read over SSH; give its SHA-256 as"
            " --xsbond-tls-fingerprint, or its authorities as --xsbond-ca-file"
        )
        raise OptionError(off, reason)
    return False


def _describe(config: pytest.Config) -> Mode:
    for name in ("plan", "apply", "undo", "repair"):
        if options.is_given(config, name):
            raise OptionError("--xsbond-write-bonds", f"only looks; it excludes --xsbond-{name}")
    return "describe"


def touches_pool(config: pytest.Config) -> bool:
    """Tell whether a run may change or disturb its pool, as far as its options tell."""
    pools = options.pools(config)
    asked = any(options.is_given(config, name) for name in ("apply", "repair", "failover"))
    return any(asked or pool in LABS for pool in pools)


def _undo(config: pytest.Config, pool: str, other: str) -> Mode:
    option = "--xsbond-undo"
    if other:
        raise OptionError(option, f"takes back what was made; it excludes --xsbond-{other}")
    if not pool or options.value(config, "replay"):
        raise OptionError(option, "needs a pool: give --pool=ADDRESS")
    if pool in LABS:
        raise OptionError(option, "a lab of one run has nothing to take back; keep one running")
    return "undo"


def _one_of(config: pytest.Config, name: str, choices: list[str]) -> str:
    given = options.value(config, name)
    if given not in choices:
        raise OptionError(f"--xsbond-{name}", f"{given!r} is none of {', '.join(choices)}")
    return given


def _seconds(config: pytest.Config, name: str) -> float:
    given = options.value(config, name)
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise OptionError(f"--xsbond-{name}", f"{given!r} is no number of seconds")
    return seconds


def _count(config: pytest.Config, name: str) -> int:
    given = options.value(config, name)
    if not given.isascii() or not given.isdigit():
        raise OptionError(f"--xsbond-{name}", f"{given!r} is no number")
    return int(given)


def _file(config: pytest.Config, name: str) -> Path | None:
    given = options.value(config, name)
    return Path(given) if given else None


def _waivers(config: pytest.Config) -> tuple[Waiver, ...] | None:
    path = _file(config, "waivers")
    return read_waivers(path, CATALOGUE, is_own) if path else None


def _directory(given: str, option: str = "--xsbond-save") -> Path | None:
    if not given:
        return None
    if Path(given).exists() and not Path(given).is_dir():
        raise OptionError(option, f"{given} is no directory")
    return Path(given)


def _save_baseline(config: pytest.Config) -> Path | None:
    """Return where `--xsbond-save-baseline` is to write; OptionError if it could not."""
    option = "--xsbond-save-baseline"
    if not (given := options.value(config, "save-baseline")):
        return None
    path, compared = Path(given), options.value(config, "baseline")
    if compared and path.resolve() == Path(compared).resolve():
        reason = f"{path} is what this run compares with; save the new baseline to another file"
        raise OptionError(option, reason)
    if path.exists() and not path.is_file():
        # It would be replaced, were it a device.
        kind = "directory; name a file in it" if path.is_dir() else "device; name a file"
        raise OptionError(option, f"{path} is a {kind}")
    if not path.parent.is_dir():
        raise OptionError(option, f"there is no directory {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise OptionError(option, f"directory {path.parent} cannot be written to")
    return path


def _trust(config: pytest.Config) -> TlsTrust | None:
    fingerprint, ca_file = (options.value(config, name) for name in ("tls-fingerprint", "ca-file"))
    insecure = options.flag(config, "insecure")
    if sum(map(bool, (fingerprint, ca_file, insecure))) > 1:
        reason = "give one of --xsbond-tls-fingerprint, --xsbond-ca-file, --xsbond-insecure"
        raise OptionError("TLS", reason)
    bare = fingerprint.replace(":", "").lower()
    if fingerprint and (len(bare) != 64 or set(bare) - set("0123456789abcdef")):  # noqa: PLR2004
        raise OptionError("--xsbond-tls-fingerprint", "a SHA-256 has 64 hex digits")
    if not (fingerprint or ca_file or insecure):
        return None
    return TlsTrust(fingerprint=bare, ca_file=Path(ca_file) if ca_file else None, insecure=insecure)


def ssh_settings(settings: Settings, who: Credentials) -> SshSettings:
    """Return how dom0s are reached; another user's password is none of root's business there."""
    return SshSettings(
        ssh_config=settings.ssh_config,
        identity_file=settings.identity_file,
        password=who.password if who.username == "root" and who.password else None,
        hidden=who.password,
    )
