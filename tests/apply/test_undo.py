"""Taking back what was made: exactly that, once, and not while somebody uses it."""

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.labs import db, pif_ref, wait_for_member
from tests.support.provisioning import (
    apply,
    bonds,
    doomed,
    events,
    finish,
    lock_of,
    networks,
    undo,
)
from tests.support.undone import GUEST, bond_pif, call, configuration
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts without the guest bond, and a guest that is at rest."""
    with Lab(replace(tutorial(2), guests=(GUEST,))) as lab:
        yield lab


def test_undo_leaves_the_pool_as_it_was(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """Networks, bonds on every host, inherited ones, too: all is as before, and what was, stays."""
    before = configuration(lab)
    finish(lab, tmp_path)
    assert configuration(lab) != before
    assert undo(pytester, lab, tmp_path) == 0
    lab.world.check()
    assert configuration(lab) == before


def test_second_undo_does_nothing(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], lab: Lab, tmp_path: Path
) -> None:
    """Running it twice is harmless, and says that nothing is left."""
    finish(lab, tmp_path)
    undo(pytester, lab, tmp_path)
    entries, before = len(events(lab, tmp_path)), configuration(lab)
    capsys.readouterr()
    assert undo(pytester, lab, tmp_path) == 0
    assert "nothing to take back" in capsys.readouterr().out
    assert (len(events(lab, tmp_path)), configuration(lab)) == (entries, before)


def test_undo_shows_its_plan_first(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], lab: Lab, tmp_path: Path
) -> None:
    """All steps, the master's first, with the commands to type, come before the first change."""
    finish(lab, tmp_path)
    capsys.readouterr()
    undo(pytester, lab, tmp_path)
    printed = capsys.readouterr().out
    steps = [
        "  1. destroy the bond of eth1+eth5 on xs-1, network PUB",
        "  2. destroy the bond of eth1+eth5 on xs-2, network PUB",
        "  3. destroy network PUB",
    ]
    places = [printed.index(step) for step in steps]
    assert places == sorted(places)
    assert places[-1] < printed.index("xsbond: ")
    assert printed.count("xe bond-destroy uuid=") == 2


def test_undo_with_plan_changes_nothing(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """--xsbond-undo --xsbond-plan prints, and neither changes nor writes anything."""
    finish(lab, tmp_path)
    entries, before = len(events(lab, tmp_path)), configuration(lab)
    assert undo(pytester, lab, tmp_path, "--xsbond-plan") == 0
    assert (len(events(lab, tmp_path)), configuration(lab)) == (entries, before)


def test_undo_is_journalled_and_locked(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """An undo is a change like any other."""
    finish(lab, tmp_path)
    undo(pytester, lab, tmp_path)
    steps = [each["step"] for each in events(lab, tmp_path) if each["event"] == "intent"][5:]
    taken_back = ["destroy-bond", "destroy-bond", "destroy-network"]
    assert steps == ["take-lock", *taken_back, "give-lock-back"]
    assert lock_of(lab) is None


def test_network_that_was_there_stays(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """A network the apply has adopted is nothing it made."""
    call(lab, "network.create", {"name_label": "PUB", "other_config": {}})
    finish(lab, tmp_path)
    assert undo(pytester, lab, tmp_path) == 0
    assert (networks(lab).count("PUB"), bonds(lab)["xs-2"]) == (1, ["NAS"])


def test_bond_that_was_there_stays(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """A bond the apply has adopted on the master stays; the member's, which it brought, goes."""
    network = call(lab, "network.create", {"name_label": "PUB", "other_config": {}})
    legs = [pif_ref(lab, "xs-1", nic) for nic in ("eth1", "eth5")]
    call(lab, "Bond.create", network, legs, "", "balance-slb", {})
    finish(lab, tmp_path)
    assert undo(pytester, lab, tmp_path) == 0
    assert bonds(lab) == {"xs-1": ["NAS", "PUB"], "xs-2": ["NAS"]}


def test_bond_inherited_after_a_kill_is_taken_back(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """The run was killed before the member's turn, and the member restarted by itself since."""
    before = configuration(lab)
    with doomed(lab, tmp_path, "after 8") as run:
        run.communicate()
    lab.host("xs-2").toolstack.stop()
    lab.host("xs-2").toolstack.start()
    wait_for_member(lab, "xs-2")
    with lab.world.lock:
        assert lab.world.pool.pause(60, unless=lambda: bonds(lab)["xs-2"] == ["NAS"]) is False or (
            bonds(lab)["xs-2"] == ["NAS", "PUB"]
        )
    assert undo(pytester, lab, tmp_path) == 0
    assert configuration(lab) == before


def test_change_nobody_saw_the_end_of_is_taken_back(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """The run was killed before it could write that the bond was made; the bond is there."""
    before = configuration(lab)
    with doomed(lab, tmp_path, "before 8") as run:
        run.communicate()
    assert bonds(lab)["xs-1"] == ["NAS", "PUB"]
    assert undo(pytester, lab, tmp_path) == 0
    assert configuration(lab) == before


@pytest.mark.slow
def test_addresses_that_were_set_are_taken_back(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """An address goes before its bond does, so that no leg gets it."""
    before = configuration(lab)
    file = tmp_path / "bonds.toml"
    addresses = {name: f"10.9.9.{n}/24" for n, name in enumerate(("xs-1", "xs-2"), 1)}
    rows = "\n".join(f'{name} = "{address}"' for name, address in addresses.items())
    file.write_text(f'[[bond]]\nnetwork="PUB"\nnics=["eth1","eth5"]\n[bond.addresses]\n{rows}\n')
    assert apply(pytester, lab, tmp_path, f"--xsbond-bonds={file}").exit_status == 0
    with lab.world.lock:
        address = ipaddress.IPv4Interface(addresses["xs-2"]).ip
        assert db(lab).get("PIF", bond_pif(lab, "xs-2"))["IP"] == str(address)
    assert undo(pytester, lab, tmp_path, f"--xsbond-bonds={file}") == 0
    assert configuration(lab) == before
