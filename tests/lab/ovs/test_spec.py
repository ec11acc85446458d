"""The shipped spec on real Open vSwitch: it passes, it plans, it ends, and nothing is left."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.ovs.ground import members, needs_namespaces, shown
from tests.lab.worlds import eventually
from tests.support.drills import read_until
from tests.support.labs import verify
from tests.support.spec_run import run_spec
from xsbond.lab.blueprint import tutorial
from xsbond.lab.namespaced.lab import OvsHost, OvsLab

pytestmark = needs_namespaces

POOL = "--pool=lab:ovs"


def test_spec_passes_in_a_run_that_provisions(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same claims as on any pool, what came before the bond included."""
    run = run_spec(pytester, POOL)
    assert (run.not_passed(), run.exit_status) == ({}, 0)
    assert {"M-1.5.2", "M-3.5.2", "H-slb-not-lacp"} <= set(run.verdicts("xs-2"))
    header = capsys.readouterr().out
    assert "xsbond lab: real Open vSwitch " in header
    assert "xsbond hosts: 2: xs-1 (master), xs-2" in header


def test_kept_lab_is_judged_read_only(pytester: pytest.Pytester, lab: OvsLab) -> None:
    """A run over XAPI and SSH, without a word about the lab."""
    run = verify(pytester, lab)
    assert (run.not_passed(), run.exit_status) == ({}, 0)


def test_plan_changes_nothing(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], host: OvsHost
) -> None:
    """The steps are printed; Open vSwitch is as before."""
    del host
    with OvsLab(tutorial(2)) as fresh:
        before = [shown(each, "ovs-vsctl", "list-br") for each in fresh.hosts]
        verify(pytester, fresh, "--xsbond-plan")
        after = [shown(each, "ovs-vsctl", "list-br") for each in fresh.hosts]
    assert "create a balance-slb bond of eth1+eth5 on xs-1" in capsys.readouterr().out
    assert before == after


def test_second_apply_changes_nothing(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], lab: OvsLab
) -> None:
    """What is right is adopted."""
    before = [members(each) for each in lab.hosts]
    assert verify(pytester, lab, "--xsbond-apply").exit_status == 0
    assert "nothing to change: every host has every wanted bond" in capsys.readouterr().out
    assert [members(each) for each in lab.hosts] == before


@pytest.mark.parametrize("mode", [pytest.param("active-backup", marks=pytest.mark.slow), "lacp"])
def test_other_modes_pass(pytester: pytest.Pytester, mode: str) -> None:
    """With lacp the switch forms a LAG of the legs' ports, and negotiates."""
    bonds = pytester.path / "bonds.toml"
    bonds.write_text(f'[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\nmode = "{mode}"\n')
    run = run_spec(pytester, POOL, f"--xsbond-bonds={bonds}")
    assert (run.not_passed(), run.exit_status) == ({}, 0)
    assert ("H-lacp" in run.verdicts("xs-2")) == (mode == "lacp")


def test_profile_decides_about_xapi_and_the_machine_about_open_vswitch(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pool of XenServer 6.2 inherits before it is enabled; its bond/list is the machine's."""
    run = run_spec(pytester, POOL, "--xsbond-lab-profile=xenserver-6.2")
    assert (run.not_passed(), run.exit_status) == ({}, 0)
    assert "XenServer 6.2.0" in capsys.readouterr().out


@pytest.mark.slow
def test_sixteen_hosts_pass(pytester: pytest.Pytester) -> None:
    """As large as a busy pool; each member gets the bond by Bond.create, for time's sake."""
    run = run_spec(pytester, POOL, "--xsbond-lab-hosts=16", "--xsbond-inherit=create")
    assert (run.not_passed(), run.exit_status) == ({}, 0)
    assert run.verdicts("xs-16")["M-3.5.2"] == "pass"


# --- what is left ---


def marked(mark: str) -> Iterator[int]:
    """Yield the processes that were started with a mark in their environment."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (place / "environ").read_bytes():
                yield int(place.name)
        except OSError:
            continue


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda n: n.name)
def test_run_that_is_ended_leaves_nothing(
    pytester: pytest.Pytester, number: signal.Signals
) -> None:
    """Ctrl-C or kill -9 half-way: the first process of the namespaces ends, and all with it."""
    mark = f"XSBOND_MARK={secrets.token_hex(8)}"
    name, _, value = mark.partition("=")
    off = [word for plugin in ("randomly", "cacheprovider") for word in ("-p", f"no:{plugin}")]
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", *off, POOL],
        cwd=pytester.path,
        env={**os.environ, name: value},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        read_until(run, "restart xapi on xs-2")
        assert len(list(marked(mark))) > 1
        run.send_signal(number)
        run.communicate()
    finally:
        run.kill()
        run.wait()
    assert run.returncode == (pytest.ExitCode.INTERRUPTED if number == signal.SIGINT else -9)
    assert eventually(lambda: not list(marked(mark)))
