"""The spec judges what a real pool answered, stage by stage through the tutorial."""

from pathlib import Path

import pytest

from pytest_xsbond.claims.outcomes import CATALOGUE, Needs
from pytest_xsbond.claims.stages import Stages
from tests.support.spec_run import run_spec, store

MASTER_IDS = [id_ for id_ in CATALOGUE if id_.startswith("PM-")]
MEMBER_IDS = [id_ for id_ in CATALOGUE if id_.startswith("M-")]
HEALTH_IDS = [
    "H-nics",
    "H-both-views",
    "H-legs-up",
    "H-same-nics",
    "H-mac",
    "H-mtu",
    "H-speed",
    "H-vlans",
    "H-vlans-run",
    "H-leg-clean",
    "H-one-management",
    "H-backend",
    "H-slb-not-lacp",
    "H-alerts",
    "H-hosts",
    "H-naming",
    "H-bridge",
    "H-flows",
    "H-addresses",
    "H-modes",
]
"""What is judged of a balance-slb bond in a run that did not listen."""
NOT_ASKED = dict.fromkeys(("H-bridge", "H-flows"), "n/j")
"""What the pool was not asked when it was recorded."""
WITHOUT_MEMBER_ID = [
    "PM-1",
    "PM-2",
    "PM-3",
    "PM-4.1",
    "PM-4.2.1",
    "PM-4.2.2",
    "PM-4.4.1",
    "PM-4.4.2",
]
"""Claims that the tutorial makes about the master alone; every host is held to them."""


def test_everything_holds_after(pytester: pytest.Pytester, recorded_tutorial: Path) -> None:
    """At `after` every outcome of the catalogue is judged, and holds."""
    run = run_spec(pytester, "--xsbond-replay", recorded_tutorial)
    assert run.verdicts("xs-1") == dict.fromkeys(MASTER_IDS + HEALTH_IDS, "pass") | NOT_ASKED
    of_member = dict.fromkeys(WITHOUT_MEMBER_ID + MEMBER_IDS + HEALTH_IDS, "pass")
    assert run.verdicts("xs-2") == of_member | NOT_ASKED
    assert run.exit_status == 0


def test_nothing_is_there_before(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """At `before` only the NICs and the hosts themselves are as wanted."""
    assert recorded.before is not None
    run = run_spec(pytester, "--xsbond-replay", store(tmp_path / "b", before=recorded.before))
    looks = [id_ for id_ in CATALOGUE if CATALOGUE[id_].needs is Needs.A_LOOK]
    passed = {
        host: [id_ for id_, verdict in run.verdicts(host).items() if verdict == "pass"]
        for host in ("xs-1", "xs-2")
    }
    hosts = ["PM-2", "PM-4.4.1", "H-nics", "H-one-management", "H-backend", "H-hosts"]
    hosts += ["H-addresses", "H-modes"]
    assert passed == {"xs-1": hosts, "xs-2": hosts}
    assert set(run.verdicts("xs-1")) == {id_ for id_ in looks if id_.startswith("PM-")} | set(
        HEALTH_IDS
    )
    assert set(run.verdicts("xs-1").values()) == {"pass", "warn", "FAIL"}
    assert run.exit_status == 1


def test_only_the_member_lacks_its_bond_when_created(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """At `created` the master is done, M-1 holds, and the member's own outcomes do not."""
    assert recorded.before is not None
    assert recorded.created is not None
    stages = store(tmp_path / "c", before=recorded.before, created=recorded.created)
    run = run_spec(pytester, "--xsbond-replay", stages)
    # Nobody waits for the updelay of a stored snapshot.
    assert run.verdicts("xs-1") == dict.fromkeys(MASTER_IDS + HEALTH_IDS, "pass") | NOT_ASKED | {
        "H-legs-up": "FAIL",
    }
    assert run.verdicts("xs-2") == {
        "PM-1": "pass",
        "PM-2": "pass",
        "PM-3": "FAIL",
        "PM-4.1": "pass",
        "PM-4.2.1": "pass",
        "PM-4.2.2": "pass",
        "PM-4.4.1": "pass",
        "PM-4.4.2": "FAIL",
        "M-1.1": "pass",
        "M-1.2": "pass",
        "M-1.3": "pass",
        "M-1.4": "pass",
        "M-1.5.1": "pass",
        "M-1.5.2": "pass",
        "M-2": "FAIL",
        "M-3.1": "pass",
        "M-3.2": "FAIL",
        "M-3.3.1": "FAIL",
        "M-3.3.2": "FAIL",
        "M-3.3.3": "FAIL",
        "M-3.4": "FAIL",
        "M-3.5.1": "FAIL",
        "M-3.5.2": "FAIL",
        "H-nics": "pass",
        "H-both-views": "FAIL",
        "H-legs-up": "FAIL",
        "H-same-nics": "FAIL",
        "H-mac": "FAIL",
        "H-mtu": "FAIL",
        "H-speed": "FAIL",
        "H-vlans": "FAIL",
        "H-vlans-run": "FAIL",
        "H-leg-clean": "FAIL",
        "H-one-management": "pass",
        "H-backend": "pass",
        "H-slb-not-lacp": "FAIL",
        "H-alerts": "warn",
        "H-hosts": "pass",
        "H-naming": "warn",
        "H-bridge": "FAIL",
        "H-flows": "warn",
        "H-addresses": "pass",
        "H-modes": "pass",
    }


def test_after_alone_is_judged_without_the_stages_before_it(
    pytester: pytest.Pytester, recorded: Stages, tmp_path: Path
) -> None:
    """A single look judges what can be judged from it, and all of it holds."""
    run = run_spec(pytester, "--xsbond-replay", store(tmp_path / "a", now=recorded.now))
    assert run.not_passed() == {}
    looks = [id_ for id_ in MASTER_IDS if CATALOGUE[id_].needs is Needs.A_LOOK]
    assert list(run.verdicts("xs-1")) == looks + HEALTH_IDS
