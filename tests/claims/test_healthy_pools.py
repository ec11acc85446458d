"""A pool in which nothing is wrong passes, whatever its shape."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.healthy import HealthyPool, pools
from tests.support.judging import Judgement, judge
from tests.support.labs import look_at
from tests.support.pool_runs import stages_of
from xsbond.bondfile import read_bond_file
from xsbond.lab import Lab
from xsbond.model import Inherit


def drawn(examples: int) -> settings:
    """Return how many pools are drawn, the same ones each time."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
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


def unexpected(pool: HealthyPool, judged: Judgement) -> dict[tuple[str, str], str]:
    """Return what did not pass, but for what no NIC reports and for a warning that is right."""
    expected = dict(pool.unjudged)
    if pool.may_be_numbered_otherwise:
        hosts = [host.name for host in pool.blueprint.hosts]
        expected |= {(host, "H-naming"): "warn" for host in hosts}
    found = judged.not_passed()
    assert pool.unjudged.items() <= found.items(), "a speed that nobody reports was judged"
    return {key: verdict for key, verdict in found.items() if expected.get(key) != verdict}


def assert_well(pool: HealthyPool, directory: Path) -> None:
    """Claim that all holds in the run that makes the bonds, and in one that only looks.

    Neither finds drift: from what was there before the bonds, nor from what is there since.
    """
    desired, inherit = read_bond_file(pool.bond_file(directory)), Inherit(pool.inherit)
    with Lab(pool.blueprint) as lab:
        add_bystanders(lab, pool)
        before = look_at(lab)
        made = stages_of(lab, mode="apply", desired=desired, inherit=inherit, baseline=before)
        assert unexpected(pool, judge(made)) == {}
        add_vlans(lab, pool)
        seen = stages_of(lab, desired=desired, baseline=look_at(lab))
        assert unexpected(pool, judge(seen)) == {}


@drawn(2)
@given(pool=pools())
def test_healthy_pool_passes_while_and_after_it_is_provisioned(
    tmp_path: Path, pool: HealthyPool
) -> None:
    """Of one to eight hosts, with bonds of any number, mode and size, of any release."""
    assert_well(pool, tmp_path)


@pytest.mark.slow
@drawn(40)
@given(pool=pools())
def test_many_healthy_pools_pass(tmp_path: Path, pool: HealthyPool) -> None:
    """The same of more pools."""
    assert_well(pool, tmp_path)
