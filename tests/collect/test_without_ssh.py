"""A pool whose dom0s nobody is to ask: XAPI alone tells, and what it cannot tell is not judged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.runs.run import PoolRun
from pytest_xsbond.terminal import header
from pytest_xsbond.verdict.page import page_of
from tests.support.build import Draft
from tests.support.judging import Judgement, judge
from tests.support.kept_labs import KeptLab
from tests.support.labs import connected, host_ref, look_at, pif_ref, quiet
from tests.support.pool_runs import VERIFY, pool_run
from xsbond.apply.provisioning import Refused
from xsbond.bondfile import TUTORIAL
from xsbond.collect.observe import observe
from xsbond.errors import PoolError
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.model import Host, Inherit
from xsbond.snapshot.snapshot import Snapshot

DOM0_TELLS = frozenset(
    {"PM-4.4.1", "PM-4.4.2", "PM-4.4.3", "M-3.4", "PM-4.5.1", "PM-4.5.2", "PM-4.5.3"}
    | {"M-3.5.1", "M-3.5.2", "H-both-views", "H-legs-up", "H-mtu", "H-mac", "H-leg-clean"}
    | {"H-nics", "H-hosts", "H-backend", "H-bridge", "H-flows", "H-addresses", "H-modes"}
    | {"H-slb-not-lacp"}
)
"""What a healthy pool cannot prove without dom0."""


@pytest.fixture(scope="module")
def kept() -> Iterator[KeptLab]:
    """A pool of two hosts with the tutorial's bond."""
    with KeptLab(2) as kept:
        yield kept


def stop_ssh(lab: Lab, *hosts: str) -> None:
    """Have XAPI stop the SSH server of some hosts."""
    for name in hosts:
        lab.hosts[0].toolstack.call("host.disable_ssh", host_ref(lab, name))


@contextmanager
def without(kept: KeptLab, *hosts: str) -> Iterator[Lab]:
    """Let the SSH of some hosts be off."""
    with kept.for_a_while() as lab:
        stop_ssh(lab, *hosts)
        yield lab


def unjudged(judged: Judgement, host: str) -> set[str]:
    """Return the outcomes that are not judged on a host."""
    return {
        id_
        for each in judged.results
        if each.host == host and each.verdict == "n/j"
        for id_ in each.outcomes
    }


def judged_without(look: Snapshot) -> Judgement:
    """Judge a look by the tutorial's bond."""
    return judge(Stages(desired=TUTORIAL, now=look))


def test_only_the_host_without_ssh_is_judged_by_xapi_alone(kept: KeptLab) -> None:
    """The claims that dom0 has to tell are not judged, with the reason; no run fails by that."""
    with without(kept, "xs-2") as lab:
        judged = judged_without(look_at(lab))
    assert not judged.fails
    assert unjudged(judged, "xs-1") == set()
    assert unjudged(judged, "xs-2") >= DOM0_TELLS - {"PM-4.4.3", "PM-4.5.1", "PM-4.5.2", "PM-4.5.3"}
    reasons = {each.message for each in judged.results if each.verdict == "n/j"}
    assert reasons == {"SSH is off on xs-2 (xe host-enable-ssh host=xs-2)"}
    passed = {id_ for e in judged.results if e.verdict == "pass" for id_ in e.outcomes}
    assert {"M-3.3.2", "M-3.2", "PM-3"} <= passed


def test_printed_command_brings_ssh_back(kept: KeptLab) -> None:
    """`xe host-enable-ssh`, typed on the pool master."""
    with without(kept, "xs-2") as lab:
        with pytest.raises(PoolError), pool_run(lab) as run:
            run.connections.dom0(run.first.hosts[host_ref(lab, "xs-2")]).ask("true")
        with connected(lab) as connections:
            master = connections.dom0(read_record(lab, "xs-1"))
            assert master.ask("xe host-enable-ssh host=xs-2").exit == 0
        assert unjudged(judged_without(look_at(lab)), "xs-2") == set()


def read_record(lab: Lab, host: str) -> Host:
    """Return the record of a host."""
    return look_at(lab).hosts[host_ref(lab, host)]


@pytest.fixture(scope="module")
def look(kept: KeptLab) -> Snapshot:
    """A look at the pool with SSH off on both hosts."""
    # The certificate is read over SSH, before that is off.
    with kept.for_a_while() as lab, connected(lab) as connections:
        stop_ssh(lab, "xs-1", "xs-2")
        return observe(connections)


def failing(look: Snapshot, *, change: str) -> set[str]:
    """Return what fails on xs-2 after something was changed in XAPI's records of it."""
    draft = Draft(look)
    pif = draft.pif("xs-2", "eth1")
    metrics = draft.records["PIF_metrics"][pif["metrics"]]
    host = draft.records["host"][pif["host"]]
    changes: dict[str, Callable[[], None]] = {
        "carrier": lambda: metrics.update(carrier=False),
        "links_up": lambda: draft.bond("xs-2", "bond1").update(links_up=1),
        "mtu": lambda: draft.pif("xs-2", "bond1").update(MTU=9000),
        "address": lambda: pif.update(IP="10.0.0.9", ip_configuration_mode="Static"),
        "enabled": lambda: host.update(enabled=False),
        "twin": lambda: pif.update(MAC=draft.pif("xs-1", "eth1")["MAC"]),
        "backend": lambda: host["software_version"].update(network_backend="bridge"),
    }
    changes[change]()
    judged = judged_without(draft.read())
    return {
        id_
        for each in judged.results
        if each.host == "xs-2" and each.verdict == "FAIL"
        for id_ in each.outcomes
    }


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        ("carrier", "H-legs-up"),
        ("links_up", "H-legs-up"),
        ("mtu", "H-mtu"),
        ("address", "H-leg-clean"),
        ("enabled", "H-hosts"),
        ("twin", "H-mac"),
        ("backend", "H-backend"),
    ],
)
def test_what_xapi_alone_shows_to_be_wrong_fails(look: Snapshot, change: str, fails: str) -> None:
    """Half of the evidence is enough to find a fault, and never to find none."""
    assert fails in failing(look, change=change)


def test_verdict_and_header_say_that_half_is_missing(look: Snapshot, kept: KeptLab) -> None:
    """Whoever reads only one line reads it."""
    judged = judged_without(look)
    page = page_of(Stages(desired=TUTORIAL, now=look), judged.results)
    assert page.bonds[0].says == "as wanted on both hosts, by XAPI alone on both hosts"
    with without(kept, "xs-2") as lab, pool_run(lab) as run:
        assert header.facts(run)["dom0"] == (
            "HALF OF THE EVIDENCE about xs-2 IS MISSING: SSH is off on xs-2"
            " (xe host-enable-ssh host=xs-2); XAPI alone tells"
        )


def apply_without(lab: Lab, inherit: Inherit) -> Stages:
    """Provision a pool whose SSH is off on all hosts."""
    settings = replace(VERIFY, mode="apply", inherit=inherit, journal=lab.directory)
    with connected(lab) as connections:
        stop_ssh(lab, "xs-1", "xs-2")
        return PoolRun(settings, connections, None, None).stages(quiet)


@pytest.mark.parametrize("inherit", [Inherit.CREATE, Inherit.RESTART_AGENT])
def test_apply_by_xapi_needs_no_ssh(inherit: Inherit) -> None:
    """What XAPI can do is done, and what it tells is judged."""
    with Lab(tutorial(2)) as lab:
        judged = judge(apply_without(lab, inherit))
        assert pif_ref(lab, "xs-2", "bond1")
    assert not judged.fails
    assert "M-3.3.2" in {i for e in judged.results if e.verdict == "pass" for i in e.outcomes}


def test_apply_by_ssh_is_refused() -> None:
    """Before anything is changed, with the host and the command."""
    refused = pytest.raises(Refused, match="SSH is off on xs-2")
    with Lab(tutorial(2)) as lab, refused:
        apply_without(lab, Inherit.RESTART)
