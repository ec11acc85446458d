"""What a pool does not allow is said before anything is changed, with the host named."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.labs import db, pif_ref, pool_arguments
from tests.support.refused import line_of
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A fresh lab of two hosts."""
    with Lab(tutorial(2)) as lab:
        yield lab


def with_bonds(lab: Lab, directory: Path, *nics: str) -> list[str]:
    """Return the arguments for a bond of these NICs."""
    file = directory / "bonds.toml"
    file.write_text(f'[[bond]]\nnetwork = "PUB"\nnics = {json.dumps(nics)}\n')
    return [*pool_arguments(lab), f"--xsbond-bonds={file}"]


def test_nic_that_no_host_has_is_a_mistake(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """A NIC that the pool does not have is named, with the hosts that were looked at."""
    line = line_of(pytester, with_bonds(lab, tmp_path, "eth1", "eth9"))
    reason = "no host of the pool has a NIC eth9 (looked on xs-1, xs-2)"
    assert line == f"{tmp_path / 'bonds.toml'}: nics: {reason}"


def test_nic_that_one_host_lacks_refuses_an_apply(pytester: pytest.Pytester, lab: Lab) -> None:
    """An apply that cannot bring the bond to every host changes nothing on any."""
    with lab.world.lock:
        db(lab).destroy("PIF", pif_ref(lab, "xs-2", "eth5"))
        before = json.dumps(db(lab).dump(), sort_keys=True)
    result = pytester.runpytest_subprocess(*pool_arguments(lab), "--xsbond-apply")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    scan = f"xe pif-scan host-uuid={lab.host('xs-2').uuid}"
    assert result.stderr.lines[:2] == [
        "ERROR: nothing was changed, because",
        f"  xs-2: NIC eth5: has no PIF; correct nics in the bond file, or run {scan}",
    ]
    with lab.world.lock:
        assert json.dumps(db(lab).dump(), sort_keys=True) == before


def test_nic_that_one_host_lacks_fails_a_verify(pytester: pytest.Pytester, lab: Lab) -> None:
    """A verify judges the others and fails the host that lacks it."""
    with lab.world.lock:
        db(lab).destroy("PIF", pif_ref(lab, "xs-2", "eth5"))
    result = pytester.runpytest_subprocess("-p", "no:randomly", *pool_arguments(lab))
    assert result.ret == 1
    result.stdout.fnmatch_lines(["PM-2 *pass *FAIL*"])
