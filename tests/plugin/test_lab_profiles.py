"""The whole tutorial, provisioned and verified against a lab of every profile.

Whole runs are here for what only they show: the option, and what is printed.
"""

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.option_table import OPTIONS
from tests.support.judging import judge
from tests.support.pool_runs import stages_of
from tests.support.spec_run import run_spec
from tests.support.tiers import sampled
from xsbond.lab import Lab
from xsbond.lab.blueprint import PROFILES, tutorial
from xsbond.model import Inherit


@pytest.mark.parametrize("profile", sampled(PROFILES, {"current", "xenserver-6.2"}))
def test_tutorial_holds_on_every_profile(profile: str) -> None:
    """Three hosts: every outcome is judged, and all of them hold."""
    with Lab(tutorial(3, PROFILES[profile])) as lab:
        judged = judge(stages_of(lab, mode="apply"))
    assert judged.not_passed() == {}
    ids = {id_ for result in judged.results for id_ in result.outcomes}
    assert {id_ for id_ in CATALOGUE if id_.startswith(("PM-", "M-"))} <= ids


@pytest.mark.parametrize("profile", ["xcp-ng-8.2", "xenserver-6.2"])
def test_creation_for_each_host_holds_on_older_profiles(profile: str) -> None:
    """Bond.create for every host works as it does on the current product."""
    with Lab(tutorial(2, PROFILES[profile])) as lab:
        judged = judge(stages_of(lab, mode="apply", inherit=Inherit.CREATE))
    assert judged.not_passed() == {}


def test_option_chooses_the_profile(pytester: pytest.Pytester) -> None:
    """A whole run: the option is what is tried; all holds on the oldest release."""
    run = run_spec(pytester, "--pool=lab", "--xsbond-lab-profile=xenserver-6.2")
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


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["current", "xenserver-6.2"])
def test_tutorial_holds_on_the_kernels_own_bridges(profile: str) -> None:
    """All but what only Open vSwitch has, which is not judged."""
    blueprint = tutorial(2, PROFILES[profile], network_backend="bridge")
    with Lab(blueprint) as lab:
        judged = judge(stages_of(lab, mode="apply"))
    of_open_vswitch = ("H-slb-not-lacp", "H-bridge", "H-flows")
    unjudged = {(host, id_): "n/j" for host in ("xs-1", "xs-2") for id_ in of_open_vswitch}
    assert judged.not_passed() == unjudged


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
