"""What each role of XAPI suffices for: reading for all, changing from pool-operator on."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.labs import db, provisioned_lab
from tests.support.spec_run import run_spec
from tests.support.tiers import sampled
from xsbond.lab import Lab
from xsbond.lab.blueprint import AccountBlueprint, Blueprint, tutorial
from xsbond.lab.xapi.access.roles import ROLES

_MAY_CHANGE = ("pool-admin", "pool-operator")
_AT_THE_LIMIT = ("pool-operator", "vm-power-admin")
"""The least that suffices, and the most that does not."""


def _with_accounts(hosts: int) -> Blueprint:
    """Return the tutorial's pool with an account for each role, of the role's name."""
    accounts = tuple(AccountBlueprint(name=role, role=role) for role in ROLES)
    return replace(tutorial(hosts), accounts=accounts)


def _arguments(lab: Lab, role: str) -> tuple[str, ...]:
    return (
        f"--pool={lab.master_url}",
        f"--ssh-config={lab.ssh_config}",
        f"--xsbond-password-file={lab.account_files[role]}",
    )


@pytest.fixture(scope="module")
def provisioned() -> Iterator[Lab]:
    """A lab that has the guest bond; nothing here changes it."""
    with provisioned_lab(_with_accounts(2)) as lab:
        yield lab


@pytest.mark.parametrize("role", [ROLES[0], ROLES[-1]])
def test_every_role_may_verify(
    pytester: pytest.Pytester, provisioned: Lab, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    """A read-only account judges every claim, as the most powerful one does."""
    monkeypatch.setenv("XSBOND_USERNAME", role)
    run = run_spec(pytester, *_arguments(provisioned, role))
    assert run.results
    assert run.not_passed() == {}


@pytest.mark.slow
@pytest.mark.parametrize("role", sampled(ROLES, _AT_THE_LIMIT))
def test_changes_need_a_pool_operator(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    """Below pool-operator an apply is refused before anything changes, and says what is missing."""
    monkeypatch.setenv("XSBOND_USERNAME", role)
    with Lab(_with_accounts(1)) as lab:
        result = pytester.runpytest_subprocess(*_arguments(lab, role), "--xsbond-apply")
        networks = db(lab).where("network", name_label="PUB")
        if role in _MAY_CHANGE:
            assert result.ret == pytest.ExitCode.OK
            assert networks
        else:
            assert result.ret == pytest.ExitCode.USAGE_ERROR
            result.stderr.fnmatch_lines(["  pool: permissions: user * may not call Bond.create, *"])
            assert not networks
