"""Who the pool knows: roles and permissions, subjects, users, and the secrets they share."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.worlds import ask, running
from xsbond.lab.blueprint import XENSERVER_6_2, AccountBlueprint, tutorial
from xsbond.lab.contracts import Failure
from xsbond.lab.world import World

POOL_ADMIN = "OpaqueRef:0165f154-ba3e-034e-6b27-5d271af109ba"
READ_ONLY = "OpaqueRef:7233b8e3-eacb-d7da-2c95-f2e581cdbf4e"
NOBODY = "OpaqueRef:00000000-0000-0000-0000-000000000000"


@pytest.fixture
def world() -> Iterator[World]:
    """One host, root, and a user who may only read."""
    accounts = (AccountBlueprint(name="rita", role="read-only", password="secret"),)
    with running(1, blueprint=replace(tutorial(1), accounts=accounts)) as found:
        yield found


@pytest.fixture
def rootless() -> Iterator[World]:
    """One host that knows nobody but root."""
    with running(1) as found:
        yield found


def refused(world: World, method: str, *params: Any) -> tuple[str, ...]:
    """Return the failure of a call."""
    with pytest.raises(Failure) as found:
        ask(world, method, *params)
    return found.value.args


def named_roles(world: World) -> dict[str, dict[str, Any]]:
    """Return the records of the roles that are more than a permission."""
    found = ask(world, "role.get_all_records_where", "subroles<>[]")
    return {role["name_label"]: role for role in found.values()}


def test_there_are_seven_roles(rootless: World) -> None:
    """From most to least."""
    assert list(named_roles(rootless)) == [
        "pool-admin",
        "pool-operator",
        "vm-power-admin",
        "vm-admin",
        "vm-operator",
        "client-cert",
        "read-only",
    ]


def test_older_release_has_no_role_for_certificates() -> None:
    """Nor does it say which roles are internal."""
    with running(1, profile=XENSERVER_6_2) as world:
        roles = named_roles(world)
    assert "client-cert" not in roles
    assert "is_internal" not in roles["pool-admin"]


def test_role_has_the_same_reference_in_every_pool(rootless: World) -> None:
    """Its uuid is a digest of its name."""
    assert ask(rootless, "role.get_by_name_label", "pool-admin") == [POOL_ADMIN]
    assert ask(rootless, "role.get_by_uuid", READ_ONLY.removeprefix("OpaqueRef:")) == READ_ONLY


def test_every_permission_is_a_role_without_subroles(rootless: World) -> None:
    """Its label is lower case."""
    (ref,) = ask(rootless, "role.get_by_name_label", "bond.create")
    assert ask(rootless, "role.get_record", ref) == {
        "uuid": ref.removeprefix("OpaqueRef:"),
        "name_label": "bond.create",
        "name_description": "A basic permission",
        "subroles": [],
        "is_internal": True,
    }


def test_permissions_alone_can_be_asked_for(rootless: World) -> None:
    """With the other of the two expressions xapi knows."""
    found = ask(rootless, "role.get_all_records_where", "subroles=[]")
    assert {role["name_description"] for role in found.values()} == {"A basic permission"}


def test_only_the_role_of_certificates_is_internal(rootless: World) -> None:
    """It is not to be given to a subject."""
    internal = [name for name, role in named_roles(rootless).items() if role["is_internal"]]
    assert internal == ["client-cert"]


def test_what_only_root_may_do_is_no_permission(rootless: World) -> None:
    """No role could have it."""
    assert ask(rootless, "role.get_by_name_label", "host.tickle_heartbeat") == []


def test_permission_tells_which_roles_have_it(rootless: World) -> None:
    """An operator of the pool may make bonds."""
    found = ask(rootless, "role.get_by_permission_name_label", "bond.create")
    labels = [ask(rootless, "role.get_name_label", ref) for ref in found]
    assert labels == ["pool-admin", "pool-operator"]


@pytest.mark.parametrize("key", ["pool.add_to_other_config/key:folder", "task.destroy/any"])
def test_permissions_on_keys_and_extra_ones_are_there(rootless: World, key: str) -> None:
    """They follow from no message alone."""
    assert len(ask(rootless, "role.get_by_name_label", key)) == 1


def test_reader_may_not_do_what_an_operator_may(rootless: World) -> None:
    """The names are those of the permissions."""
    labels = ask(rootless, "role.get_permissions_name_label", READ_ONLY)
    assert "bond.get_record" in labels
    assert "bond.create" not in labels


def test_unknown_role_is_no_role(rootless: World) -> None:
    """As any other reference to nothing."""
    assert refused(rootless, "role.get_subroles", NOBODY) == ("HANDLE_INVALID", "role", NOBODY)


def test_account_is_a_subject_of_its_role(world: World) -> None:
    """What is known of it is what the PAM plug-in tells."""
    (subject,) = ask(world, "subject.get_all_records").values()
    assert subject["subject_identifier"] == "u1000"
    assert subject["roles"] == [READ_ONLY]
    assert subject["other_config"]["subject-name"] == "rita"


def test_session_refers_to_its_subject(world: World) -> None:
    """The reference leads to the record."""
    host = world.hosts[0]
    session = world.dispatcher.call(host, "session.login_with_password", ["rita", "secret"])
    subject = ask(world, "session.get_subject", session)
    assert ask(world, "subject.get_subject_identifier", subject) == "u1000"
    assert ask(world, "subject.get_permissions_name_label", subject) == ask(
        world, "role.get_permissions_name_label", READ_ONLY
    )


def test_directory_resolves_accounts(world: World) -> None:
    """A user has an identifier, and a group of the same number."""
    assert ask(world, "auth.get_subject_identifier", "rita") == "u1000"
    assert ask(world, "auth.get_group_membership", "u1000") == ["g1000"]
    found = ask(world, "auth.get_subject_information_from_identifier", "u1000")
    assert found["subject-is-group"] == "false"


def test_directory_does_not_know_everybody(world: World) -> None:
    """No name, no identifier."""
    assert refused(world, "auth.get_subject_identifier", "eve") == ("SUBJECT_CANNOT_BE_RESOLVED",)


def test_pool_without_accounts_has_no_directory(rootless: World) -> None:
    """External authentication is off."""
    assert refused(rootless, "auth.get_subject_identifier", "rita") == ("AUTH_IS_DISABLED",)


def test_subject_is_there_once(world: World) -> None:
    """It can come back when it is gone, without a role."""
    args = {"subject_identifier": "u1000", "other_config": {}}
    assert refused(world, "subject.create", args) == ("SUBJECT_ALREADY_EXISTS",)
    ask(world, "subject.destroy", *ask(world, "subject.get_all"))
    again = ask(world, "subject.create", args)
    assert ask(world, "subject.get_roles", again) == []


def test_roles_of_a_subject_come_and_go(world: World) -> None:
    """Neither twice, nor one that is none."""
    (subject,) = ask(world, "subject.get_all")
    ask(world, "subject.add_to_roles", subject, POOL_ADMIN)
    assert refused(world, "subject.add_to_roles", subject, POOL_ADMIN) == ("ROLE_ALREADY_EXISTS",)
    assert refused(world, "subject.add_to_roles", subject, NOBODY) == ("ROLE_NOT_FOUND",)
    ask(world, "subject.remove_from_roles", subject, READ_ONLY)
    assert ask(world, "subject.get_roles", subject) == [POOL_ADMIN]


def test_pool_has_one_user(rootless: World) -> None:
    """Users cannot be listed, but found by their uuid."""
    with rootless.lock:
        (ref,) = rootless.database.refs("user")
    assert ask(rootless, "user.get_short_name", ref) == "root"
    assert ask(rootless, "user.get_fullname", ref) == "superuser"


def test_pool_reports_under_a_secret_name(rootless: World) -> None:
    """pool.telemetry_uuid refers to it."""
    (pool,) = ask(rootless, "pool.get_all_records").values()
    assert ask(rootless, "secret.get_all") == [pool["telemetry_uuid"]]


def test_release_without_telemetry_has_no_secret() -> None:
    """There is nothing to keep."""
    with running(1, profile=XENSERVER_6_2) as world:
        assert ask(world, "secret.get_all") == []


def test_secret_is_kept_and_told(rootless: World) -> None:
    """Until it is destroyed."""
    ref = ask(rootless, "secret.create", {"value": "a"})
    ask(rootless, "secret.set_value", ref, "b")
    assert ask(rootless, "secret.get_value", ref) == "b"
    ask(rootless, "secret.destroy", ref)
    assert refused(rootless, "secret.get_value", ref) == ("HANDLE_INVALID", "secret", ref)


def test_secret_can_be_introduced_with_its_uuid(rootless: World) -> None:
    """As when a pool is joined; no two have the same."""
    ref = ask(rootless, "secret.introduce", "0f0f", "a")
    assert ask(rootless, "secret.get_by_uuid", "0f0f") == ref
    taken = ("DB_UNIQUENESS_CONSTRAINT_VIOLATION", "secret", "uuid", "0f0f")
    assert refused(rootless, "secret.introduce", "0f0f", "b") == taken


def test_reader_is_not_told_secrets(world: World) -> None:
    """Their getters ask for more than any other's."""
    host = world.hosts[0]
    session = world.dispatcher.call(host, "session.login_with_password", ["rita", "secret"])
    (ref,) = ask(world, "secret.get_all")
    with pytest.raises(Failure) as found:
        world.dispatcher.call(host, "secret.get_value", [session, ref])
    assert found.value.args[:2] == ("RBAC_PERMISSION_DENIED", "secret.get_value")
