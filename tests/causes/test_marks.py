"""`look` beside what only shows more, `do` beside what mends; no look fails or changes a thing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_xsbond.advice import Advice, advice, mark_of
from pytest_xsbond.causes.table import CAUSES
from pytest_xsbond.runs.replay import ReplayRun
from pytest_xsbond.settings import worker_settings
from tests.support.kept_labs import KeptLab
from tests.support.typed_advice import typed
from tests.support.views import view
from xsbond.snapshot.snapshot import Snapshot


@pytest.mark.parametrize(
    "line",
    [
        "xs-1# xe pif-list host-uuid=1 params=all",
        "xs-1# xe pif-param-get uuid=1 param-name=other-config",
        "xs-2# ip -4 -o addr show",
        "xs-2# ip -o link",
        "xs-2# dmesg | grep eth",
        "xs-2# ovs-appctl bond/list; ovs-vsctl list-br; ifconfig -a",
        "ssh root@xs-2 true",
        "look at the console of xs-2",
        "pytest --pool=xs-1 --xsbond-save=DIR",
    ],
)
def test_line_that_changes_nothing_only_looks(line: str) -> None:
    """Whatever program it calls."""
    assert mark_of(line) == "look"


@pytest.mark.parametrize(
    "line",
    [
        "xs-1# xe pif-plug uuid=1",
        "xs-1# xe network-param-set uuid=1 MTU=9000",
        "xs-2# ip link set eth5 up",
        "xs-2# ip addr del 10.9.9.9/24 dev xapi1",
        "xs-2# ovs-vsctl list-br; ovs-vsctl del-port bond1",
        "xs-2# service xapi restart",
        "pytest --pool=xs-1 --xsbond-apply",
        "correct the address",
    ],
)
def test_line_that_changes_something_does(line: str) -> None:
    """Even if it begins with a look."""
    assert mark_of(line) == "do"


def test_command_of_pytest_has_the_options_of_the_run() -> None:
    """Without its bond file it would be about other bonds; a mode it had is not repeated."""
    words = ("--pool=xs-1", "--xsbond-bonds", "bonds of PUB.toml", "--xsbond-plan")
    (found,) = advice(["pytest --pool=10.0.0.1 --xsbond-apply"], words)
    line = "pytest --pool=xs-1 --xsbond-bonds 'bonds of PUB.toml' --xsbond-apply"
    assert found == Advice(mark="do", line=line)


def test_option_that_is_advised_stands_for_the_one_that_was_given() -> None:
    """An option that a run was given with another value is not there twice."""
    words = ("--pool=xs-1", "--xsbond-wait", "5")
    (found,) = advice(["pytest --pool=10.0.0.1 --xsbond-wait=60"], words)
    assert found.line == "pytest --pool=xs-1 --xsbond-wait=60"


def test_command_after_a_replay_is_for_the_pool_itself() -> None:
    """A stored look has no arguments to repeat."""
    line = "pytest --pool=10.0.0.1 --xsbond-apply"
    assert [each.line for each in advice([line])] == [line]


@pytest.fixture(scope="module")
def kept() -> Iterator[KeptLab]:
    """A lab of two hosts."""
    with KeptLab(2) as lab:
        yield lab


_NOT_IN_THE_LAB = frozenset(
    {
        *("ps", "interface-rename", "lspci", "dmesg", "tcpdump", "ethtool", "chronyc"),
        *("openvswitch", "/var/log/audit.log", "/root/.bashrc"),
        "/etc/firstboot.d/data/management.conf",
    }
)
"""Programs, services and files of a dom0 that the simulated one does not have."""


def looks(seen: Snapshot) -> list[str]:
    """Return what all causes have to look at on one host, whose bond speaks no LACP."""
    here = view(seen)
    lines = [line for cause in CAUSES for line in cause.commands(here)]
    return [
        line
        for line in dict.fromkeys(lines)
        if mark_of(line) == "look"
        and not _NOT_IN_THE_LAB & {*line.split()}
        and "lacp/show" not in line
    ]


def test_every_look_succeeds_and_changes_nothing(kept: KeptLab) -> None:
    """Typed in the dom0 that it names, one after the other."""
    before = kept.look()
    done = typed(kept.lab, looks(before))
    after = kept.look()
    assert len(done) > 20
    assert [(each.line, each.said) for each in done if each.exit] == []
    assert (after.pifs, after.bonds, after.networks) == (before.pifs, before.bonds, before.networks)


def test_worker_advises_what_was_typed_for_its_controller(recorded_tutorial: Path) -> None:
    """It judges a stored look, and a run on the pool itself has handed that over."""
    settings = replace(worker_settings(recorded_tutorial), typed=("--pool=xs-1", "-n", "2"))
    stages = ReplayRun(settings).expected()
    (found,) = advice(["pytest --pool=10.0.0.1 --xsbond-apply"], stages.typed)
    assert found.line == "pytest --pool=xs-1 -n 2 --xsbond-apply"
