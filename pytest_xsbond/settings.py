"""What one run is to do, read from options, ini file and environment once and for all."""

import getpass
import math
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from pytest_xsbond import options
from pytest_xsbond.baseline import Baseline, baseline_option, save_baseline_option
from pytest_xsbond.waiver import Waiver
from pytest_xsbond.waiver_file import waivers_option
from xsbond.address import Credentials
from xsbond.bondfile import TUTORIAL, read_bond_file
from xsbond.errors import OptionError
from xsbond.model import DesiredBond, Inherit
from xsbond.secret import Secret
from xsbond.ssh import SshSettings
from xsbond.tls import TlsTrust

Mode = Literal["verify", "plan", "apply", "undo"]

LAB, OVS_LAB = "lab", "lab:ovs"
LABS = frozenset({LAB, OVS_LAB})
"""The words that stand for an embedded pool: simulated, or on real Open vSwitch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One run."""

    pool: str
    """An address, `lab` or `lab:ovs`; empty for a replay."""
    mode: Mode
    inherit: Inherit
    desired: tuple[DesiredBond, ...]
    bonds_file: str
    """Empty if none was named; a replay then judges by the bonds stored with it."""
    wait: float
    """Seconds."""
    until_all_hold: bool
    """Whether so long was asked for: what does not hold is then waited for, too."""
    listen: float
    """Seconds; 0 if the legs' counters are not sampled."""
    failover: bool
    """Whether legs are taken down, one after the other."""
    replay: Path | None
    save: Path | None
    baseline: Baseline | None
    """What nothing but the wanted bonds may differ from."""
    save_baseline: Path | None
    waivers: tuple[Waiver, ...] | None
    """None if no file was named; a replay then goes by those stored with it."""
    journal: Path | None
    """Directory; None: the pool's own, below the user's state directory."""
    break_lock: bool
    change: str
    """The change record this run belongs to; empty if none was named."""
    lab_hosts: int
    lab_profile: str
    lab_faults: tuple[str, ...]
    """Each `NAME@HOST`, to strike once the lab is provisioned."""
    trust: TlsTrust | None
    """None: pin the certificate read over SSH."""
    ssh_config: str | None
    identity_file: str | None


def read_settings(config: pytest.Config, stored: str | None = None) -> Settings:
    """Read the settings; OptionError or BondFileError says what is wrong with them.

    An xdist worker judges what its controller has stored in `stored`, whatever the options say.
    """
    pools = () if stored else options.pools(config)
    replay = stored or options.value(config, "replay")
    if len(pools) > 1:
        raise OptionError("--pool", f"one pool a run, not {len(pools)}: {', '.join(pools)}")
    if pools and replay:
        raise OptionError("--xsbond-replay", "judges what is stored; it takes no --pool")
    bonds = options.value(config, "bonds")
    pool = pools[0] if pools else ""
    return Settings(
        pool=pool,
        mode=_mode(config, pool),
        inherit=Inherit(_one_of(config, "inherit", [each.value for each in Inherit])),
        desired=read_bond_file(Path(bonds)) if bonds else TUTORIAL,
        bonds_file=bonds,
        wait=_seconds(config, "wait"),
        until_all_hold=options.is_given(config, "wait"),
        listen=_seconds(config, "listen") if options.value(config, "listen") else 0.0,
        failover=_failover(config),
        replay=Path(replay) if replay else None,
        save=_directory(options.value(config, "save")),
        # A worker's are with the stages.
        baseline=None if stored else baseline_option(config),
        save_baseline=None if stored else save_baseline_option(config),
        waivers=None if stored else waivers_option(config),
        journal=_directory(options.value(config, "journal"), "--xsbond-journal"),
        break_lock=options.flag(config, "break-lock"),
        change=options.value(config, "change"),
        lab_hosts=_count(config, "lab-hosts"),
        lab_profile=options.value(config, "lab-profile"),
        lab_faults=_faults(config, pool),
        trust=_trust(config),
        ssh_config=config.getoption("ssh_config", default=None),
        identity_file=config.getoption("ssh_identity_file", default=None),
    )


def _failover(config: pytest.Config) -> bool:
    wanted = options.flag(config, "failover")
    if wanted and options.value(config, "replay"):
        raise OptionError("--xsbond-failover", "needs a pool; --xsbond-replay has none")
    return wanted


def _faults(config: pytest.Config, pool: str) -> tuple[str, ...]:
    given = tuple(options.values(config, "lab-fault"))
    if given and pool not in LABS:
        reason = f"strikes a lab only, that is --pool={LAB} or --pool={OVS_LAB}"
        raise OptionError("--xsbond-lab-fault", reason)
    return given


def _mode(config: pytest.Config, pool: str) -> Mode:
    plan, apply = options.flag(config, "plan"), options.flag(config, "apply")
    if options.flag(config, "undo"):
        return _undo(config, pool, apply=apply)
    if plan and apply:
        raise OptionError("--xsbond-plan", "changes nothing; it excludes --xsbond-apply")
    if plan:
        return "plan"
    # A lab is thrown away afterwards, so that it may be provisioned without being asked.
    return "apply" if apply or pool in LABS else "verify"


def _undo(config: pytest.Config, pool: str, *, apply: bool) -> Mode:
    option = "--xsbond-undo"
    if apply:
        raise OptionError(option, "takes back what was made; it excludes --xsbond-apply")
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


def _directory(given: str, option: str = "--xsbond-save") -> Path | None:
    if not given:
        return None
    if Path(given).exists() and not Path(given).is_dir():
        raise OptionError(option, f"{given} is no directory")
    return Path(given)


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


def ssh_settings(settings: Settings, password: str) -> SshSettings:
    """Return how dom0s are reached."""
    return SshSettings(
        ssh_config=settings.ssh_config,
        identity_file=settings.identity_file,
        password=password or None,
    )


def read_credentials(config: pytest.Config) -> Credentials:
    """Return user and password: the file, else the environment, else a prompt on a terminal."""
    username = os.environ.get("XSBOND_USERNAME", "root")
    file = options.value(config, "password-file")
    if file:
        return Credentials(username, _read_password_file(Path(file)))
    if "XSBOND_PASSWORD" in os.environ:
        return Credentials(username, os.environ["XSBOND_PASSWORD"])
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is None:
        return Credentials(username, _prompt(username))
    with capture.global_and_fixture_disabled():
        return Credentials(username, _prompt(username))


_LONGEST_PASSWORD = 4096
"""Characters; PAM takes 512."""


def _read_password_file(path: Path) -> str:
    option = "--xsbond-password-file"
    try:
        with path.open(encoding="utf-8") as file:
            # Asked of what is open: the name may lead elsewhere a moment later.
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise OptionError(option, f"{path} may be read by others; run chmod 600 {path}")
            text = Secret(file.read(_LONGEST_PASSWORD + 1))
    except (OSError, UnicodeDecodeError) as error:
        # The text of a decoding error holds bytes of the file.
        reason = getattr(error, "strerror", None) or "is not text in UTF-8"
        raise OptionError(option, f"{path}: {reason}") from None
    if len(text) > _LONGEST_PASSWORD:
        raise OptionError(option, f"{path} holds no password: it is too long")
    if "\n" in text.rstrip("\r\n"):
        raise OptionError(option, f"{path} holds more than one line")
    if not text.rstrip("\r\n"):
        raise OptionError(option, f"{path} is empty")
    return Secret(text.rstrip("\r\n"))


def _prompt(username: str) -> str:
    if not (sys.stdin and sys.stdin.isatty()):
        reason = "is not given: set XSBOND_PASSWORD, or name a --xsbond-password-file"
        raise OptionError("password", reason)
    return getpass.getpass(f"Password of {username}: ")
