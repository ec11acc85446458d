"""Snapshots: stored and loaded unchanged, and never read from records that lack a field."""

import json
from pathlib import Path

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.support.build import Draft
from xsbond.errors import OptionError, PoolError, UnexpectedOutput
from xsbond.snapshot.snapshot import Snapshot, load, save


@pytest.fixture
def now(recorded: Stages) -> Snapshot:
    """The pool of the tutorial with its guest bond."""
    return recorded.now


def test_stored_snapshot_loads_unchanged(now: Snapshot, tmp_path: Path) -> None:
    """What is stored is what was seen."""
    save(now.raw, tmp_path / "now.json")
    assert load(tmp_path / "now.json") == now


def test_stored_snapshot_is_private(now: Snapshot, tmp_path: Path) -> None:
    """A snapshot describes a network; only its owner may read it."""
    save(now.raw, tmp_path / "now.json")
    assert (tmp_path / "now.json").stat().st_mode & 0o777 == 0o600


def test_ints_arrive_as_text(now: Snapshot) -> None:
    """XML-RPC delivers ints as text; facts are ints."""
    pif = next(pif for pif in now.pifs.values() if pif.device == "bond1")
    assert (pif.MTU, pif.VLAN) == (1500, -1)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("pool", "master"),
        ("host", "other_config"),
        ("host_metrics", "live"),
        ("network", "bridge"),
        ("PIF", "currently_attached"),
        ("PIF_metrics", "carrier"),
        ("Bond", "slaves"),
    ],
)
def test_record_without_a_field_is_refused(now: Snapshot, name: str, field: str) -> None:
    """A record that lacks a field is no record: the error names both."""
    draft = Draft(now)
    del next(iter(draft.records[name].values()))[field]
    with pytest.raises(UnexpectedOutput, match=f"^{name} .*`{field}`"):
        draft.read()


def test_pool_without_its_master_is_refused(now: Snapshot) -> None:
    """pool.master must lead to a host."""
    draft = Draft(now)
    del draft.records["host"][now.pool.master]
    with pytest.raises(UnexpectedOutput, match=r"^pool\.master"):
        draft.read()


def test_dom0_out_of_reach_is_an_error_when_asked(now: Snapshot) -> None:
    """Who asks for what an unreachable dom0 has learns why it is not there."""
    draft = Draft(now)
    draft.unreachable("xs-2", "nothing answers SSH there")
    snapshot = draft.read()
    with pytest.raises(PoolError, match=r"^xs-2: dom0: nothing answers SSH there$"):
        snapshot.bridges(snapshot.host_ref("xs-2"))


def test_command_that_failed_is_no_empty_answer(now: Snapshot) -> None:
    """An exit status other than 0 is an error, whatever was printed."""
    draft = Draft(now)
    draft.answer("xs-2", "ovs-list-br", "", exit_status=1)
    snapshot = draft.read()
    with pytest.raises(UnexpectedOutput, match=r"^xs-2: ovs-vsctl list-br: exit 1"):
        snapshot.bridges(snapshot.host_ref("xs-2"))


def test_unknown_wording_names_host_and_command(now: Snapshot) -> None:
    """Text that no parser knows is an error that names where it came from."""
    draft = Draft(now)
    draft.answer("xs-1", "ovs-bond-list", "bond\tkind\tNICs\n")
    snapshot = draft.read()
    with pytest.raises(UnexpectedOutput, match=r"^xs-1: ovs-appctl bond/list: "):
        snapshot.ovs_bonds(snapshot.host_ref("xs-1"))


def test_hosts_of_one_name_are_told_apart(now: Snapshot) -> None:
    """Two hosts with the same name_label get part of their uuids."""
    draft = Draft(now)
    for host in draft.records["host"].values():
        host["name_label"] = "localhost"
    labels = set(draft.read().labels.values())
    assert labels == {"localhost-d9645ab6", "localhost-9bc984d0"}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"records": 3}', "\xff", '{"records": ' + "[" * 200_000]
)
def test_file_that_is_no_snapshot_is_named(tmp_path: Path, text: str) -> None:
    """Garbage in place of a snapshot is one clear line."""
    (tmp_path / "now.json").write_text(text, encoding="latin-1")
    with pytest.raises(OptionError, match=r"now\.json: is no snapshot"):
        load(tmp_path / "now.json")


def test_newer_schema_is_refused(now: Snapshot, tmp_path: Path) -> None:
    """A file of a later release is not half understood."""
    save(now.raw, tmp_path / "now.json")
    stored = json.loads((tmp_path / "now.json").read_text())
    (tmp_path / "now.json").write_text(json.dumps({**stored, "schema": 99}))
    with pytest.raises(OptionError, match="has schema 99; this release reads up to 1"):
        load(tmp_path / "now.json")
