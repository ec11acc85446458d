"""The waiver file: TOML in, `Waiver` values out, or one line naming file, key and what to do."""

import re
import tomllib
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from pytest_xsbond.waivers.shape import WaiverTable
from pytest_xsbond.waivers.waiver import Waiver
from xsbond.errors import OptionError


def _nobodys(_: str) -> bool:
    return False


def read_waivers(
    path: Path, outcomes: Collection[str], is_own: Callable[[str], bool] = _nobodys
) -> tuple[Waiver, ...]:
    """Return the waivers of a file, in its order; OptionError if it says anything else.

    `outcomes` are the ids that there are; `is_own` tells which others may be a user's own.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(str(path), f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(str(path), f"is no TOML: {error}") from error
    waivers = tuple(
        _waiver(entry, outcomes, is_own, f"{path}: waiver[{number}]")
        for number, entry in enumerate(_entries(document, path), start=1)
    )
    _refuse_doubles(waivers)
    return waivers


def _entries(document: dict[str, Any], path: Path) -> list[Any]:
    for key in document:
        if key != "waiver":
            reason = "unknown key; a waiver file holds [[waiver]] tables only"
            raise OptionError(f"{path}: {key}", reason)
    entries = document.get("waiver", [])
    if not isinstance(entries, list):
        raise OptionError(f"{path}: waiver", "write [[waiver]], in double brackets")
    return entries


def _waiver(
    entry: Any, outcomes: Collection[str], is_own: Callable[[str], bool], where: str
) -> Waiver:
    try:
        read = msgspec.convert(entry, WaiverTable)
    except msgspec.ValidationError as error:
        key, reason = _located(str(error), entry)
        raise OptionError(where + key, reason) from error
    if read.outcome not in outcomes and not is_own(read.outcome):
        near = get_close_matches(read.outcome, outcomes, n=1)
        hint = f"is it {near[0]}?" if near else "python -m pytest_xsbond.docs runbook lists them"
        raise OptionError(f"{where}.outcome", f"there is no outcome {read.outcome!r}; {hint}")
    return Waiver(
        outcome=read.outcome,
        host=read.host,
        network=read.network,
        reason=read.reason,
        owner=read.owner,
        expires=read.expires,
        where=where,
    )


def _located(message: str, entry: Any) -> tuple[str, str]:
    """Split msgspec's message into the key it is about and what to do."""
    reason, _, location = message.partition(" - at `$")
    key = location.rstrip("`")
    if unknown := re.search(r"unknown field `(.*)`", reason):
        known = ", ".join(WaiverTable.__struct_fields__)
        return f".{unknown[1]}", f"unknown key; a waiver has {known}"
    if missing := re.search(r"missing required field `(.*)`", reason):
        needed = "outcome, host, reason, owner and expires"
        return f".{missing[1]}", f"is missing; every waiver has {needed}"
    value = entry.get(key[1:]) if isinstance(entry, dict) and key else entry
    if key == ".expires":
        return key, f"{value!r} is no date; write one without quotes, such as 2027-01-31"
    return key, f"{value!r} is no line of text; write one in quotes"


def _refuse_doubles(waivers: Sequence[Waiver]) -> None:
    seen: dict[str, Waiver] = {}
    for waiver in waivers:
        if (first := seen.setdefault(waiver.about, waiver)) is not waiver:
            reason = f"waives {waiver.about} once more; {first.where} does so already"
            raise OptionError(waiver.where, reason)
