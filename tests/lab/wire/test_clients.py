"""Real clients and the lab: the stock XenAPI module, JSON, certificates, sessions."""

import contextlib
import json
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import XenAPI
from cryptography import x509

from tests.lab.worlds import PASSWORD, ask, eventually, new_network, pif, restart, running
from xsbond.lab.pool.state import Host
from xsbond.lab.world import World
from xsbond.lab.xapi.doors.server import ApiServers

CERTIFICATE = "/etc/xensource/xapi-ssl.pem"


@pytest.fixture
def world() -> Iterator[World]:
    """The tutorial's pool."""
    with running() as world:
        yield world


@pytest.fixture
def servers(world: World) -> Iterator[ApiServers]:
    """Its API servers."""
    with ApiServers(world) as servers:
        yield servers


Open = Callable[[Host], Any]


@pytest.fixture
def client(servers: ApiServers) -> Iterator[Open]:
    """Opens stock clients and closes them at the end."""
    opened: list[Any] = []

    def connect(host: Host) -> Any:
        opened.append(XenAPI.Session(f"https://{host.address}:{servers.port}", ignore_ssl=True))
        return opened[-1]

    yield connect
    for each in opened:
        each("close")()


def post_json(servers: ApiServers, host: Host, method: str, *params: Any) -> dict[str, Any]:
    """Call through /jsonrpc, trusting the certificate dom0 holds."""
    context = ssl.create_default_context(cadata=certificate(host))
    context.check_hostname = False
    call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
    url = f"https://{host.address}:{servers.port}/jsonrpc"
    request = urllib.request.Request(url, data=json.dumps(call).encode())
    with urllib.request.urlopen(request, context=context, timeout=10) as response:  # noqa: S310 - https
        reply: dict[str, Any] = json.load(response)
    return reply


def certificate(host: Host) -> str:
    """Return the public half of a host's PEM file."""
    pem = host.backend.read_file(CERTIFICATE)
    return pem[pem.index("-----BEGIN CERTIFICATE-----") :]


def test_stock_client_logs_in_and_out(client: Open, world: World) -> None:
    """With user, password, version and originator."""
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD, "2.21", "test")
    assert ask(world, "session.get_originator", session.handle) == "test"
    session.xenapi.session.logout()


def test_stock_client_gets_numbers_as_text(client: Open, world: World) -> None:
    """As XML-RPC has them in XAPI."""
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD)
    assert session.xenapi.PIF.get_MTU(pif(world, world.hosts[0], "eth0")) == "1500"


def test_stock_client_sends_a_bond_through_a_task(client: Open, world: World) -> None:
    """The result is the reference in XML."""
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD)
    members = [pif(world, world.hosts[0], device) for device in ("eth1", "eth5")]
    task = session.xenapi.Async.Bond.create(new_network(world), members, "", "lacp", {})
    assert eventually(lambda: session.xenapi.task.get_status(task) == "success")
    result = session.xenapi.task.get_result(task)
    bond = result.removeprefix("<value>").removesuffix("</value>")
    assert session.xenapi.Bond.get_mode(bond) == "lacp"


def test_stock_client_logs_in_again_after_a_restart_of_the_master(
    client: Open, world: World
) -> None:
    """Its session is gone, its retry succeeds."""
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD)
    session("close")()
    restart(world.hosts[0])
    assert len(session.xenapi.host.get_all()) == 2


def test_member_sends_clients_to_the_master(client: Open, world: World) -> None:
    """Before it looks at the password."""
    with pytest.raises(XenAPI.Failure) as caught:
        client(world.hosts[1]).xenapi.login_with_password("root", "wrong")
    assert caught.value.details == ["HOST_IS_SLAVE", world.hosts[0].address]


def test_session_works_on_both_protocols(client: Open, world: World, servers: ApiServers) -> None:
    """They share one database."""
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD)
    reply = post_json(servers, world.hosts[0], "host.get_all", session.handle)
    assert sorted(reply["result"]) == sorted(host.ref for host in world.hosts)


def test_json_has_numbers(client: Open, world: World, servers: ApiServers) -> None:
    """And not their text."""
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD)
    eth0 = pif(world, world.hosts[0], "eth0")
    reply = post_json(servers, world.hosts[0], "PIF.get_MTU", session.handle, eth0)
    assert reply["result"] == 1500


@pytest.mark.parametrize("index", [0, 1], ids=["master", "member"])
def test_certificate_is_the_one_in_dom0(index: int, world: World, servers: ApiServers) -> None:
    """Whoever read the file over SSH can pin it; a member's own is good for its own port."""
    reply = post_json(servers, world.hosts[index], "session.login_with_password", "root", PASSWORD)
    assert ("result" in reply, "error" in reply) == (index == 0, index == 1)


def test_certificate_is_no_other_hosts(world: World, servers: ApiServers) -> None:
    """Each host has its own key."""
    host = world.hosts[0]
    context = ssl.create_default_context(cadata=certificate(world.hosts[1]))
    context.check_hostname = False
    url = f"https://{host.address}:{servers.port}/"
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(url, data=b"", context=context, timeout=10)


def test_certificate_can_be_asked_for(world: World) -> None:
    """Without its key."""
    answer = ask(world, "host.get_server_certificate", world.hosts[1].ref)
    assert answer == certificate(world.hosts[1])


def test_certificate_names_its_host(world: World) -> None:
    """The common name is the host's name."""
    found = x509.load_pem_x509_certificate(certificate(world.hosts[1]).encode())
    assert found.subject.rfc4514_string() == "CN=xs-2"


def test_tls_is_1_2(world: World, servers: ApiServers) -> None:
    """Nothing newer and nothing older, as with stunnel on a real host."""
    context = ssl.create_default_context(cadata=certificate(world.hosts[0]))
    context.check_hostname = False
    address = (world.hosts[0].address, servers.port)
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain) as secure,
    ):
        assert secure.version() == "TLSv1.2"


def test_dying_xapi_hangs_up(world: World, servers: ApiServers) -> None:
    """An idle connection ends with the process at its other end."""
    context = ssl.create_default_context(cadata=certificate(world.hosts[1]))
    context.check_hostname = False
    address = (world.hosts[1].address, servers.port)
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain, suppress_ragged_eofs=True) as secure,
    ):
        world.agents[1].kill()
        assert secure.recv(1) == b""


def test_client_that_speaks_no_tls_harms_nobody(
    client: Open, world: World, servers: ApiServers
) -> None:
    """Others are served as before."""
    with socket.create_connection((world.hosts[0].address, servers.port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            plain.recv(100)
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD)
    assert len(session.xenapi.host.get_all()) == 2


def test_many_clients_are_served_at_once(client: Open, world: World) -> None:
    """Each connection has its own thread."""
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD)
    counts: list[int] = []
    others = [client(world.hosts[0]) for _ in range(16)]

    def look(other: Any) -> None:
        other.xenapi.login_with_password("root", PASSWORD)
        counts.append(len(other.xenapi.PIF.get_all_records()))

    threads = [threading.Thread(target=look, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert counts == [14] * 16


def test_reading_changes_nothing(client: Open, world: World) -> None:
    """Log in, read everything, log out: the database is the same, byte for byte."""
    before = json.dumps(world.dump())
    session = client(world.hosts[0])
    session.xenapi.login_with_password("root", PASSWORD)
    for name in ("pool", "host", "network", "PIF", "Bond", "VLAN"):
        getattr(session.xenapi, name).get_all_records()
    session.xenapi.session.logout()
    assert json.dumps(world.dump()) == before


def test_taken_port_is_refused(world: World, servers: ApiServers) -> None:
    """Two worlds cannot share addresses and port."""
    with pytest.raises(OSError, match="Address already in use"):
        ApiServers(world, servers.port)


@pytest.mark.slow
def test_64_hosts_are_served() -> None:
    """Every one sends its clients to the master."""
    with running(64) as world, ApiServers(world) as servers:
        replies = [
            post_json(servers, host, "session.login_with_password", "root", PASSWORD)
            for host in world.hosts[1:]
        ]
    assert {reply["error"]["message"] for reply in replies} == {"HOST_IS_SLAVE"}
