"""What a user is told who asks for a lab on real Open vSwitch that cannot be."""

import subprocess
import sys

import pytest

from tests.lab.ovs.ground import needs_namespaces
from tests.support.spec_run import run_spec
from xsbond.lab.namespaced import lab as namespaced


def test_machine_that_lacks_something_is_told_in_one_line(
    pytester: pytest.Pytester,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is missing, how to get it, and the lab that needs nothing of it."""
    lacking = "ovs-vswitchd: not found; apt-get install openvswitch-switch"
    monkeypatch.setattr(namespaced, "missing", lambda: (lacking,))
    run = run_spec(pytester, "--pool=lab:ovs")
    assert run.exit_status == pytest.ExitCode.USAGE_ERROR
    assert capsys.readouterr().err.strip() == (
        f"ERROR: --pool=lab:ovs: {lacking}; --pool=lab, the simulated lab, needs nothing of it"
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ("--xsbond-lab-fault=leg-slow@xs-2",),
            "ERROR: --xsbond-lab-fault: leg-slow is of the simulated lab only, that is --pool=lab",
        ),
        (("--xsbond-undo",), "ERROR: --xsbond-undo: a lab of one run has nothing to take back"),
        (("--xsbond-lab-hosts=65",), "ERROR: --xsbond-lab-hosts: a lab has 1 to 64 hosts"),
        (("--xsbond-lab-profile=nt-4",), "ERROR: --xsbond-lab-profile: 'nt-4' is none of current"),
    ],
)
@needs_namespaces
def test_lab_that_cannot_be_is_refused_before_it_starts(
    pytester: pytest.Pytester,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    complaint: str,
) -> None:
    """In one line, with pytest's exit status for usage."""
    run = run_spec(pytester, "--pool=lab:ovs", *arguments)
    assert run.exit_status == pytest.ExitCode.USAGE_ERROR
    assert capsys.readouterr().err.strip().startswith(complaint)


def test_fault_needs_a_lab(pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    """Of either kind; a pool of somebody's own is never struck."""
    run = run_spec(pytester, "--pool=xs-1", "--xsbond-lab-fault=leg-down@xs-2")
    assert run.exit_status == pytest.ExitCode.USAGE_ERROR
    assert (
        "counts only in a run that provisions a lab (--pool=lab or --pool=lab:ovs"
        in capsys.readouterr().err
    )


def test_kept_lab_of_open_vswitch_has_no_linux_bridges() -> None:
    """Its switch is Open vSwitch itself; one line says so."""
    command = [sys.executable, "-m", "xsbond.lab", "--dom0", "ovs", "--network-backend", "bridge"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert run.stderr.splitlines() == [
        "python -m xsbond.lab: --dom0 ovs has no --network-backend bridge"
    ]
