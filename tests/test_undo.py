"""Taking back what was made: exactly that, once, and not while somebody uses it."""

import ipaddress
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.labs import connected, db, host_ref, pif_ref, wait_for_member
from tests.provisioning import (
    apply,
    bonds,
    change_arguments,
    doomed,
    events,
    finish,
    lock_of,
    networks,
    set_lock,
    undo,
)
from tests.test_usage_errors import line_of
from xsbond.lab import Lab
from xsbond.lab.blueprint import AccountBlueprint, GuestBlueprint, tutorial
from xsbond.observe import observe
from xsbond.undoing import planned_undo

GUEST = GuestBlueprint(name="web", networks=("Pool-wide network 3",))


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts without the guest bond, and a guest that is at rest."""
    with Lab(replace(tutorial(2), guests=(GUEST,))) as lab:
        yield lab


def configuration(lab: Lab) -> str:
    """Return what an undo must leave as it was: networks, PIFs, bonds, VLANs, VIFs."""
    volatile = {"currently_attached", "MTU", "last_updated", "IPv6", "links_up"}
    kept = ("network", "PIF", "Bond", "VLAN", "VIF", "VM", "pool")
    dump = lab.world.dump()
    records = {name: dump[name] for name in kept}
    for table in records.values():
        for record in table.values():
            for field in volatile:
                record.pop(field, None)
            # Sets have no order in XAPI.
            record.update({k: sorted(v) for k, v in record.items() if isinstance(v, list)})
    return json.dumps(records, sort_keys=True)


def call(lab: Lab, method: str, *parameters: Any) -> Any:
    """Call the pool as root."""
    return lab.world.dispatch(lab.world.hosts[0], method, parameters)


def bond_pif(lab: Lab, host: str) -> str:
    """Return the ref of the PIF of a host's guest bond."""
    return pif_ref(lab, host, "bond1")


def pub(lab: Lab) -> str:
    """Return the ref of the bond's network."""
    with lab.world.lock:
        (ref,) = db(lab).where("network", name_label="PUB")
    return ref


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


# --- refusals ---


def _guest(lab: Lab) -> None:
    record = {"network": pub(lab), "device": "1", "MTU": "1500", "MAC": "", "other_config": {}}
    with lab.world.lock:
        (vm,) = db(lab).where("VM", name_label="web")
    more = {"VM": vm, "qos_algorithm_type": "", "qos_algorithm_params": {}}
    call(lab, "VIF.create", record | more)


def _other_mode(lab: Lab) -> None:
    with lab.world.lock:
        (bond,) = db(lab).get("PIF", bond_pif(lab, "xs-2"))["bond_master_of"]
    call(lab, "Bond.set_mode", bond, "active-backup")


def _made_anew(lab: Lab) -> None:
    with lab.world.lock:
        (bond,) = db(lab).get("PIF", bond_pif(lab, "xs-2"))["bond_master_of"]
    call(lab, "Bond.destroy", bond)
    legs = [pif_ref(lab, "xs-2", nic) for nic in ("eth1", "eth5")]
    call(lab, "Bond.create", pub(lab), legs, "", "balance-slb", {})


def _vlan(lab: Lab) -> None:
    network = call(lab, "network.create", {"name_label": "VLAN 7", "other_config": {}})
    call(lab, "VLAN.create", bond_pif(lab, "xs-2"), "7", network)


def _tunnel(lab: Lab) -> None:
    network = call(lab, "network.create", {"name_label": "tunnel", "other_config": {}})
    # A tunnel needs an address below it, which is one more reason.
    _address(lab)
    call(lab, "tunnel.create", bond_pif(lab, "xs-2"), network, "gre")


def _address(lab: Lab) -> None:
    pif = bond_pif(lab, "xs-2")
    call(lab, "PIF.reconfigure_ip", pif, "Static", "10.9.9.9", "255.255.255.0", "", "")


def _renamed(lab: Lab) -> None:
    call(lab, "network.set_name_label", pub(lab), "PRODUCTION")


def _connected(lab: Lab) -> None:
    with lab.world.lock:
        db(lab).set("PIF", pif_ref(lab, "xs-1", "eth3"), network=pub(lab))


def _dead(lab: Lab) -> None:
    with lab.world.lock:
        metrics = db(lab).get("host", host_ref(lab, "xs-2"))["metrics"]
        db(lab).set("host_metrics", metrics, live=False)


def _locked(lab: Lab) -> None:
    set_lock(lab, "by hand")


USES: dict[str, tuple[Callable[[Lab], None], str]] = {
    "guest": (_guest, "pool: network PUB: VM 'web' has an interface on it"),
    "mode": (_other_mode, "mode: active-backup, it was made with balance-slb"),
    "made-anew": (_made_anew, "xs-2: bond bond1 on network PUB: uuid: "),
    "vlan": (_vlan, "xs-2: bond bond1 on network PUB: carries VLAN 7"),
    "tunnel": (_tunnel, "xs-2: bond bond1 on network PUB: carries a tunnel"),
    "address": (_address, "address: 10.9.9.9, it was made with none"),
    "renamed": (_renamed, "pool: network PUB: is called PRODUCTION now"),
    "connected": (_connected, "PIF eth3 of xs-1 connects to it, which this product did not make"),
    "dead-host": (_dead, "xs-2: host: is not live"),
    "locked": (_locked, "pool: lock: another run is changing this pool: somebody who wrote"),
}


@pytest.mark.parametrize("use", USES)
def test_what_is_used_or_altered_is_left_alone(lab: Lab, tmp_path: Path, use: str) -> None:
    """Each reason refuses the whole undo, in words."""
    finish(lab, tmp_path)
    change, words = USES[use]
    change(lab)
    with connected(lab) as connections:
        plan = planned_undo(connections, observe(connections), events(lab, tmp_path))
    assert any(words in str(refusal) for refusal in plan.refusals), plan.refusals


def test_refused_undo_changes_nothing(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """Exit status 4, the reasons in lines, and neither the pool nor the journal is touched."""
    finish(lab, tmp_path)
    _guest(lab)
    entries, before = len(events(lab, tmp_path)), configuration(lab)
    arguments = [*change_arguments(lab, tmp_path), "--xsbond-undo"]
    result = pytester.runpytest_subprocess("-p", "no:randomly", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    head, reason, *_ = result.stderr.lines
    assert head == "ERROR: nothing was changed, because"
    assert reason.startswith("  pool: network PUB: VM 'web' has an interface on it; move the inter")
    assert (len(events(lab, tmp_path)), configuration(lab)) == (entries, before)


def test_pool_without_a_journal_is_not_touched(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """What another machine's run made is not guessed at: its journal has to be named."""
    finish(lab, tmp_path / "elsewhere")
    line = line_of(pytester, [*change_arguments(lab, tmp_path), "--xsbond-undo"])
    assert line.startswith(f"--xsbond-undo: {tmp_path}/journal.jsonl says nothing about this pool;")


def test_account_that_may_not_destroy_is_refused(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Who may not take back everything takes back nothing."""
    account = AccountBlueprint(name="ann", role="vm-admin")
    with Lab(replace(tutorial(2), accounts=(account,))) as lab:
        finish(lab, tmp_path)
        monkeypatch.setenv("XSBOND_USERNAME", "ann")
        given = [each for each in change_arguments(lab, tmp_path) if "password" not in each]
        given += [f"--xsbond-password-file={lab.account_files['ann']}", "--xsbond-undo"]
        result = pytester.runpytest_subprocess("-p", "no:randomly", *given)
        assert "user ann may not call Bond.destroy, " in result.stderr.str()
        assert bonds(lab)["xs-1"] == ["NAS", "PUB"]
