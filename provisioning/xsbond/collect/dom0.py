"""A dom0: what is asked of it in one exec, and its answers."""

import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import testinfra.host

from xsbond.collect.remote.apart import apart
from xsbond.collect.remote.batch import (
    ANSWER,
    IDENTITY,
    INSTALLATION,
    PATIENCE,
    Batch,
    changing,
    looking,
)
from xsbond.collect.secret import scrubbed
from xsbond.collect.ssh import COMMAND_TIMEOUT, SshSettings, StrictParamikoBackend
from xsbond.errors import PoolError, TrustError, UnexpectedOutput
from xsbond.model import CommandOutput
from xsbond.snapshot import installation

INIT_COMPLETE = "/var/run/xapi_init_complete.cookie"
"""Exists once xapi's start-up, bonds included, is over (xapi.ml, "writing init complete")."""

PROBE: Mapping[str, str] = {
    "clock": "date +%s",
    "ifconfig-a": "ifconfig -a",
    "ovs-list-br": "ovs-vsctl list-br",
    "ovs-bond-list": "ovs-appctl bond/list",
    # Open vSwitch 1.x wants to be told which bond, and then does not say its name.
    "ovs-bond-show": (
        "ovs-appctl bond/show || { l=$(ovs-appctl bond/list) &&"
        ' for b in $(echo "$l" | tail -n +2 | cut -f 1); do'
        ' echo "---- $b ----"; ovs-appctl bond/show $b; echo; done; }'
    ),
    # As bond/show; a bond without LACP is no object of it.
    "ovs-lacp": (
        "ovs-appctl lacp/show || { l=$(ovs-vsctl --bare --columns=name find port lacp=active) &&"
        " for b in $l; do ovs-appctl lacp/show $b || exit; done; }"
    ),
    "ovs-show": "ovs-vsctl show",
    "ovs-ports": (
        "ovs-vsctl --format=json --columns=name,lacp,bond_updelay,other_config list port"
    ),
    "ovs-interfaces": "ovs-vsctl --format=json --columns=name,ingress_policing_rate list interface",
    # A switch that is busy with its bridges may close the first connection (Broken pipe).
    "ovs-flows": (
        "for b in $(ovs-vsctl --bare --columns=name list bridge); do"
        ' echo "==== $b ===="; ovs-ofctl dump-flows $b || ovs-ofctl dump-flows $b || exit; done'
    ),
    "ovs-version": "ovs-vsctl --version",
    "ip-addr": "ip -o addr",
    "ip-link": "ip -o link",
    "kernel-bonds": (
        'for f in /proc/net/bonding/*; do test -e "$f" || continue;'
        ' echo "==== ${f##*/} ===="; cat "$f"; done'
    ),
    "kernel-bridges": (
        'for d in /sys/class/net/*/bridge; do test -e "$d" || continue;'
        " d=${d%/bridge}; echo ${d##*/}; done"
    ),
    "network-conf": "cat /etc/xensource/network.conf",
    "inventory": "cat /etc/xensource-inventory",
    "sysfs-net": (
        "for i in /sys/class/net/*; do n=${i##*/}; l=; for f in address mtu operstate carrier; do"
        " v=$(cat $i/$f 2>/dev/null || echo '(unreadable)');"
        ' l="$l$n $f $v\n"; done;'
        # What went meanwhile, as the interface of a guest does, is no NIC that cannot be read.
        ' test -e $i && printf %b "$l"; done; true'
    ),
    "start-up": (
        f"if test -e {INIT_COMPLETE}; then echo complete;"
        " elif service xapi status 2>/dev/null | grep -q -e running -e activating;"
        " then echo 'under way'; else echo stopped; fi"
    ),
}
"""Name -> command: what one look asks of a dom0. None of them changes anything."""

COUNTERS = (
    "for f in /sys/class/net/*/statistics/rx_packets; do"
    " d=${f%/statistics/rx_packets}; echo ${d##*/} $(cat $f); done"
)
"""Prints how many packets each interface has received so far."""

MEMBER_PROBE: Mapping[str, str] = {
    **PROBE,
    "network-list": "xe network-list params=uuid,name-label,bridge",
}
"""The probe where a member's own view of the pool counts, too."""

CERTIFICATE_COMMAND = (
    "sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p'"
    " /etc/xensource/xapi-ssl.pem"
)
"""Prints the public part of xapi's PEM file; the private key in it stays where it is."""

_LONGEST_REASON = 300
"""Characters of what a command complained of that an error repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which host a dom0 must be."""

    label: str
    uuid: str
    """host.uuid."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Host uuid or address -> label, of the whole pool; it may grow."""


class Dom0:
    """One host's dom0, connected on first use; every failure becomes an error of this product.

    With an `identity`, whatever answers must prove to be that host each time it is asked.
    """

    def __init__(
        self, name: str, settings: SshSettings, alias: str = "", identity: Identity | None = None
    ) -> None:
        self.name, self._identity, self._hidden = name, identity, settings.hidden
        self._backend = StrictParamikoBackend(
            name, settings, alias, identity.names if identity else None
        )

    @property
    def host(self) -> testinfra.host.Host:
        """Return testinfra's Host of this dom0, for tests of one's own."""
        if self._identity:
            self.ask("true")
        return testinfra.host.Host(self._backend)

    @property
    def host_key(self) -> str:
        """Return kind and fingerprint of the SSH key it has proven; empty while not connected."""
        return self._backend.host_key

    def run(self, command: str, timeout: float = COMMAND_TIMEOUT) -> CommandOutput:
        """Run one command that may change something, on this host only, as long as it takes.

        Raises PoolError if it could not be run, whatever its exit status, or did not end within
        `timeout` seconds; TrustError, without running it, on another host.
        """
        mark = _new_mark()
        wanted = self._identity.uuid if self._identity else ""
        asked = {INSTALLATION: IDENTITY, ANSWER: command}
        batch = Batch(asked, mark, ends=time.monotonic() + timeout)
        apart(lambda: self._read(batch, changing(command, mark, wanted), timeout))
        if INSTALLATION in batch.answers:
            self._refuse_another(batch.answers[INSTALLATION])
        if ANSWER not in batch.answers:
            raise PoolError(self.name, command, "the answer is cut short")
        return self._scrubbed(batch.answers[ANSWER])

    def ask(self, command: str) -> CommandOutput:
        """Run one command that only looks, bounded in time in dom0 itself.

        Raises PoolError, too, if the command had to be ended, or its answer is cut short.
        """
        try:
            answer = self.run_all({ANSWER: command})[ANSWER]
        except UnexpectedOutput as error:
            raise PoolError(self.name, command, error.reason) from error
        if answer.trouble:
            raise PoolError(self.name, command, answer.trouble)
        return answer

    def run_all(self, commands: Mapping[str, str]) -> Mapping[str, CommandOutput]:
        """Run commands that only look in one exec, each bounded in time in dom0 itself.

        One that does not end, or prints without end, costs the others nothing: its own answer says
        so. Raises PoolError, TrustError on another host, UnexpectedOutput for an answer cut short.
        """
        wanted = {**commands, INSTALLATION: IDENTITY} if self._identity else dict(commands)
        answers: dict[str, CommandOutput] = {}
        while left := {name: wanted[name] for name in wanted if name not in answers}:
            answers |= self._look(left)
        if INSTALLATION in answers:
            self._refuse_another(answers[INSTALLATION])
        return {name: answers[name] for name in commands}

    def _look(self, commands: Mapping[str, str]) -> Mapping[str, CommandOutput]:
        """Ask for as many as answer before one that keeps the rest from it, that one included."""
        mark = _new_mark()
        apart(self._backend.connect)
        # Counted from before the request is sent, and not from before a slow connection is made.
        batch = Batch(commands, mark)
        apart(lambda: self._read(batch, looking(commands, mark), PATIENCE))
        left = [each for each in commands if each not in batch.answers]
        if left and not any(answer.trouble for answer in batch.answers.values()):
            source = f"{self.name}: {commands[left[0]]}"
            said = scrubbed(batch.last_words, self._hidden)
            raise UnexpectedOutput(source, said, "the answer is cut short")
        return {name: self._scrubbed(answer) for name, answer in batch.answers.items()}

    def _read(self, batch: Batch, command: str, timeout: float) -> None:
        with self._backend.running(command, timeout) as channel:
            batch.read(channel)

    def _scrubbed(self, answer: CommandOutput) -> CommandOutput:
        """Return an answer that does not show the password, whoever has written that into dom0."""
        out, err = (scrubbed(text, self._hidden) for text in (answer.stdout, answer.stderr))
        return replace(answer, stdout=out, stderr=err)

    def _refuse_another(self, answer: CommandOutput) -> None:
        """Raise TrustError if another host has answered, PoolError if nobody can tell."""
        if self._identity is None:
            return
        told, wanted = installation.told_by(answer.stdout), self._identity
        if reason := installation.another(wanted.label, wanted.uuid, told, wanted.names):
            if told:
                raise TrustError(self.name, "SSH", reason)
            said = " ".join((answer.trouble or answer.stderr).split())[:_LONGEST_REASON]
            raise PoolError(self.name, "SSH", f"{reason} ({said})" if said else reason)

    def certificate(self) -> str:
        """Return the PEM of the certificate this host's xapi presents."""
        path, answer = "/etc/xensource/xapi-ssl.pem", self.ask(CERTIFICATE_COMMAND)
        if "BEGIN CERTIFICATE" not in answer.stdout:
            reason = answer.stderr.strip()[:_LONGEST_REASON] or "there is no certificate in it"
            raise PoolError(self.name, path, reason)
        # The chain may follow; the first one is the server's own.
        pem = answer.stdout.split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
        except (ValueError, ssl.SSLError) as error:
            # What came is not repeated: the file holds the private key, too.
            raise PoolError(self.name, path, "its certificate cannot be read") from error
        return pem

    def close(self) -> None:
        """Close the connection."""
        self._backend.close()


def _new_mark() -> str:
    return f"xsbond-{secrets.token_hex(8)}"
