"""Closing pages of pools in the states that an administrator meets, at any size and width."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.claims.results import Result
from pytest_xsbond.claims.stages import Stages, load_stages
from pytest_xsbond.own_command import OwnCommand
from pytest_xsbond.terminal.closing import closing_lines
from pytest_xsbond.terminal.layout import Line
from pytest_xsbond.verdict.page import Page, page_of
from pytest_xsbond.waivers.file import read_waivers
from tests.support.build import Draft
from tests.support.illnesses import leg_without_carrier
from tests.support.spec_run import run_spec, store

if TYPE_CHECKING:
    from pytest_xsbond.waivers.waiver import Waiver

_OWN = OwnCommand(
    words=("--pool=xs-1", "--ssh-config=lab/ssh_config"),
    options=("--xsbond-apply",),
    says="this creates what is missing.",
)
EXPIRED = """
[[waiver]]
outcome = "H-legs-up"
host = "xs-2"
reason = "the cable is on order"
owner = "net-team"
expires = 2020-01-01
"""
"""A waiver that counts no more on the day of the recorded look."""


def one_legged(host: str) -> Callable[[Draft], None]:
    """Return a change after which a host's bond has one leg, in XAPI, and nobody was told."""

    def change(draft: Draft) -> None:
        bond, lost = draft.bond(host, "bond1"), draft.pif(host, "eth5")
        bond["slaves"] = [ref for ref in bond["slaves"] if ref != draft.ref("PIF", lost)]
        lost["bond_slave_of"] = "OpaqueRef:NULL"

    return change


def other_mode(host: str) -> Callable[[Draft], None]:
    """Return a change after which a host's bond is recorded in another mode."""

    def change(draft: Draft) -> None:
        draft.bond(host, "bond1")["mode"] = "active-backup"

    return change


def out_of_reach(host: str) -> Callable[[Draft], None]:
    """Return a change after which a host's dom0 does not answer."""
    return lambda draft: draft.unreachable(host, "connection refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A pool in a certain state."""

    hosts: int
    changes: Sequence[Callable[[Draft], None]] = ()
    has_bond: bool = True
    waivers: str = ""


SCENES: Mapping[str, Scene] = {
    "healthy-2": Scene(hosts=2),
    "healthy-64": Scene(hosts=64),
    "network-missing-2": Scene(hosts=2, has_bond=False),
    "network-missing-16": Scene(hosts=16, has_bond=False),
    "network-missing-64": Scene(hosts=64, has_bond=False),
    "one-legged-16": Scene(hosts=16, changes=(one_legged("xs-7"),)),
    "two-faults-16": Scene(hosts=16, changes=(one_legged("xs-7"), other_mode("xs-9"))),
    "dom0-unreachable-16": Scene(hosts=16, changes=(out_of_reach("xs-9"),)),
    "expired-waiver-2": Scene(hosts=2, changes=(leg_without_carrier,), waivers=EXPIRED),
}
"""Name -> pool."""


def snapshot_of(scene: Scene, recorded: Stages) -> Draft:
    """Return the pool of a scene: the recorded one, with twins of its member."""
    base = recorded.now if scene.has_bond else recorded.before
    assert base is not None
    draft = Draft(base)
    for number in range(3, scene.hosts + 1):
        draft.add_host(f"xs-{number}", like="xs-2")
    draft.ask_for_flows()
    for change in scene.changes:
        change(draft)
    return draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A scene, judged by a whole run of the spec."""

    directory: Path
    """What a replay reads."""
    stages: Stages
    results: tuple[Result, ...]
    exit_status: int

    @property
    def page(self) -> Page:
        """Return the closing page as a value."""
        return page_of(self.stages, self.results)

    def lines(self, width: int, *, whole: bool = False) -> list[Line]:
        """Return the closing page as a terminal of this width shows it."""
        shown = closing_lines(self.page, _OWN, width, is_terminal=True, whole_matrix=whole)
        return list(shown)

    def text(self, width: int, *, whole: bool = False) -> str:
        """Return the same without its colours."""
        return "\n".join(line.rstrip() for line, _ in self.lines(width, whole=whole)) + "\n"


def judged(scene: Scene, recorded: Stages, pytester: pytest.Pytester, directory: Path) -> Judged:
    """Store a scene and have the spec judge it."""
    stored = store(directory / "stored", now=snapshot_of(scene, recorded).read())
    words = [f"--xsbond-replay={stored}", "-q"]
    waivers: tuple[Waiver, ...] = ()
    if scene.waivers:
        (directory / "waivers.toml").write_text(scene.waivers)
        words.append(f"--xsbond-waivers={directory / 'waivers.toml'}")
        waivers = read_waivers(directory / "waivers.toml", CATALOGUE)
        # The directory is another one each time.
        waivers = tuple(replace(each, where="waivers.toml: waiver[1]") for each in waivers)
    run = run_spec(pytester, *words)
    return Judged(
        directory=stored,
        stages=replace(load_stages(stored), waivers=waivers),
        results=run.results,
        exit_status=run.exit_status,
    )
