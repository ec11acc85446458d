"""The command line, as a table: every option has a twin in the environment and in the ini file.

What is given first counts: on the command line, then in the environment, then in the ini file.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.option_table import OPTIONS, Option, OptionType

_POOL = Option(name="pool", help="", metavar="ADDRESS", repeatable=True)
"""`--pool` is read like the others; its value on the command line is a list."""
_ON = frozenset({"1", "true", "yes", "on"})
_OFF = frozenset({"", "0", "false", "no", "off"})


def add_options(parser: pytest.Parser) -> None:
    """Register `--pool` and the table, each with its ini twin."""
    group = parser.getgroup("xsbond", "network bonds of XenServer and XCP-ng pools")
    group.addoption(
        "--pool",
        "--xsbond-pool",
        dest=_POOL.dest,
        action="append",
        metavar=_POOL.metavar,
        help="any host of a pool (name, address or https://host:port), lab or lab:ovs"
        f" [${_POOL.variable}]",
    )
    parser.addini(_POOL.dest, "default of --pool", type="args", default=[])
    for option in OPTIONS:
        flag = f"--xsbond-{option.name}"
        shown = f"{option.help} [${option.variable}]"
        if option.bare:
            group.addoption(
                flag,
                dest=option.dest,
                metavar=option.metavar,
                choices=option.choices,
                nargs="?",
                const=option.bare,
                help=shown,
            )
        elif option.metavar:
            group.addoption(
                flag,
                dest=option.dest,
                metavar=option.metavar,
                choices=option.choices or None,
                action="append" if option.repeatable else "store",
                help=shown,
            )
        else:
            group.addoption(flag, dest=option.dest, action="store_true", help=shown)
        kind: OptionType = "string" if option.metavar else "bool"
        kind = "linelist" if option.repeatable else kind
        parser.addini(option.dest, f"default of {flag}", type=kind, default=None)


def pools(config: pytest.Config) -> Sequence[str]:
    """Return what `--pool` names."""
    return _values(config, _POOL)


def value(config: pytest.Config, name: str) -> str:
    """Return the text of an option, or its default; a path in an ini file is relative to it."""
    option = _option(name)
    found = next(((text, base) for text, base in _given(config, option) if text), None)
    if found is None:
        return option.default
    return _path(str(found[0]), found[1]) if option.is_path else str(found[0])


def is_given(config: pytest.Config, name: str) -> bool:
    """Tell whether an option is set anywhere; its default is nobody's wish."""
    option = _option(name)
    if not option.metavar:
        return flag(config, name)
    return any(text for text, _ in _given(config, option))


def is_on_command_line(config: pytest.Config, name: str) -> bool:
    """Tell whether an option is set for this run, not as a default of many."""
    return bool(config.getoption(_option(name).dest))


def values(config: pytest.Config, name: str) -> Sequence[str]:
    """Return all values of a repeatable option; in the environment they are parted by commas."""
    return _values(config, _option(name))


def flag(config: pytest.Config, name: str) -> bool:
    """Tell whether a flag is set; pytest.UsageError if the environment says neither yes nor no."""
    option = _option(name)
    if config.getoption(option.dest):
        return True
    if option.variable in os.environ:
        return _yes(option.variable, os.environ[option.variable])
    return bool(_ini(config, option))


def _option(name: str) -> Option:
    return next(each for each in OPTIONS if each.name == name)


def _given(config: pytest.Config, option: Option) -> Sequence[tuple[Any, str]]:
    """Return (value, directory it is relative to), what counts more first."""
    ini = str(config.inipath.parent) if config.inipath else ""
    found = config.getoption(option.dest), os.environ.get(option.variable)
    return (*((each, "") for each in found), (_ini(config, option), ini))


def _values(config: pytest.Config, option: Option) -> Sequence[str]:
    typed, environment, ini = (each for each, _ in _given(config, option))
    listed = [word.strip() for word in (environment or "").split(",")]
    return tuple(typed or [word for word in listed if word] or ini or ())


def _ini(config: pytest.Config, option: Option) -> Any:
    try:
        return config.getini(option.dest)
    except (TypeError, ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"{config.inipath}: {option.dest}: {error}") from None


def _path(text: str, base: str) -> str:
    """Return a path with the person's own directory for `~`, as a shell leaves it after `=`."""
    return os.path.join(base, os.path.expanduser(text))  # noqa: PTH111, PTH118 - any text will do


def _yes(variable: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in _ON | _OFF:
        known = "1, true, yes, on, 0, false, no, off"
        raise pytest.UsageError(f"{variable}: {text!r} is none of {known}")
    return word in _ON


def json_file(config: pytest.Config) -> Path | None:
    """Return where JSON is wanted, if it is. Raises OptionError where no file can be written."""
    from xsbond.errors import OptionError  # noqa: PLC0415 - a session without a pool needs none of it

    given = value(config, "json")
    if not given:
        return None
    path = Path(given)
    if path.is_dir() or not path.parent.is_dir():
        what = f"{path} is a directory" if path.is_dir() else f"there is no directory {path.parent}"
        raise OptionError("--xsbond-json", f"{what}; name a file in a directory that exists")
    return path.resolve()
