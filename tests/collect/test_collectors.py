"""The two collectors against a lab: the sweep, its fallback, and answers that cannot be trusted."""

from collections.abc import Iterator

import pytest

from tests.support.labs import connected
from xsbond.collect.address import PoolAddress
from xsbond.collect.dom0 import PROBE, Dom0
from xsbond.collect.observe import Connections, observe
from xsbond.collect.ssh import SshSettings
from xsbond.collect.sweep import CLASSES
from xsbond.collect.xapi import PoolApi
from xsbond.errors import CallRefused, OptionError, PoolError
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.snapshot.snapshot import Records


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab of two hosts; nothing here changes it."""
    with Lab(tutorial(2)) as lab:
        yield lab


@pytest.fixture(scope="module")
def connections(lab: Lab) -> Iterator[Connections]:
    """A session with it."""
    with connected(lab) as connections:
        yield connections


@pytest.fixture(scope="module")
def dom0(lab: Lab) -> Iterator[Dom0]:
    """The dom0 of its master."""
    dom0 = Dom0("xs-1", SshSettings(ssh_config=str(lab.ssh_config)))
    yield dom0
    dom0.close()


class WithoutEvents(PoolApi):
    """A session with a server that refuses event.from."""

    def sweep(self) -> Records:
        """Be refused, as by a server that does not know the call."""
        raise CallRefused(self.address.host, "event.from", "MESSAGE_METHOD_UNKNOWN", ())


def test_sweep_and_fallback_read_the_same(connections: Connections) -> None:
    """Class by class gives what one event.from gives, sets in any order."""
    swept, api = connections.api.records(), connections.api
    fallback = WithoutEvents(api.address, api._session, api._transport).records()
    assert list(fallback) == list(CLASSES.values())
    assert {name: sorted(table) for name, table in fallback.items()} == {
        name: sorted(table) for name, table in swept.items()
    }


def test_refusal_keeps_code_and_arguments(connections: Connections) -> None:
    """XAPI's error code and its arguments are attributes of the error."""
    with pytest.raises(CallRefused) as caught:
        connections.api.read("PIF.get_record", "OpaqueRef:nonsense")
    assert (caught.value.code, caught.value.arguments) == (
        "HANDLE_INVALID",
        ("PIF", "OpaqueRef:nonsense"),
    )


def test_task_that_fails_carries_the_error(connections: Connections) -> None:
    """An Async call that fails raises what the synchronous one would have."""
    api = connections.api
    (network,) = api.read("network.get_by_name_label", "NAS")
    pifs = api.read("network.get_PIFs", network)
    with pytest.raises(CallRefused) as caught:
        api.run_task("Bond.create", network, pifs[:1], "", "lacp", {}, deadline=30)
    assert caught.value.code == "NETWORK_ALREADY_CONNECTED"


def test_waiting_ends_at_its_deadline(connections: Connections) -> None:
    """What never comes is given up, with what was waited for."""
    with pytest.raises(PoolError, match=r"the moon did not fall within 0\.3 s$"):
        connections.api.wait(("bond",), lambda: False, 0.3, "the moon did not fall")


def test_look_asks_every_dom0(connections: Connections) -> None:
    """A snapshot holds the answer of every host to every command of the probe."""
    snapshot = observe(connections)
    assert [set(dom0.outputs) for dom0 in snapshot.raw.dom0.values()] == [set(PROBE)] * 2
    assert {output.exit for d in snapshot.raw.dom0.values() for output in d.outputs.values()} == {0}


def test_streams_and_exit_status_belong_to_their_command(dom0: Dom0) -> None:
    """Several commands in one exec keep stdout, stderr and exit status apart."""
    answers = dom0.run_all({"one": "echo out; echo err >&2; false", "two": "printf no-newline"})
    one, two = answers["one"], answers["two"]
    assert (one.stdout, one.stderr, one.exit) == ("out\n", "err\n", 1)
    assert (two.stdout, two.stderr, two.exit) == ("no-newline", "", 0)


def test_certificate_is_read_without_the_key(dom0: Dom0) -> None:
    """The PEM that is read holds one certificate, and no private key."""
    pem = dom0.certificate()
    assert pem.startswith("-----BEGIN CERTIFICATE-----\n")
    assert (pem.count("BEGIN"), "PRIVATE" in pem) == (1, False)


def test_command_that_takes_too_long_is_given_up(dom0: Dom0) -> None:
    """A command past its time-out is an error that names the host."""
    with pytest.raises(PoolError, match=r"^xs-1: SSH: no answer in time"):
        dom0.run("sleep 1000", timeout=0.2)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("xs-1", "https://xs-1"),
        ("172.16.0.10", "https://172.16.0.10"),
        ("https://xs-1:8443", "https://xs-1:8443"),
        ("xs-1:8443", "https://xs-1:8443"),
        ("fe80::1", "https://[fe80::1]"),
        ("[fe80::1]:8443", "https://[fe80::1]:8443"),
    ],
)
def test_address_is_read(text: str, url: str) -> None:
    """A name, an address or a URL becomes the URL that is asked."""
    assert PoolAddress.parse(text).url == url


@pytest.mark.parametrize("text", ["http://xs-1", "https://", "xs-1:port", "xs-1/path", ""])
def test_no_address_is_refused(text: str) -> None:
    """What is no address is refused by the option's name."""
    with pytest.raises(OptionError, match=r"^--pool: "):
        PoolAddress.parse(text)
