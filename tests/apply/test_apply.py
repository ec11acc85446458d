"""Carrying a plan out: by hand, and against a pool that changes its mind."""

from collections.abc import Iterator

import pytest

from tests.support.labs import connected, db, journal_of, pif_ref, quiet, verify
from xsbond.apply.provisioning import Provisioning, Stopped
from xsbond.bondfile import TUTORIAL
from xsbond.collect.observe import Connections, observe
from xsbond.errors import CallRefused
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.plan.plan import plan_for
from xsbond.plan.steps import RestartAgent


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A fresh lab of two hosts, without the guest bond."""
    with Lab(tutorial(2)) as lab:
        yield lab


@pytest.fixture
def connections(lab: Lab) -> Iterator[Connections]:
    """A session with it."""
    with connected(lab) as connections:
        yield connections


def planned(lab: Lab, connections: Connections) -> Provisioning:
    """Look, plan, and get ready to carry the plan out."""
    before = observe(connections)
    return Provisioning(
        plan=plan_for(TUTORIAL, before),
        desired=TUTORIAL,
        snapshot=before,
        connections=connections,
        progress=quiet,
        deadline=60,
        journal=journal_of(lab),
    )


def test_commands_of_a_plan_do_what_they_say(
    pytester: pytest.Pytester, lab: Lab, connections: Connections
) -> None:
    """Typed by hand in the order given, the commands bring the pool to where the spec holds."""
    snapshot = observe(connections)
    for step in plan_for(TUTORIAL, snapshot).steps:
        member = isinstance(step, RestartAgent)
        ref = snapshot.host_ref(step.host if member else "xs-1")
        command = step.command.removeprefix(f"ssh root@{step.host} ")
        answer = connections.dom0(snapshot.hosts[ref]).run(command)
        assert (answer.exit, answer.stderr) == (0, "")
    connections.api.wait(
        ("bond",), lambda: len(connections.api.read("Bond.get_all")) == 4, 30, "no bond"
    )
    assert verify(pytester, lab).not_passed() == {}


def test_refused_bond_takes_its_new_network_back(lab: Lab, connections: Connections) -> None:
    """If XAPI refuses the bond, the network made for it goes, and the error says so."""
    provisioning = planned(lab, connections)
    with lab.world.lock:
        other = db(lab).create("network", name_label="other", bridge="xapi8")
    legs = [pif_ref(lab, "xs-1", "eth5")]
    connections.api.change("Bond.create", other, legs, "", "active-backup", {})
    with pytest.raises(Stopped) as caught:
        provisioning.run(lambda: None)
    assert "PIF_ALREADY_BONDED" in caught.value.reason
    assert caught.value.reason.endswith("(network PUB was taken back)")
    assert (caught.value.done, len(caught.value.left)) == ((), 1)
    with lab.world.lock:
        assert db(lab).where("network", name_label="PUB") == []


def test_network_that_cannot_be_taken_back_is_named(lab: Lab, connections: Connections) -> None:
    """If taking it back fails, too, the error still says where the run ended and what is left."""
    provisioning = planned(lab, connections)
    with lab.world.lock:
        # Which of two networks of one name is this run's own cannot be told.
        for bridge in ("xapi8", "xapi9"):
            db(lab).create("network", name_label="PUB", bridge=bridge)
    provisioning.done = [provisioning.plan.steps[0]]
    with pytest.raises(Stopped) as caught, provisioning._carrier().stopping("try"):
        raise CallRefused("xs-1", "Bond.create", "PIF_ALREADY_BONDED", ())
    reason = "meanwhile) (network PUB could not be taken back: "
    assert reason in caught.value.reason
    assert [step.does for step in caught.value.done] == ["create network PUB"]


def test_look_that_fails_between_the_steps_names_what_was_done(
    lab: Lab, connections: Connections
) -> None:
    """Even if only the look at the created pool goes wrong, the steps taken are named."""

    def fail() -> None:
        raise OSError("no space left")

    with pytest.raises(Stopped) as caught:
        planned(lab, connections).run(fail)
    assert [step.does for step in caught.value.done] == [
        "create network PUB",
        "create a balance-slb bond of eth1+eth5 on xs-1, network PUB",
    ]
    assert caught.value.at == "look at the pool before the members"
    assert [step.does for step in caught.value.left] == [
        "restart xapi on xs-2, to inherit the bond of PUB"
    ]
