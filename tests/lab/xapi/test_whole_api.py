"""Every message of the API, whatever it is sent: an answer in xapi's words, and nothing happens."""

import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from tests.lab.worlds import PASSWORD, RECORDED, ask, eventually, running
from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import Kind
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.server import ApiServers
from xsbond.lab.xapi.messages import REQUIRED, Message

NAMES = (RECORDED / "methods.txt").read_text(encoding="utf-8").split()
NOBODY = "OpaqueRef:00000000-0000-0000-0000-000000000000"
LOGINS = {
    "session.login_with_password",
    "session.slave_login",
    "session.slave_local_login",
    "session.slave_local_login_with_password",
}
ACTS_WITHOUT_OBJECTS = {
    "blob.create",
    "event.from",
    "event.next",
    "event.register",
    "event.unregister",
    "host.abort_new_master",
    "host.commit_new_master",
    "host.emergency_ha_disable",
    "host.local_management_reconfigure",
    "host.management_disable",
    "host.propose_new_master",
    "host.shutdown_agent",
    "message.destroy_all",
    "network.pool_introduce",
    "PIF.db_introduce",
    "PIF.pool_introduce",
    "pool.emergency_reset_master",
    "pool.emergency_transition_to_master",
    "pool.enable_ha",
    "pool.enable_tls_verification",
    "pool.recover_slaves",
    "pool.rotate_secret",
    "secret.introduce",
    "session.change_password",
    "session.local_logout",
    "session.logout",
    "task.create",
    "VLAN.pool_introduce",
}
"""These need no reference that could be wrong."""
NOT_THERE = {"HANDLE_INVALID", "UUID_INVALID", "HOST_OFFLINE", "NOT_IMPLEMENTED", "MESSAGE_REMOVED"}
REFUSED = {
    "AUTH_IS_DISABLED",
    "CERTIFICATE_DOES_NOT_EXIST",
    "CRL_DOES_NOT_EXIST",
    "HA_NOT_ENABLED",
    "INVALID_VALUE",
    "ROLE_NOT_FOUND",
    "SESSION_AUTHENTICATION_FAILED",
    "SR_UNKNOWN_DRIVER",
    "WLB_NOT_INITIALIZED",
}
INTERNAL = {
    'Server_helpers.Dispatcher_FieldNotFound("device")',
    'Server_helpers.Dispatcher_FieldNotFound("host")',
    'Server_helpers.Dispatcher_FieldNotFound("other_config")',
    'Server_helpers.Dispatcher_FieldNotFound("short_name")',
    'Server_helpers.Dispatcher_FieldNotFound("SR")',
    'Server_helpers.Dispatcher_FieldNotFound("type")',
    'Server_helpers.Dispatcher_FieldNotFound("user_version")',
    'Server_helpers.Dispatcher_FieldNotFound("value")',
    'Server_helpers.Dispatcher_FieldNotFound("VM")',
    'Sys_error("nobody: No such file or directory")',
}
DUMMIES = {
    "string": "nobody",
    "int": 1,
    "float": 0.0,
    "bool": False,
    "datetime": "20260101T00:00:00Z",
    "ref": NOBODY,
    "map": {},
    "record": {},
}

Reply = tuple[int, list[str] | None]
"""HTTP status, and the error code with its arguments."""
Send = Callable[..., Reply]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Two hosts."""
    with running(2) as found:
        yield found


@pytest.fixture(scope="module")
def send(world: World) -> Iterator[Send]:
    """Sends a call to the master, always on the same connection."""
    numbers = count(1)
    context = ssl._create_unverified_context()  # noqa: S323 - other tests look at certificates
    with ApiServers(world) as servers:
        line = http.client.HTTPSConnection(world.hosts[0].address, servers.port, context=context)

        def exchange(method: str, *params: Any) -> Reply:
            call = {"jsonrpc": "2.0", "method": method, "params": params, "id": next(numbers)}
            line.request("POST", "/jsonrpc", json.dumps(call))
            response = line.getresponse()
            error = json.loads(response.read()).get("error")
            return response.status, error and [error["message"], *error["data"]]

        yield exchange
        line.close()


@pytest.fixture
def session(world: World) -> Iterator[str]:
    """A session of root's."""
    master = world.hosts[0]
    ref = world.dispatcher.call(master, "session.login_with_password", ["root", PASSWORD])
    yield ref
    world.dispatcher.call(master, "session.logout", [ref])


def _dummy(kind: Kind) -> Any:
    """Return a value of a kind that names nothing there is."""
    if kind.word == "enum":
        return kind.words[0]
    if kind.word == "set":
        return [_dummy(kind.item)] if kind.item else []
    return DUMMIES[kind.word]


def _wrong(kind: Kind) -> Any:
    """Return a value no parameter of this kind can be."""
    return "neither" if kind.word == "bool" else True


def _dummies(message: Message) -> list[Any]:
    return [_dummy(each.kind) for each in message.parameters if each.default is REQUIRED]


def _state(world: World) -> str:
    with world.lock:
        return json.dumps([world.dump(), world.password], sort_keys=True)


@pytest.fixture
def unchanged(world: World) -> Iterator[None]:
    """Whatever the test sends changes nothing."""
    before = _state(world)
    yield
    assert _state(world) == before


@pytest.mark.usefixtures("unchanged")
def test_call_without_parameters_is_one_parameter_short(send: Send) -> None:
    """The session counts as the one that is missing."""
    for name in NAMES:
        status, error = send(name)
        assert status == 200, name
        assert error, name
        assert error[:2] == ["MESSAGE_PARAMETER_COUNT_MISMATCH", name], error
        assert (error[3] == "-1") == (name not in LOGINS), error


@pytest.mark.usefixtures("unchanged")
def test_call_in_no_session_is_refused(send: Send, world: World) -> None:
    """Good parameters do not help."""
    for name in NAMES:
        if name not in LOGINS:
            reply = send(name, NOBODY, *_dummies(world.dispatcher.messages[name]))
            assert reply == (200, ["SESSION_INVALID", NOBODY]), name


@pytest.mark.usefixtures("unchanged")
def test_call_with_nothing_but_its_session_is_told_what_is_missing(
    send: Send, session: str, world: World
) -> None:
    """Those that need no more are not sent here."""
    for name in NAMES:
        needed = world.dispatcher.messages[name].required
        if needed and name not in LOGINS:
            mismatch = ["MESSAGE_PARAMETER_COUNT_MISMATCH", name, str(needed), "0"]
            assert send(name, session) == (200, mismatch), name


@pytest.mark.usefixtures("unchanged")
def test_call_about_nothing_there_is_changes_nothing(
    send: Send, session: str, world: World
) -> None:
    """What succeeds only reads; host.reboot and pool.eject are among those that do not."""
    for name in NAMES:
        if name in ACTS_WITHOUT_OBJECTS:
            continue
        params = _dummies(world.dispatcher.messages[name])
        status, error = send(name, *([] if name in LOGINS else [session]), *params)
        assert status == 200, name
        if error and error[0] == "INTERNAL_ERROR":
            assert error[1] in INTERNAL, (name, error)
        else:
            assert not error or error[0] in NOT_THERE | REFUSED, (name, error)


@pytest.mark.usefixtures("unchanged")
def test_call_of_the_wrong_type_is_not_unmarshalled(send: Send, session: str, world: World) -> None:
    """The text is that of an exception of ocaml-rpc, never one of the lab's own."""
    for name in NAMES:
        message = world.dispatcher.messages[name]
        wrong = [_wrong(each.kind) for each in message.parameters]
        if wrong:
            status, error = send(name, *([] if name in LOGINS else [session]), *wrong)
            assert (status, error and error[0]) == (200, "INTERNAL_ERROR"), (name, error)
            assert error, name
            assert error[1].startswith(('Failure("Expect', 'Failure("bad', 'Failure("Un')), error


@pytest.mark.parametrize("name", ["host.reboot", "pool.eject", "host.destroy", "SR.destroy"])
def test_dangerous_call_names_the_object_it_does_not_find(
    send: Send, session: str, name: str
) -> None:
    """The class is spelt as in the data model."""
    one = {"host.reboot": "host", "pool.eject": "host", "host.destroy": "host", "SR.destroy": "SR"}
    assert send(name, session, NOBODY) == (200, ["HANDLE_INVALID", one[name], NOBODY])


ANSWERS: tuple[tuple[str, list[Any], list[str] | None], ...] = (
    ("SR.get_by_uuid", ["x"], ["UUID_INVALID", "SR", "x"]),
    ("VDI.get_record", [NOBODY], ["HANDLE_INVALID", "VDI", NOBODY]),
    ("VBD.set_userdevice", [NOBODY, "0"], ["HANDLE_INVALID", "VBD", NOBODY]),
    ("PBD.add_to_other_config", [NOBODY, "a", "b"], ["HANDLE_INVALID", "PBD", NOBODY]),
    ("Cluster_host.create", [NOBODY, NOBODY, NOBODY], ["HANDLE_INVALID", "Cluster", NOBODY]),
    ("pool.enable_redo_log", [NOBODY], ["HANDLE_INVALID", "SR", NOBODY]),
    ("pool.retrieve_wlb_configuration", [], ["WLB_NOT_INITIALIZED"]),
    ("pool.disable_ha", [], ["HA_NOT_ENABLED"]),
    ("pool.crl_uninstall", ["a"], ["CRL_DOES_NOT_EXIST", "a"]),
    ("VMPP.protect_now", [NOBODY], ["MESSAGE_REMOVED"]),
    ("host.get_log", [NOBODY], ["HOST_OFFLINE", NOBODY]),
    ("console.create", [{"other_config": {}}], ["NOT_IMPLEMENTED", "Console.create"]),
    ("DR_task.create", ["nfs", {}, []], ["NOT_IMPLEMENTED", "DR_task.create"]),
    (
        "VBD.set_mode",
        [NOBODY, "rw"],
        ["INTERNAL_ERROR", 'Failure("Unknown tag/contents")'],
    ),
    ("SR.get_all_where", ["nonsense"], ["INVALID_VALUE", "nonsense"]),
    ("SM.get_all_records_where", ['field "nosuch"="x"'], None),
    ("SR.get_all", [], None),
)


@pytest.mark.parametrize(("name", "params", "expected"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_pool_without_it_answers(
    send: Send, session: str, name: str, params: list[Any], expected: list[str] | None
) -> None:
    """Code and arguments; the text of a parser's exception is left out."""
    status, error = send(name, session, *params)
    assert status == 200
    assert (error and error[: len(expected or ())]) == expected


def test_references_of_classes_the_pool_has_are_looked_up(world: World, session: str) -> None:
    """SR.create gets as far as its driver where the host is a real one."""
    host = world.hosts[0]
    params = [host.ref, {}, 0, "label", "", "nosuch", "", False]
    with pytest.raises(Failure) as found:
        world.dispatcher.call(host, "SR.create", [session, *params])
    assert found.value.args == ("SR_UNKNOWN_DRIVER", "nosuch")


def test_record_of_a_constructor_is_read_field_by_field(send: Send, session: str) -> None:
    """The first field that is missing is named, in the order of the data model."""
    given = {"host": NOBODY, "device_config": {}}
    missing = 'Server_helpers.Dispatcher_FieldNotFound("SR")'
    assert send("PBD.create", session, given) == (200, ["INTERNAL_ERROR", missing])


@pytest.mark.parametrize("name", ["SR.get_all", "VM.get_domid", "auth.get_subject_identifier"])
def test_what_has_no_async_form_says_so(send: Send, session: str, name: str) -> None:
    """The words are those of server_helpers.ml."""
    params = {"VM.get_domid": [NOBODY], "auth.get_subject_identifier": ["a"]}.get(name, [])
    text = f"No async mode for this operation (rpc: {name})"
    assert send(f"Async.{name}", session, *params) == (200, ["Fault", text])


def test_what_has_an_async_form_fails_in_its_task(world: World, session: str) -> None:
    """The caller is given a task at once."""
    master = world.hosts[0]
    task = world.dispatcher.call(master, "Async.SR.scan", [session, NOBODY])
    assert eventually(lambda: ask(world, "task.get_status", task) != "pending")
    assert ask(world, "task.get_error_info", task) == ["HANDLE_INVALID", "SR", NOBODY]
    ask(world, "task.destroy", task)
