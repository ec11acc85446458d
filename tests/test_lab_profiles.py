"""The whole tutorial, provisioned and verified against a lab of every profile."""

import pytest

from pytest_xsbond.options import OPTIONS
from pytest_xsbond.outcomes import CATALOGUE
from tests.labs import verify
from tests.spec_run import run_spec
from xsbond.lab import Lab
from xsbond.lab.blueprint import PROFILES, tutorial


@pytest.mark.parametrize("profile", PROFILES)
def test_tutorial_holds_on_every_profile(pytester: pytest.Pytester, profile: str) -> None:
    """Three hosts: every outcome is judged, and all of them hold."""
    run = run_spec(
        pytester, "--pool=lab", "--xsbond-lab-hosts=3", f"--xsbond-lab-profile={profile}"
    )
    assert (run.exit_status, run.not_passed()) == (0, {})
    judged = {id_ for result in run.results for id_ in result.outcomes}
    assert {id_ for id_ in CATALOGUE if id_.startswith(("PM-", "M-"))} <= judged


@pytest.mark.parametrize("profile", ["xcp-ng-8.2", "xenserver-6.2"])
def test_creation_for_each_host_holds_on_older_profiles(
    pytester: pytest.Pytester, profile: str
) -> None:
    """Bond.create for every host works as it does on the current product."""
    run = run_spec(
        pytester,
        "--pool=lab",
        "--xsbond-inherit=create",
        f"--xsbond-lab-profile={profile}",
    )
    assert (run.exit_status, run.not_passed()) == (0, {})


@pytest.mark.parametrize(
    ("profile", "version"),
    [
        ("current", "XCP-ng 8.3.0, xapi 26.17.0"),
        ("citrix-hypervisor-8.2", "Citrix Hypervisor 8.2.1, xapi 1.20"),
    ],
)
def test_header_names_the_release(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], profile: str, version: str
) -> None:
    """With xapi's build where the release tells it, else with what it does tell."""
    run_spec(pytester, "--pool=lab", "--collect-only", f"--xsbond-lab-profile={profile}")
    assert f"xsbond versions: {version}\n" in capsys.readouterr().out


@pytest.mark.parametrize("profile", ["current", "xenserver-6.2"])
def test_tutorial_holds_on_the_kernels_own_bridges(pytester: pytest.Pytester, profile: str) -> None:
    """All but what only Open vSwitch has, which is not judged."""
    blueprint = tutorial(2, PROFILES[profile], network_backend="bridge")
    with Lab(blueprint) as lab:
        run = verify(pytester, lab, "--xsbond-apply")
    assert (run.exit_status, run.not_passed()) == (
        0,
        {("xs-1", "H-slb-not-lacp"): "n/j", ("xs-2", "H-slb-not-lacp"): "n/j"},
    )


def test_unknown_profile_is_refused_in_one_line(pytester: pytest.Pytester) -> None:
    """With the names there are."""
    result = pytester.runpytest_subprocess("--pool=lab", "--xsbond-lab-profile=xenserver-5")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    names = "current, xenserver-8, xcp-ng-8.3, xcp-ng-8.2, citrix-hypervisor-8.2, xenserver-6.2"
    result.stderr.fnmatch_lines([f"*--xsbond-lab-profile: 'xenserver-5' is none of {names}"])


def test_help_names_every_profile() -> None:
    """Whoever asks for help can choose."""
    (option,) = [option for option in OPTIONS if option.name == "lab-profile"]
    assert [name for name in PROFILES if name not in option.help] == []
