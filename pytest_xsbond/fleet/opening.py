"""A session on several pools: what is asked of all, refused or run, and the pages over all."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

import msgspec
import pytest

from pytest_xsbond import options
from pytest_xsbond.clean import clean_line, clean_lines
from pytest_xsbond.fleet.commands import of_pool, words_of
from pytest_xsbond.fleet.file import FleetPool, fleet_of, read_fleet
from pytest_xsbond.fleet.result import PoolResult, counted, exit_status_of, lines, told
from pytest_xsbond.fleet.running import Fleet, Say
from pytest_xsbond.relevance import LABS
from xsbond.errors import OptionError, XsbondError
from xsbond.private import write_private

_ONE_POOL_ONLY = ("undo", "write-bonds", "joiner", "replay", "list")
_AT_ONCE = 8
"""Pools that are looked at together where nobody says."""


def run_fleet(config: pytest.Config, write: Say) -> int:
    """Run all pools, write what is to be read, and return the exit status.

    Raises pytest.UsageError for what cannot be asked of several pools.
    """
    try:
        pools = _pools(config)
        written = _written(config)
        with tempfile.TemporaryDirectory(prefix="xsbond-fleet-") as scratch:
            results = _fleet(config, pools, written, Path(scratch), write).run()
        plans = options.flag(config, "plan")
        for line in lines(results, plans=plans):
            write(f"{clean_line(line)}\n")
        for line in _pages(written, results):
            write(f"{line}\n")
    except XsbondError as error:
        raise pytest.UsageError(clean_lines(str(error))) from None
    return exit_status_of(results)


def _pools(config: pytest.Config) -> tuple[FleetPool, ...]:
    for name in _ONE_POOL_ONLY:
        if options.is_on_command_line(config, name):
            raise OptionError(f"--xsbond-{name}", "is for one pool a run; name one --pool")
    addresses = tuple(config.getoption("xsbond_pool") or ())
    file = options.value(config, "fleet")
    if file and addresses:
        raise OptionError("--xsbond-fleet", f"{file} names the pools; leave --pool out")
    pools = read_fleet(Path(file)) if file else fleet_of(addresses)
    if labs := [pool.address for pool in pools if pool.address in LABS]:
        raise OptionError(
            "--pool", f"{labs[0]} is a pool of one run; python -m xsbond.lab keeps one"
        )
    return pools


def _fleet(
    config: pytest.Config,
    pools: Sequence[FleetPool],
    written: Mapping[str, str],
    scratch: Path,
    write: Say,
) -> Fleet:
    typed = tuple(map(str, config.invocation_params.args))
    changes = any(options.flag(config, name) for name in ("apply", "failover"))
    for option in ("--xsbond-evidence", "--xsbond-save"):
        if option in written:
            Path(written[option]).mkdir(parents=True, exist_ok=True)
    return Fleet(
        pools=pools,
        words={pool.name: words_of(pool, typed, written) for pool in pools},
        at_once=_at_once(config, 1 if changes else min(len(pools), _AT_ONCE)),
        plans=options.flag(config, "plan"),
        stops_at_failure=changes,
        scratch=scratch,
        say=lambda line: write(f"{clean_line(line)}\n"),
    )


def _at_once(config: pytest.Config, usual: int) -> int:
    if not (given := options.value(config, "pools-at-once")):
        return usual
    if not given.isascii() or not given.isdigit() or not int(given):
        raise OptionError("--xsbond-pools-at-once", f"{given!r} is no number of pools")
    return int(given)


def _written(config: pytest.Config) -> dict[str, str]:
    """Return option -> path of what each run is to write, wherever the option was given."""
    names = ("evidence", "save", "json", "save-baseline")
    ours = {f"--xsbond-{name}": options.value(config, name) for name in names}
    others = {
        "--junitxml": config.getoption("xmlpath", None) or "",
        "--html": config.getoption("htmlpath", None) or "",
    }
    return {name: str(path) for name, path in (ours | others).items() if path}


def _pages(written: Mapping[str, str], results: Sequence[PoolResult]) -> Iterator[str]:
    """Write the pages over all pools, and yield where they are."""
    texts = {
        "--xsbond-json": msgspec.json.format(msgspec.json.encode(told(results)), indent=1).decode(),
        "--html": _html(written.get("--html", ""), results),
    }
    for option, text in texts.items():
        if path := written.get(option):
            try:
                write_private(Path(path), f"{text}\n".encode())
            except OSError as error:
                raise OptionError(option, f"{path} cannot be written: {error.strerror}") from error
            yield f"all pools: {path}"


def _html(path: str, results: Sequence[PoolResult]) -> str:
    rows = "\n".join(_row(path, result) for result in results)
    title = escape(clean_line(counted(results, plans=False)))
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>\n'
        f"<h1>{title}</h1>\n<table border>\n<tr><th>pool<th>verdict<th>what was found</tr>\n"
        f"{rows}\n</table></html>"
    )


def _row(path: str, result: PoolResult) -> str:
    own = Path(of_pool("--html", path, result.name)) if path else Path()
    name = escape(result.name)
    linked = f'<a href="{escape(own.name)}">{name}</a>' if own.is_file() else name
    says = escape(clean_line(result.says))
    return f"<tr><td>{linked}<td>{result.state}<td>{says}</tr>"
