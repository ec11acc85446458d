"""Ctrl-C never reaches paramiko while it holds a lock: what is left would wait for it for ever."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from paramiko.buffered_pipe import BufferedPipe

from tests.support.labs import connected
from xsbond.collect.dom0 import Dom0
from xsbond.collect.observe import Connections, observe
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial


@pytest.fixture
def connections() -> Iterator[Connections]:
    """Connections to a lab of one host."""
    with Lab(tutorial(1)) as lab, connected(lab) as found:
        yield found


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads that read what a dom0 sends."""
    found: list[threading.Thread] = []
    read = BufferedPipe.read

    def noted(self: Any, *arguments: Any) -> Any:
        found.append(threading.current_thread())
        return read(self, *arguments)

    monkeypatch.setattr(BufferedPipe, "read", noted)
    return found


def dom0_of(connections: Connections) -> Dom0:
    """Return the dom0 of the only host."""
    (host,) = observe(connections).hosts.values()
    return connections.dom0(host)


@pytest.mark.parametrize("way", ["run", "ask", "testinfra"])
def test_main_thread_does_not_read_itself(
    connections: Connections, readers: list[threading.Thread], way: str
) -> None:
    """Whether it changes something, only looks, or is a test of one's own."""
    dom0 = dom0_of(connections)
    if way == "testinfra":
        assert dom0.host.run("echo 1").stdout == "1\n"
    else:
        assert getattr(dom0, way)("echo 1").stdout == "1\n"
    assert readers
    assert threading.main_thread() not in readers


def test_wait_that_is_interrupted_leaves_the_connection_fit_for_use(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes after Ctrl-C, such as setting a leg up, is asked of the same dom0."""
    dom0 = dom0_of(connections)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Future, "result", interrupted)
    with pytest.raises(KeyboardInterrupt):
        dom0.ask("sleep 3")
    monkeypatch.undo()
    assert dom0.ask("echo 2").stdout == "2\n"
