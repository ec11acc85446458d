"""What typed text becomes before it is handed to a setter (record_util.ml, records.ml)."""

import re
from collections.abc import Mapping
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import INT
from xsbond.lab.xapi.incoming import native
from xsbond.lab.xe.errors import CommandError
from xsbond.lab.xe.fields import Convert
from xsbond.lab.xe.view import NULL, View

_AMOUNT = re.compile(r"\s*(\d+)\s*([^\s\d]*)\s*")
_UNITS: Mapping[str, int] = {
    unit: 1024**power for power, unit in enumerate(("bytes", "KiB", "MiB", "GiB", "TiB"))
}
_TRUTHS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}


def text(_: View, __: str, typed: str) -> str:
    """Return the text as it is."""
    return typed


def integer(_: View, __: str, typed: str) -> int:
    """Return an integer; xe calls any other text an internal error, as nothing catches it."""
    try:
        return int(native(INT, typed))
    except Failure as failure:
        raise Failure("INTERNAL_ERROR", "Failure: Int64.of_string") from failure


def checked_integer(_: View, name: str, typed: str) -> int:
    """Return an integer, where xe looks first."""
    try:
        return int(native(INT, typed))
    except Failure as failure:
        wanted = f"Failed to parse parameter '{name}': expecting an integer"
        raise CommandError(wanted) from failure


def amount(_: View, name: str, typed: str) -> int:
    """Return bytes, given as a number that may have a unit behind it."""
    match = _AMOUNT.fullmatch(typed)
    if not match:
        wanted = "expecting an integer (possibly with suffix)"
        raise CommandError(f"Failed to parse field '{name}': {wanted}")
    digits, unit = match.groups()
    if unit and unit not in _UNITS:
        wanted = f"Unknown suffix: '{unit}' (try KiB, MiB, GiB or TiB)"
        raise CommandError(f"Failed to parse field '{name}': {wanted}")
    return int(digits) * _UNITS.get(unit, 1)


def number(_: View, name: str, typed: str) -> float:
    """Return a number."""
    try:
        return float(typed)
    except ValueError as error:
        raise CommandError(f"Parameter {name} must be a floating-point number") from error


def truth(_: View, name: str, typed: str) -> bool:
    """Return a truth value in any of xe's spellings."""
    if typed.lower() not in _TRUTHS:
        wanted = f"Expected 'true','t','yes','y','1','false','f','no','n','0' got {typed}"
        raise CommandError(f"Failed to parse parameter '{name}': {wanted}")
    return _TRUTHS[typed.lower()]


def strict_truth(_: View, name: str, typed: str) -> bool:
    """Return a truth value in OCaml's own spelling."""
    if typed not in {"true", "false"}:
        raise CommandError(f"Parameter {name} must be a boolean (true or false)")
    return typed == "true"


def words(_: View, __: str, typed: str) -> list[str]:
    """Return what stands between the commas."""
    return typed.split(",") if typed else []


def one_of(known: Mapping[str, str], complaint: str, *, as_typed: bool = False) -> Convert:
    """Return what turns a word, its case aside, into XAPI's; others are complained about.

    The complaint repeats the word in lower case, except where xe says it `as_typed`.
    """

    def convert(_: View, __: str, typed: str) -> str:
        if typed.lower() not in known:
            raise CommandError(complaint + (typed if as_typed else typed.lower()))
        return known[typed.lower()]

    return convert


def exactly(known: tuple[str, ...], complaint: str) -> Convert:
    """Return what lets only these words pass."""

    def convert(_: View, __: str, typed: str) -> str:
        if typed not in known:
            raise CommandError(f"{complaint}{typed}")
        return typed

    return convert


def reference(xapi_class: str) -> Convert:
    """Return what turns a uuid into a reference, nothing into the reference to nothing."""

    def convert(view: View, _: str, typed: str) -> Any:
        return view.call(f"{xapi_class}.get_by_uuid", typed) if typed else NULL

    return convert


BOND_MODE = one_of(
    {
        "": "balance-slb",
        "balance-slb": "balance-slb",
        "active-backup": "active-backup",
        "lacp": "lacp",
    },
    "Invalid bond mode. Got ",
)
IP_MODE = one_of(
    {"dhcp": "DHCP", "none": "None", "static": "Static"}, "Expected 'dhcp','none' or 'static', got "
)
IPV6_MODE = one_of(
    {"dhcp": "DHCP", "none": "None", "static": "Static", "autoconf": "Autoconf"},
    "Expected 'dhcp','none' 'autoconf' or 'static', got ",
)
GUEST_IP_MODE = one_of({"none": "None", "static": "Static"}, "Expected 'none' or 'static', got ")
ADDRESS_TYPE = one_of({"ipv4": "IPv4", "ipv6": "IPv6"}, "Expected 'ipv4' or 'ipv6', got ")
LOCKING_MODE = exactly(
    ("network_default", "locked", "unlocked", "disabled"),
    "Expected 'network_default', 'locked', 'unlocked', 'disabled', got ",
)
DEFAULT_LOCKING_MODE = exactly(("unlocked", "disabled"), "Expected 'unlocked' or 'disabled', got ")
ON_EXIT = one_of(
    {"destroy": "destroy", "restart": "restart"},
    "Expected 'destroy' or 'restart', got ",
    as_typed=True,
)
_ON_CRASH = (
    "destroy",
    "coredump_and_destroy",
    "restart",
    "coredump_and_restart",
    "preserve",
    "rename_restart",
)
ON_CRASH = one_of(
    dict(zip(_ON_CRASH, _ON_CRASH, strict=True)),
    (
        "Expected 'destroy', 'coredump_and_destroy','restart', 'coredump_and_restart', 'preserve'"
        " or 'rename_restart', got "
    ),
    as_typed=True,
)
DOMAIN_TYPE = one_of(
    {"hvm": "hvm", "pv": "pv", "pv-in-pvh": "pv_in_pvh"}, "Invalid domain type. Got "
)
TUNNEL_PROTOCOL = one_of(
    {"gre": "gre", "vxlan": "vxlan"}, "Expected 'gre','vxlan', got ", as_typed=True
)
