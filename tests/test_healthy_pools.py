"""A pool in which nothing is wrong passes, whatever its shape."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.healthy import HealthyPool, pools
from tests.labs import keep_baseline, pool_arguments
from tests.spec_run import SpecRun, run_spec
from xsbond.lab import Lab

_SETTINGS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    # A whole run of the spec is too slow to be shrunk; what is drawn is legible as it is.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def add_bystanders(lab: Lab, pool: HealthyPool) -> None:
    """Make the networks that nobody is connected to."""
    for label in pool.bystanders:
        record = {"name_label": label, "other_config": {}}
        lab.hosts[0].toolstack.call("network.create", record)


def add_vlans(lab: Lab, pool: HealthyPool) -> None:
    """Put the VLANs on the first wanted bond of every host."""
    call = lab.hosts[0].toolstack.call
    (network,) = call("network.get_by_name_label", pool.wanted[0].network)
    (pif, *_) = call("network.get_PIFs", network)
    for tag in pool.tags:
        made = call("network.create", {"name_label": f"VLAN {tag}", "other_config": {}})
        call("pool.create_VLAN_from_PIF", pif, made, tag)


def unexpected(pool: HealthyPool, run: SpecRun) -> dict[tuple[str, str], str]:
    """Return what did not pass, but for what no NIC reports and for a warning that is right."""
    expected = dict(pool.unjudged)
    if pool.may_be_numbered_otherwise:
        hosts = [host.name for host in pool.blueprint.hosts]
        expected |= {(host, "H-naming"): "warn" for host in hosts}
    found = run.not_passed()
    assert pool.unjudged.items() <= found.items(), "a speed that nobody reports was judged"
    return {key: verdict for key, verdict in found.items() if expected.get(key) != verdict}


@_SETTINGS
@given(pool=pools())
def test_healthy_pool_passes_while_and_after_it_is_provisioned(
    pytester: pytest.Pytester, pool: HealthyPool
) -> None:
    """Every claim holds in the run that makes the bonds, and in one that only looks.

    Neither finds drift: from what was there before the bonds, nor from what is there since.
    """
    bonds = f"--xsbond-bonds={pool.bond_file(pytester.path)}"
    with Lab(pool.blueprint) as lab:
        add_bystanders(lab, pool)
        arguments = (*pool_arguments(lab), bonds)
        before = f"--xsbond-baseline={keep_baseline(lab, pytester.path / 'before.json')}"
        apply = ("--xsbond-apply", f"--xsbond-inherit={pool.inherit}", before)
        made = run_spec(pytester, *arguments, *apply)
        assert (unexpected(pool, made), made.exit_status) == ({}, 0)
        add_vlans(lab, pool)
        since = f"--xsbond-baseline={keep_baseline(lab, pytester.path / 'since.json')}"
        seen = run_spec(pytester, *arguments, since)
        assert (unexpected(pool, seen), seen.exit_status) == ({}, 0)
