"""What a change depends on beyond the snapshot, asked of a pool over the wire."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lab.worlds import eventually
from tests.support.applying import apply_over
from tests.support.labs import connected, db, host_ref, pif_ref, quiet
from tests.support.provisioning import bonds, change_arguments, is_right, lock_of, networks
from tests.support.spec_run import run_spec
from xsbond.apply.provisioning import Refused
from xsbond.bondfile import TUTORIAL
from xsbond.collect.observe import observe
from xsbond.lab import Lab
from xsbond.lab.blueprint import PROFILES, AccountBlueprint, GuestBlueprint, tutorial
from xsbond.model import Inherit
from xsbond.plan.circumstances import look_around
from xsbond.plan.plan import plan_for
from xsbond.plan.preflight import Circumstances, Guest

LEG = "Pool-wide network 5"
"""The own network of the second leg."""


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts without the guest bond."""
    with Lab(tutorial(2)) as lab:
        yield lab


def seen(lab: Lab) -> Circumstances:
    """Return what an apply finds out about a lab."""
    with connected(lab) as connections:
        snapshot = observe(connections)
        return look_around(connections, snapshot, TUTORIAL, plan_for(TUTORIAL, snapshot).steps)


def answering(lab: Lab, method: str, answer: Any) -> None:
    """Let the lab answer a call with what it has none of."""
    messages = lab.world.dispatcher.messages
    messages[method] = replace(messages[method], body=lambda *_: answer)


def test_ordinary_pool_has_nothing_against_a_change(lab: Lab) -> None:
    """All questions are understood and answered."""
    assert seen(lab) == Circumstances()


@pytest.mark.parametrize("profile", PROFILES)
def test_every_release_can_be_asked(profile: str) -> None:
    """What a release does not know is no reason against a change."""
    with Lab(tutorial(2, PROFILES[profile])) as lab:
        assert seen(lab) == Circumstances()


def test_guests_that_run_on_a_legs_network_are_found() -> None:
    """Running and paused ones count, on the host they run on; those at rest do not."""
    guests = (
        GuestBlueprint(name="web", host="xs-2", power_state="Running", networks=(LEG,)),
        GuestBlueprint(name="mail", host="xs-1", power_state="Paused", networks=(LEG, "NAS")),
        GuestBlueprint(name="spare", networks=(LEG,)),
        GuestBlueprint(name="files", host="xs-1", power_state="Running", networks=("NAS",)),
    )
    with Lab(replace(tutorial(2), guests=guests)) as lab:
        with lab.world.lock:
            (network,) = db(lab).where("network", name_label=LEG)
        assert set(seen(lab).guests) == {
            Guest(name="web", host=host_ref(lab, "xs-2"), network=network),
            Guest(name="mail", host=host_ref(lab, "xs-1"), network=network),
        }


def test_running_guest_refuses_an_apply(pytester: pytest.Pytester, tmp_path: Path) -> None:
    """The VM, its host and the network are named; the VM keeps its interface."""
    web = GuestBlueprint(name="web", host="xs-2", power_state="Running", networks=(LEG,))
    with Lab(replace(tutorial(2), guests=(web,))) as lab:
        arguments = [*change_arguments(lab, tmp_path), "--xsbond-apply"]
        result = pytester.runpytest_subprocess("-p", "no:randomly", *arguments)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert result.stderr.lines[1].startswith(
            f"  xs-2: NIC eth5: VM 'web' runs on its network {LEG}; shut the VMs down, or move"
        )
        assert networks(lab).count("PUB") == 0


def test_clustered_pool_is_found(lab: Lab) -> None:
    """A pool with a Cluster object is clustered."""
    answering(lab, "Cluster.get_all", ["OpaqueRef:cluster"])
    assert seen(lab).clustered


def test_fcoe_storage_counts_where_it_is_plugged(lab: Lab) -> None:
    """A host uses FCoE if it has an SR over it, and that SR is plugged."""
    answering(
        lab,
        "SR.get_all_records",
        {"OpaqueRef:s": {"type": "lvmofcoe"}, "OpaqueRef:n": {"type": "nfs"}},
    )
    answering(lab, "PBD.get_all_records", _paths(lab))
    assert seen(lab).fcoe_hosts == frozenset()
    with lab.world.lock:
        db(lab).set("PIF", pif_ref(lab, "xs-1", "eth5"), capabilities=["fcoe"])
    assert seen(lab).fcoe_hosts == frozenset({host_ref(lab, "xs-1")})


def _paths(lab: Lab) -> dict[str, Any]:
    rows: Sequence[tuple[str, str, bool]] = (
        ("xs-1", "OpaqueRef:s", True),
        ("xs-2", "OpaqueRef:s", False),
        ("xs-2", "OpaqueRef:n", True),
    )
    return {
        f"OpaqueRef:{number}": {
            "host": host_ref(lab, host),
            "SR": sr,
            "currently_attached": plugged,
        }
        for number, (host, sr, plugged) in enumerate(rows)
    }


def test_emergency_mode_is_found_before_the_pool_knows(lab: Lab) -> None:
    """A member that lost the master says so itself, while the pool takes it for live."""
    host = next(each for each in lab.world.hosts if each.name == "xs-2")
    lab.world.cut_link(host)
    host.process.respawn()
    assert eventually(lambda: host.emergency is not None)
    assert seen(lab).emergency == frozenset({host.ref})


@pytest.mark.parametrize("inherit", [Inherit.CREATE, Inherit.RESTART_AGENT])
def test_host_without_power_refuses_before_the_first_change(
    lab: Lab, tmp_path: Path, inherit: Inherit
) -> None:
    """The pool still takes it for live, and SSH is not asked for: XAPI's calls do not reach it."""
    lab.world.switch_off(next(each for each in lab.world.hosts if each.name == "xs-2"))
    before = networks(lab)
    with connected(lab) as connections, pytest.raises(Refused) as caught:
        apply_over(connections, tmp_path, quiet, inherit=inherit)
    assert [each.rule for each in caught.value.refusals] == ["host-unreachable"]
    assert networks(lab) == before


def test_tunnel_on_a_leg_refuses(lab: Lab, tmp_path: Path) -> None:
    """A NIC that carries a tunnel is found by its own PIF."""
    leg = pif_ref(lab, "xs-2", "eth5")
    dispatch, master = lab.world.dispatch, lab.world.hosts[0]
    words = ("Static", "10.9.9.9", "255.255.255.0", "", "")
    dispatch(master, "PIF.reconfigure_ip", [leg, *words])
    network = dispatch(master, "network.create", [{"name_label": "t", "other_config": {}}])
    dispatch(master, "tunnel.create", [leg, network, "gre"])
    with connected(lab) as connections, pytest.raises(Refused) as caught:
        apply_over(connections, tmp_path, quiet)
    assert [each.rule for each in caught.value.refusals] == ["nic-address", "nic-tunnels"]


def test_cable_that_is_out_refuses(lab: Lab, tmp_path: Path) -> None:
    """A leg without a link is found in its dom0, before the pool's monitor has looked."""
    dom0 = lab.host("xs-2").dom0
    with lab.world.lock, dom0.lock:
        nic = dom0.nics_by_device["eth5"]
        dom0.nics_by_device["eth5"] = replace(nic, carrier=False)
    with connected(lab) as connections, pytest.raises(Refused) as caught:
        apply_over(connections, tmp_path, quiet)
    assert [str(each) for each in caught.value.refusals] == [
        (
            "xs-2: NIC eth5: has no link, as dom0 has it; plug the cable in, or enable the port of"
            " the switch"
        )
    ]


# --- accounts ---

MAY_APPLY = "pool-operator"


@pytest.mark.slow
@pytest.mark.parametrize("role", ["read-only", "vm-admin", "pool-operator"])
def test_role_decides_before_anything_is_changed(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, role: str
) -> None:
    """Every role verifies, pool-operator and above apply, the others are told what is missing."""
    account = AccountBlueprint(name="ann", role=role)
    with Lab(replace(tutorial(2), accounts=(account,))) as lab:
        monkeypatch.setenv("XSBOND_USERNAME", "ann")
        given = [each for each in change_arguments(lab, tmp_path) if "password" not in each]
        given += [f"--xsbond-password-file={lab.account_files['ann']}"]
        looking = [each for each in given if "journal" not in each]
        looked = run_spec(pytester, *looking)
        assert {result.verdict for result in looked.results} == {"FAIL"}
        result = pytester.runpytest_subprocess("-p", "no:randomly", *given, "--xsbond-apply")
        if role == MAY_APPLY:
            assert (result.ret, is_right(lab)) == (0, True)
        else:
            assert result.ret == pytest.ExitCode.USAGE_ERROR
            assert "user ann may not call Bond.create, " in result.stderr.str()
            assert (networks(lab).count("PUB"), lock_of(lab)) == (0, None)


def test_account_that_hides_its_permissions_is_refused_at_the_lock(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where nobody can know before, the first change is the lock, and the last."""
    account = AccountBlueprint(name="ann", role="read-only")
    with Lab(replace(tutorial(2), accounts=(account,))) as lab:
        answering(lab, "session.get_record", {"is_local_superuser": True})
        monkeypatch.setenv("XSBOND_USERNAME", "ann")
        given = [each for each in change_arguments(lab, tmp_path) if "password" not in each]
        given += [f"--xsbond-password-file={lab.account_files['ann']}", "--xsbond-apply"]
        assert run_spec(pytester, *given).exit_status == pytest.ExitCode.USAGE_ERROR
        assert (lock_of(lab), bonds(lab)["xs-1"]) == (None, ["NAS"])
