"""What a user without the right role hears, and what one with it may do."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.lab import callers
from tests.lab.callers import call, refusal
from tests.lab.worlds import PASSWORD, eventually, network, pif, running
from xsbond.lab.blueprint import (
    CURRENT,
    XENSERVER_6_2,
    AccountBlueprint,
    Blueprint,
    Profile,
    tutorial,
)
from xsbond.lab.world import World
from xsbond.lab.xapi.access.roles import ROLES

WORD = "pw"
CREATE_BOND = "bond.create"
BOND_ROLES = (
    "No permission in user session. (Roles with this permission: pool-admin, pool-operator)"
)


def staff(profile: Profile = CURRENT) -> Blueprint:
    """Return the tutorial's pool with one user of each role, named after it."""
    accounts = tuple(AccountBlueprint(name=role, role=role, password=WORD) for role in ROLES)
    return replace(tutorial(2, profile), accounts=accounts)


@pytest.fixture
def world() -> Iterator[World]:
    """The pool with its users."""
    with running(blueprint=staff()) as world:
        yield world


def log_in(world: World, user: str, password: str = WORD) -> str:
    """Log a user in at the master."""
    return callers.log_in(world, user, password)


def free_legs(world: World) -> list[str]:
    """Return two NICs of the master that are in no bond."""
    return [pif(world, world.hosts[0], device) for device in ("eth1", "eth5")]


@pytest.mark.parametrize("role", ["pool-admin", "pool-operator"])
def test_operators_may_bond(role: str, world: World) -> None:
    """And everybody above them."""
    session, pub = log_in(world, role), network(world, "xenbr3")
    eth3 = pif(world, world.hosts[0], "eth3")
    call(world, "PIF.unplug", session, eth3)
    call(world, "PIF.forget", session, eth3)
    bond = call(world, "Bond.create", session, pub, free_legs(world), "")
    assert call(world, "Bond.get_mode", session, bond) == "balance-slb"


@pytest.mark.parametrize("role", ["vm-power-admin", "vm-admin", "vm-operator", "read-only"])
def test_others_may_not_bond(role: str, world: World) -> None:
    """XAPI names the permission in lower case and the roles that have it."""
    session, pub = log_in(world, role), network(world, "xenbr3")
    found = refusal(world, "Bond.create", session, pub, free_legs(world), "")
    assert found == ("RBAC_PERMISSION_DENIED", CREATE_BOND, BOND_ROLES)


def test_administrator_of_machines_may_make_a_network(world: World) -> None:
    """Networks without NICs are theirs."""
    session = log_in(world, "vm-admin")
    ref = call(world, "network.create", session, {"name_label": "x", "other_config": {}})
    assert call(world, "network.get_name_label", session, ref) == "x"


def test_roles_are_named_in_the_order_of_xapi(world: World) -> None:
    """The two that own the last permission of the data model come last."""
    session = log_in(world, "read-only")
    found = refusal(world, "network.create", session, {"name_label": "x", "other_config": {}})
    assert found[2].endswith("permission: vm-power-admin, vm-admin, pool-admin, pool-operator)")


def test_root_alone_changes_the_password(world: World) -> None:
    """No role at all has the permission."""
    session = log_in(world, "pool-admin")
    found = refusal(world, "session.change_password", session, "pw", "other")
    assert found[1:] == (
        "session.change_password",
        "No permission in user session. (Roles with this permission: )",
    )


def test_reader_may_read_everything(world: World) -> None:
    """Records, single fields, events."""
    session = log_in(world, "read-only")
    records = call(world, "PIF.get_all_records", session)
    events = call(world, "event.from", session, ["pif"], "", 0.0)["events"]
    assert {event["ref"] for event in events} == set(records)


def test_refusal_of_an_asynchronous_call_is_in_its_task(world: World) -> None:
    """The role is looked at inside the task."""
    session, pub = log_in(world, "read-only"), network(world, "xenbr3")
    task = call(world, "Async.Bond.create", session, pub, free_legs(world), "")
    assert eventually(lambda: call(world, "task.get_status", session, task) == "failure")
    expected = ["RBAC_PERMISSION_DENIED", CREATE_BOND, BOND_ROLES]
    assert call(world, "task.get_error_info", session, task) == expected


def test_count_of_parameters_comes_before_the_role(world: World) -> None:
    """As do their types and the session."""
    session = log_in(world, "read-only")
    assert refusal(world, "Bond.create", session)[0] == "MESSAGE_PARAMETER_COUNT_MISMATCH"


def test_role_comes_before_the_object(world: World) -> None:
    """An unknown reference is not even looked up."""
    session = log_in(world, "read-only")
    assert refusal(world, "Bond.destroy", session, "OpaqueRef:x")[0] == "RBAC_PERMISSION_DENIED"


@pytest.mark.parametrize("name", ["pool", "host", "network"])
def test_operator_of_machines_may_file_objects_in_folders(name: str, world: World) -> None:
    """Keys of XenCenter are freer than the rest of other_config."""
    session = log_in(world, "vm-operator")
    ref = call(world, f"{name}.get_all", session)[0]
    call(world, f"{name}.add_to_other_config", session, ref, "XenCenter.CustomFields.x", "y")
    assert call(world, f"{name}.get_other_config", session, ref)["XenCenter.CustomFields.x"] == "y"


def test_reader_may_not_file_objects_in_folders(world: World) -> None:
    """The key is part of the permission."""
    session = log_in(world, "read-only")
    ref = call(world, "pool.get_all", session)[0]
    found = refusal(world, "pool.remove_from_other_config", session, ref, "EMPTY_FOLDERS")
    assert found[1] == "pool.remove_from_other_config/key:empty_folders"


def test_other_keys_are_the_pool_operators(world: World) -> None:
    """What is not guarded by itself is guarded as the field."""
    session = log_in(world, "vm-operator")
    ref = call(world, "network.get_all", session)[0]
    found = refusal(world, "network.add_to_other_config", session, ref, "automatic", "false")
    assert found[1] == "network.add_to_other_config"


def test_unknown_method_is_an_extension_only_administrators_may_call(world: World) -> None:
    """An unknown name is taken for one."""
    assert refusal(world, "no.such", log_in(world, "read-only"))[1] == "host.call_extension"


def test_administrator_hears_that_a_method_is_unknown(world: World) -> None:
    """Having passed all checks."""
    found = refusal(world, "no.such", log_in(world, "pool-admin"))
    assert found == ("MESSAGE_METHOD_UNKNOWN", "no.such")


def test_session_of_a_user_says_who_it_is(world: World) -> None:
    """Not root, with a name, an identifier and a subject."""
    session = log_in(world, "vm-admin")
    record = call(world, "session.get_record", session, session)
    shown = {key: record[key] for key in ("is_local_superuser", "auth_user_name", "auth_user_sid")}
    assert shown == {
        "is_local_superuser": False,
        "auth_user_name": "vm-admin",
        "auth_user_sid": "u1003",
    }


def test_session_of_a_user_lists_its_permissions(world: World) -> None:
    """The role first, then what it may send, in lower case."""
    session = log_in(world, "vm-admin")
    listed = call(world, "session.get_rbac_permissions", session, session)
    some = ("vm-admin", "network.create", "pif.get_record", "pool.add_to_other_config/key:folder")
    assert (listed[0], set(some) <= set(listed), CREATE_BOND in listed) == ("vm-admin", True, False)


def test_session_of_root_lists_nothing(world: World) -> None:
    """Root needs no permission."""
    session = log_in(world, "root", PASSWORD)
    assert call(world, "session.get_rbac_permissions", session, session) == []


def test_wrong_password_of_a_user_is_refused(world: World) -> None:
    """In the same words as root's."""
    found = refusal(world, "session.login_with_password", "vm-admin", "wrong")
    assert found == ("SESSION_AUTHENTICATION_FAILED", "vm-admin", "Authentication failure")


def test_pool_with_users_has_external_authentication(world: World) -> None:
    """On each host."""
    session = log_in(world, "read-only")
    records = call(world, "host.get_all_records", session).values()
    assert {record["external_auth_type"] for record in records} == {"PAM"}


def test_reader_may_cancel_a_task_of_one_s_own(world: World) -> None:
    """And do everything else to it."""
    session = log_in(world, "read-only")
    task = call(world, "task.create", session, "mine", "")
    call(world, "task.cancel", session, task)
    assert list(call(world, "task.get_current_operations", session, task).values()) == ["cancel"]


def test_reader_may_not_touch_a_task_of_others(world: World) -> None:
    """That takes a permission of its own."""
    task = call(world, "task.create", log_in(world, "root", PASSWORD), "theirs", "")
    found = refusal(world, "task.set_progress", log_in(world, "read-only"), task, 0.5)
    assert found == ("RBAC_PERMISSION_DENIED", "task.destroy/any", BOND_ROLES)


def test_operator_may_touch_a_task_of_others(world: World) -> None:
    """Whoever made it."""
    task = call(world, "task.create", log_in(world, "root", PASSWORD), "theirs", "")
    session = log_in(world, "pool-operator")
    call(world, "task.set_progress", session, task, 0.5)
    assert call(world, "task.get_progress", session, task) == 0.5


def test_reader_may_keep_a_guarded_key_of_a_task(world: World) -> None:
    """What stays as it is needs no permission."""
    reader = log_in(world, "read-only")
    task = call(world, "task.create", reader, "mine", "")
    call(world, "task.set_other_config", log_in(world, "pool-admin"), task, {"applies_to": "x"})
    call(world, "task.set_other_config", reader, task, {"applies_to": "x", "more": "y"})
    assert call(world, "task.get_other_config", reader, task) == {"applies_to": "x", "more": "y"}


def test_reader_may_not_change_a_guarded_key_of_a_task(world: World) -> None:
    """XenCenter's keys are for operators of machines."""
    reader = log_in(world, "read-only")
    task = call(world, "task.create", reader, "mine", "")
    found = refusal(world, "task.set_other_config", reader, task, {"applies_to": "x"})
    assert found[1] == "task.add_to_other_config/key:applies_to"


def test_release_without_client_certificates_names_no_role_for_them() -> None:
    """It came with 8.3."""
    with running(blueprint=staff(XENSERVER_6_2)) as world:
        session = log_in(world, "read-only")
        found = refusal(world, "host.enable", session, world.hosts[0].ref)
    assert found[2] == BOND_ROLES


def test_current_release_names_the_role_of_client_certificates(world: World) -> None:
    """It may enable hosts."""
    session = log_in(world, "read-only")
    found = refusal(world, "host.enable", session, world.hosts[0].ref)
    assert found[2].endswith("(Roles with this permission: client-cert, pool-admin, pool-operator)")
