"""What happens on one SSH channel: a command, a script from standard input, or a dialogue."""

import contextlib
from collections.abc import Callable
from typing import Protocol

from xsbond.lab.shell import Machine, Session
from xsbond.lab.shell.streams import Streams, decode
from xsbond.lab.ssh.outputs import Outputs
from xsbond.lab.ssh.terminal import Interrupted, Terminal

_BASHRC = "/root/.bashrc"
_INTERRUPTED = 130
_CHUNK = 32768


class Channel(Protocol):
    """What a dialogue needs of an SSH channel."""

    closed: bool

    def recv(self, nbytes: int) -> bytes:
        """Return some of what the client sent, nothing at its end."""

    def recv_ready(self) -> bool:
        """Tell whether the client sent something that was not read."""

    def sendall(self, s: bytes) -> None:
        """Send to the client's standard output; OSError if it is gone."""

    def sendall_stderr(self, s: bytes) -> None:
        """Send to the client's standard error; OSError if it is gone."""


class ChannelInput:
    """A channel's standard input."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._ahead = b""

    def read(self) -> str:
        """Return all that is left."""
        while data := self._channel.recv(_CHUNK):
            self._ahead += data
        text, self._ahead = self._ahead, b""
        return decode(text)

    def readline(self) -> str:
        """Return one line with its newline; empty at the end."""
        while b"\n" not in self._ahead and (data := self._channel.recv(_CHUNK)):
            self._ahead += data
        line, newline, self._ahead = self._ahead.partition(b"\n")
        return decode(line + newline)


def run_command(channel: Channel, machine: Machine, command: bytes, *, terminal: bool) -> int:
    """Run a command for a client and return its exit status."""
    if terminal:
        streams, shown = _terminal_streams(channel)
        return _run(Session(machine, _watch(channel, shown)), streams, machine, command)
    with Outputs(channel) as outputs:
        session = Session(machine, lambda: channel.closed)
        return _run(session, _plain_streams(channel, outputs), machine, command)


def _run(session: Session, streams: Streams, machine: Machine, command: bytes) -> int:
    try:
        _greet(session, streams, machine)
        session.execute(decode(command), streams)
        session.wait_for_output()
    except Interrupted:
        return _INTERRUPTED
    return session.status


def _greet(session: Session, streams: Streams, machine: Machine) -> None:
    """Run .bashrc, which bash reads whenever sshd starts it (bash(1), INVOCATION)."""
    with contextlib.suppress(FileNotFoundError):
        session.execute(machine.dom0.files.read(_BASHRC), streams)


def _plain_streams(channel: Channel, outputs: Outputs) -> Streams:
    stdin = ChannelInput(channel)
    return Streams(stdin=stdin, stdout=outputs.stdout, stderr=outputs.stderr)


def _terminal_streams(channel: Channel) -> tuple[Streams, Terminal]:
    shown = Terminal(lambda: channel.recv(_CHUNK), channel.sendall)
    return Streams(stdin=shown, stdout=shown, stderr=shown), shown


def _watch(channel: Channel, terminal: Terminal) -> Callable[[], bool]:
    """Return whether a command is to stop: the channel is closed, or Ctrl-C was typed."""

    def is_cancelled() -> bool:
        interrupted = False
        while channel.recv_ready():
            interrupted |= terminal.type_ahead(channel.recv(_CHUNK))
        return channel.closed or interrupted

    return is_cancelled


def run_shell(channel: Channel, machine: Machine, *, terminal: bool) -> int:
    """Run line after line as they come in; with a terminal, prompt for each."""
    if not terminal:
        return _run_lines(channel, machine)
    streams, shown = _terminal_streams(channel)
    session = Session(machine, _watch(channel, shown))
    _greet(session, streams, machine)
    script = ""
    while not session.exited and not channel.closed:
        shown.write("> " if script else _prompt(session, machine))
        try:
            line = shown.readline()
        except Interrupted:
            script = ""
            continue
        if not line:
            shown.write("logout\n")
            break
        script = _take(session, streams, script + line)
    return session.status


def _prompt(session: Session, machine: Machine) -> str:
    """Return root's prompt as Red Hat's /etc/bashrc sets it: user, host, last directory."""
    directory = session.directory
    last = "~" if directory == "/root" else directory.rsplit("/", 1)[-1] or "/"
    return f"[root@{machine.dom0.hostname} {last}]# "


def _run_lines(channel: Channel, machine: Machine) -> int:
    session = Session(machine, lambda: channel.closed)
    script = ""
    with Outputs(channel) as outputs:
        streams = _plain_streams(channel, outputs)
        while not session.exited and (line := streams.stdin.readline()):
            script = _take(session, streams, script + line)
        if script:
            session.execute(script, streams)
    return session.status


def _take(session: Session, streams: Streams, script: str) -> str:
    """Run a script if it is complete; return what is still to be completed."""
    if session.is_unfinished(script):
        return script
    with contextlib.suppress(Interrupted):
        session.execute(script, streams)
    return ""
