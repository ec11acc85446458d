"""The fleet file: TOML in, pools out, or one line naming file, key and what to do."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from xsbond.errors import OptionError

_Text = Annotated[str, Meta(min_length=1)]
_Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class PoolTable(msgspec.Struct, forbid_unknown_fields=True):
    """One `[[pool]]` table; paths are relative to the file."""

    name: _Name
    address: _Text
    bonds: str = ""
    waivers: str = ""
    baseline: str = ""
    username_variable: str = ""
    password_variable: str = ""
    password_file: str = ""
    ssh_config: str = ""
    tls_fingerprint: str = ""
    ca_file: str = ""
    dom0: str = ""


_PATHS = ("bonds", "waivers", "baseline", "password_file", "ssh_config", "ca_file")
_OPTIONS = (*_PATHS, "tls_fingerprint", "dom0")
"""Keys that are options of a run of that pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPool:
    """One pool of a fleet."""

    name: str
    """What it is called on the page, and in the names of its files."""
    address: str
    options: tuple[str, ...] = ()
    """What its run is given beside the options of all."""
    username_variable: str = ""
    """Variable of the environment with the name of its user; empty: XSBOND_USERNAME, as usual."""
    password_variable: str = ""
    """The same for the password."""


def read_fleet(path: Path) -> tuple[FleetPool, ...]:
    """Return the pools of a file, in its order; OptionError if it says anything else."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(str(path), f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(str(path), f"is no TOML: {error}") from error
    if other := [key for key in document if key != "pool"]:
        reason = "unknown key; a fleet file holds [[pool]] tables only"
        raise OptionError(f"{path}: {other[0]}", reason)
    tables = document.get("pool", [])
    if not isinstance(tables, list) or not tables:
        raise OptionError(f"{path}: pool", "write one [[pool]] table for each pool")
    pools = [_pool(table, path, number) for number, table in enumerate(tables, start=1)]
    _refuse_doubles(pools, path)
    return tuple(pools)


def fleet_of(addresses: tuple[str, ...]) -> tuple[FleetPool, ...]:
    """Return the pools that a repeated `--pool` names; OptionError for one named twice."""
    pools = [FleetPool(name=_as_name(each), address=each) for each in addresses]
    _refuse_doubles(pools, "--pool")
    return tuple(pools)


def _as_name(address: str) -> str:
    bare = re.sub(r"^https?://", "", address)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", bare).strip("-.") or "pool"


def _pool(table: Any, path: Path, number: int) -> FleetPool:
    where = f"{path}: pool[{number}]"
    try:
        read = msgspec.convert(table, PoolTable)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        known = f"; a pool has {', '.join(PoolTable.__struct_fields__)}"
        unknown = known if "unknown field" in reason else ""
        raise OptionError(where + place.rstrip("`"), reason + unknown) from error
    given = {key: getattr(read, key) for key in _OPTIONS if getattr(read, key)}
    paths = {key: str(path.parent / given[key]) for key in _PATHS if key in given}
    return FleetPool(
        name=read.name,
        address=read.address,
        options=tuple(
            f"--xsbond-{key.replace('_', '-')}={value}" for key, value in (given | paths).items()
        ),
        username_variable=read.username_variable,
        password_variable=read.password_variable,
    )


def _refuse_doubles(pools: list[FleetPool], where: Path | str) -> None:
    for what in ("name", "address"):
        counts = Counter(getattr(pool, what) for pool in pools)
        for text, count in counts.items():
            if count > 1:
                raise OptionError(str(where), f"two pools have the {what} {text}")
