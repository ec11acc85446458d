"""The ports of a host, and what slow and broken clients meet there."""

import contextlib
import socket
import ssl
import threading
import xmlrpc.client
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lab.wire.raw_http import clear, everything, post, status
from tests.lab.worlds import PASSWORD, eventually, running
from xsbond.lab.blueprint import XENSERVER_6_2
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.connection import Patience
from xsbond.lab.xapi.doors.server import ApiServers

SHORT = Patience(first_byte=0.2, first_head=0.4)
Connect = Callable[[], socket.socket]


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


@pytest.fixture
def servers(world: World) -> Iterator[ApiServers]:
    """Its servers, clear text included."""
    with ApiServers(world, http_port=0) as servers:
        yield servers


@pytest.fixture
def connect(world: World, servers: ApiServers) -> Iterator[Connect]:
    """Opens connections in clear text to the master and closes them at the end."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(clear(world.hosts[0], servers))


def is_open(host: Host, servers: ApiServers) -> bool:
    """Tell whether a host's clear-text port takes connections."""
    try:
        clear(host, servers).close()
    except ConnectionError:
        return False
    return True


def clients(name: str) -> int:
    """Count the threads that serve a host's clients."""
    return sum(thread.name == f"client of {name}" for thread in threading.enumerate())


def set_https_only(world: World, host: Host, *, value: bool) -> None:
    """Tell a host's firewall what to do with port 80."""
    with world.lock:
        world.database.set("host", host.ref, https_only=value)


def test_clear_text_is_off_unless_wanted(world: World) -> None:
    """As the firewall of a host has it."""
    with ApiServers(world) as servers, world.lock:
        record = world.database.get("host", world.hosts[0].ref)
        assert (servers.http_port, record["https_only"]) == (None, True)


def test_stock_client_may_speak_clear_text(world: World, servers: ApiServers) -> None:
    """The calls are the same."""
    url = f"http://{world.hosts[0].address}:{servers.http_port}"
    with xmlrpc.client.ServerProxy(url) as proxy:
        reply: Any = proxy.session.login_with_password("root", PASSWORD)
    assert reply["Status"] == "Success"


def test_clear_text_of_a_member_leads_to_the_master(world: World, servers: ApiServers) -> None:
    """Each host has the port."""
    url = f"http://{world.hosts[1].address}:{servers.http_port}"
    with xmlrpc.client.ServerProxy(url) as proxy:
        reply: Any = proxy.session.login_with_password("root", "wrong")
    assert reply["ErrorDescription"] == ["HOST_IS_SLAVE", world.hosts[0].address]


def test_https_only_closes_the_clear_text_port(world: World, servers: ApiServers) -> None:
    """Of that host."""
    set_https_only(world, world.hosts[1], value=True)
    assert eventually(lambda: not is_open(world.hosts[1], servers))
    assert is_open(world.hosts[0], servers)


def test_clear_text_port_opens_again(world: World, servers: ApiServers) -> None:
    """When the firewall is told so."""
    set_https_only(world, world.hosts[0], value=True)
    assert eventually(lambda: not is_open(world.hosts[0], servers))
    set_https_only(world, world.hosts[0], value=False)
    assert eventually(lambda: is_open(world.hosts[0], servers))


def test_clear_text_port_of_a_xapi_that_is_gone_refuses(world: World, servers: ApiServers) -> None:
    """No stunnel stands before it."""
    world.agents[1].kill()
    assert eventually(lambda: not is_open(world.hosts[1], servers))


def test_release_without_https_only_is_always_open() -> None:
    """XenServer 6.2 knew no such thing."""
    with running(profile=XENSERVER_6_2) as world, ApiServers(world, http_port=0) as servers:
        set_https_only(world, world.hosts[0], value=True)
        assert is_open(world.hosts[0], servers)


def test_taken_clear_text_port_is_refused(world: World, servers: ApiServers) -> None:
    """The other port is free again."""
    with running() as other, socket.socket() as probe:
        probe.bind((world.hosts[0].address, 0))
        free = probe.getsockname()[1]
        probe.close()
        with pytest.raises(OSError, match="Address already in use"):
            ApiServers(other, free, servers.http_port)
        with ApiServers(other, free) as again:
            assert again.port == free


@pytest.mark.parametrize("piece", [b"", b"POST / HT"], ids=["nothing", "half a line"])
def test_slow_client_is_told_to_hurry(piece: bytes, world: World) -> None:
    """Its first request has to come soon."""
    with (
        ApiServers(world, http_port=0, patience=SHORT) as servers,
        clear(world.hosts[0], servers) as connection,
    ):
        connection.sendall(piece)
        assert everything(connection).startswith("HTTP/1.1 408 Request Timeout\r\n")


def test_client_that_was_fast_once_may_wait(world: World) -> None:
    """Only the first request is timed."""
    with (
        ApiServers(world, http_port=0, patience=SHORT) as servers,
        clear(world.hosts[0], servers) as connection,
        clear(world.hosts[0], servers) as slow,
    ):
        status(connection, post())
        everything(slow)
        assert status(connection, post()) == "HTTP/1.1 200 OK"


def test_half_a_request_hinders_nobody(connect: Connect) -> None:
    """Others are served meanwhile."""
    connect().sendall(post()[:-5])
    assert status(connect(), post()) == "HTTP/1.1 200 OK"


def test_client_that_leaves_takes_its_thread_along(connect: Connect) -> None:
    """Wherever in its request it was."""
    before = clients("xs-1")
    connection = connect()
    connection.sendall(post()[:-5])
    assert eventually(lambda: clients("xs-1") == before + 1)
    connection.close()
    assert eventually(lambda: clients("xs-1") == before)


def test_servers_that_close_leave_no_thread(world: World) -> None:
    """However many clients hold on."""
    with contextlib.ExitStack() as stack, ApiServers(world, http_port=0) as servers:
        for _ in range(20):
            stack.enter_context(clear(world.hosts[1], servers)).sendall(b"POST")
        assert eventually(lambda: clients("xs-2") == 20)
    assert clients("xs-2") == 0


def test_client_that_sends_garbage_over_tls_is_answered(world: World, servers: ApiServers) -> None:
    """An HTTP answer in TLS."""
    context = ssl._create_unverified_context()  # noqa: S323 - other tests look at certificates
    address = (world.hosts[0].address, servers.port)
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain) as secure,
    ):
        assert status(secure, b"\0\1\2\r\n\r\n") == "HTTP/1.1 500 Internal Error"
