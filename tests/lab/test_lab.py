"""A whole lab: it is reachable, private, and leaves nothing."""

import json
import socket
import ssl
import stat
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from tests.lab.openssh import openssh
from tests.lab.worlds import eventually
from tests.support.labs import ssh_login
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.lab.timing.clock import Clock

PATIENCE = 30.0


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of two hosts, which the tests only look at."""
    with Lab(tutorial(2)) as lab:
        yield lab


def api(lab: Lab, address: str, method: str, *params: object) -> object:
    """Call XAPI by JSON-RPC as a client does."""
    url = f"{lab.master_url.replace(lab.hosts[0].address, address)}/jsonrpc"
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(url, body, timeout=PATIENCE, context=context) as answer:  # noqa: S310 - https
        found: dict[str, object] = json.load(answer)
    return found.get("result", found.get("error"))


def test_root_can_log_in_at_the_master(lab: Lab) -> None:
    """With the lab's password."""
    session = api(lab, lab.hosts[0].address, "session.login_with_password", "root", lab.password)
    assert str(session).startswith("OpaqueRef:")


def test_member_points_to_the_master(lab: Lab) -> None:
    """At the same port of its own address."""
    first, second = (host.address for host in lab.hosts)
    answer = api(lab, second, "session.login_with_password", "root", lab.password)
    assert isinstance(answer, dict)
    assert (answer["message"], answer["data"]) == ("HOST_IS_SLAVE", [first])


@pytest.mark.parametrize("by", ["name", "address"])
def test_openssh_reaches_every_host(lab: Lab, by: str) -> None:
    """By its name and by its address, host keys being checked."""
    answers = [openssh(lab.ssh_config, getattr(host, by), "hostname") for host in lab.hosts]
    assert [answer.stdout for answer in answers] == ["xs-1\n", "xs-2\n"]


def test_paramiko_reaches_a_host_with_the_lab_s_files(lab: Lab) -> None:
    """Configuration, known hosts and key, nothing else."""
    config = paramiko.SSHConfig.from_path(str(lab.ssh_config)).lookup("xs-2")
    client = paramiko.SSHClient()
    client.load_host_keys(config["userknownhostsfile"])
    client.connect(
        config["hostname"],
        int(config["port"]),
        config["user"],
        key_filename=config["identityfile"],
        allow_agent=False,
        look_for_keys=False,
    )
    typed, printed, _ = client.exec_command("hostname", timeout=PATIENCE)
    assert printed.read() == b"xs-2\n"
    typed.close()
    client.close()


def test_hosts_have_keys_of_their_own(lab: Lab) -> None:
    """No two lines of known_hosts are alike."""
    keys = [line.split()[2] for line in lab.known_hosts.read_text().splitlines()]
    assert len(set(keys)) == 2


def test_certificate_in_dom0_is_the_one_presented(lab: Lab) -> None:
    """As the product's clients pin it."""
    address, port = lab.master_url.removeprefix("https://").split(":")
    presented = ssl.get_server_certificate((address, int(port)), timeout=PATIENCE)
    pem = openssh(lab.ssh_config, "xs-1", "cat /etc/xensource/xapi-ssl.pem").stdout
    assert presented.strip() in pem


def test_xe_on_a_member_sees_the_whole_pool(lab: Lab) -> None:
    """It is forwarded."""
    printed = openssh(lab.ssh_config, "xs-2", "xe host-list params=name-label --minimal").stdout
    assert sorted(printed.strip().split(",")) == ["xs-1", "xs-2"]


@pytest.mark.parametrize("name", ["id_ed25519", "password", "known_hosts", "ssh_config"])
def test_files_are_private(lab: Lab, name: str) -> None:
    """Nobody else can read them."""
    assert stat.S_IMODE((lab.directory / name).stat().st_mode) == 0o600


def test_directory_is_private(lab: Lab) -> None:
    """Nobody else can enter it."""
    assert stat.S_IMODE(lab.directory.stat().st_mode) == 0o700


def test_password_file_holds_the_password(lab: Lab) -> None:
    """And a newline."""
    assert lab.password_file.read_text() == f"{lab.password}\n"


def test_labs_side_by_side_do_not_meet(lab: Lab) -> None:
    """Each has addresses and passwords of its own."""
    with Lab(tutorial(2)) as other:
        mine = {host.address for host in lab.hosts}
        assert mine.isdisjoint(host.address for host in other.hosts)
        assert lab.password != other.password


def test_host_can_be_without_ssh_for_a_while() -> None:
    """Refused, then there again under the same address, port and key."""
    with Lab(tutorial(1)) as lab:
        with lab.host("xs-1").without_ssh():
            assert openssh(lab.ssh_config, "xs-1", "true").returncode == 255
        assert openssh(lab.ssh_config, "xs-1", "true").returncode == 0


def test_host_without_power_has_no_ssh() -> None:
    """It is there again once the host has booted."""
    with Lab(tutorial(2), clock=Clock(0.002)) as lab:
        host = lab.world.hosts[1]
        lab.world.switch_off(host)
        assert eventually(lambda: openssh(lab.ssh_config, "xs-2", "true").returncode == 255)
        lab.world.switch_on(host)
        assert eventually(lambda: openssh(lab.ssh_config, "xs-2", "true").returncode == 0)


def test_closing_leaves_nothing() -> None:
    """No thread, no directory, no listener."""
    before = set(threading.enumerate())
    lab = Lab(tutorial(3))
    address, port = lab.master_url.removeprefix("https://").split(":")
    directory = lab.directory
    lab.close()
    assert set(threading.enumerate()) - before == set()
    assert not directory.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, int(port)), timeout=PATIENCE)


def test_closing_twice_is_no_error() -> None:
    """The second time nothing happens."""
    lab = Lab(tutorial(1))
    lab.close()
    lab.close()
    assert not lab.directory.exists()


def test_closing_ends_a_command_that_waits() -> None:
    """Somebody sleeps on a host, in real time, when the lab ends."""
    lab = Lab(tutorial(1), clock=Clock(1.0))
    host = lab.hosts[0]
    config = paramiko.SSHConfig.from_path(str(lab.ssh_config)).lookup("xs-1")
    client = paramiko.SSHClient()
    client.load_host_keys(str(lab.known_hosts))
    client.connect(host.address, int(config["port"]), "root", lab.password, look_for_keys=False)
    streams = client.exec_command("sleep 3600", timeout=PATIENCE)
    lab.close()
    assert "lab-ssh-command" not in {thread.name for thread in threading.enumerate()}
    client.close()
    del streams


def test_taken_port_is_an_os_error_and_leaves_nothing() -> None:
    """Neither threads nor files."""
    before = set(threading.enumerate())
    with socket.create_server(("0.0.0.0", 0)) as taken, pytest.raises(OSError, match="in use"):
        Lab(tutorial(2), port=taken.getsockname()[1])
    assert set(threading.enumerate()) - before == set()


def test_directory_can_be_chosen(tmp_path: Path) -> None:
    """It is made private, and goes when the lab does."""
    with Lab(tutorial(1), directory=tmp_path / "lab") as lab:
        assert lab.ssh_config == tmp_path / "lab" / "ssh_config"
        assert stat.S_IMODE((tmp_path / "lab").stat().st_mode) == 0o700
    assert not (tmp_path / "lab").exists()


def test_files_of_somebody_else_are_not_overwritten(tmp_path: Path) -> None:
    """An existing ssh_config stays as it is."""
    (tmp_path / "ssh_config").write_text("mine")
    with pytest.raises(FileExistsError):
        Lab(tutorial(1), directory=tmp_path)
    assert (tmp_path / "ssh_config").read_text() == "mine"


def test_changed_password_is_the_one_of_every_dom0() -> None:
    """XAPI sets the system's own, on all hosts; the old one is good for nothing."""
    with Lab(tutorial(2)) as lab:
        old, member = lab.password, lab.hosts[1].name
        lab.hosts[0].toolstack.call("session.change_password", old, "another one")
        assert [ssh_login(lab, member, each) for each in (old, "another one")] == [False, True]
