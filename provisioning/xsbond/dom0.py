"""A dom0: what is asked of it in one exec, and its answers."""

import re
import secrets
import ssl
from collections.abc import Mapping

import testinfra.host

from xsbond.errors import PoolError, UnexpectedOutput
from xsbond.model import CommandOutput
from xsbond.ssh import COMMAND_TIMEOUT, SshSettings, StrictParamikoBackend, translated

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
    "ovs-show": "ovs-vsctl show",
    "ovs-ports": (
        "ovs-vsctl --format=json --columns=name,lacp,bond_updelay,other_config list port"
    ),
    "ovs-version": "ovs-vsctl --version",
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
        "for i in /sys/class/net/*; do n=${i##*/}; for f in address mtu operstate carrier; do"
        " v=$(cat $i/$f 2>/dev/null || echo '(unreadable)');"
        " printf '%s %s %s\\n' $n $f \"$v\"; done; done"
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


class Dom0:
    """One host's dom0, connected on first use; every failure becomes an error of this product."""

    def __init__(self, name: str, settings: SshSettings, alias: str = "") -> None:
        self.name = name
        self._backend = StrictParamikoBackend(name, settings, alias)

    @property
    def host(self) -> testinfra.host.Host:
        """Return testinfra's Host of this dom0, for tests of one's own."""
        return testinfra.host.Host(self._backend)

    @property
    def host_key(self) -> str:
        """Return kind and fingerprint of the SSH key it has proven; empty while not connected."""
        return self._backend.host_key

    def run(self, command: str, timeout: float = COMMAND_TIMEOUT) -> CommandOutput:
        """Run one command; PoolError if it could not be run, whatever its exit status."""
        self._backend.command_timeout = timeout
        with translated(self.name):
            result = self._backend.run(command)
        return CommandOutput(
            command=command,
            exit=result.rc,
            stdout=result.stdout_bytes.decode("utf-8", "backslashreplace"),
            stderr=result.stderr_bytes.decode("utf-8", "backslashreplace"),
        )

    def run_all(self, commands: Mapping[str, str]) -> Mapping[str, CommandOutput]:
        """Run several commands in one exec; UnexpectedOutput if an answer is cut short."""
        mark = f"xsbond-{secrets.token_hex(8)}"
        answer = self.run(_batch(commands, mark))
        stdout = sections(self.name, answer.stdout, mark, commands)
        stderr = sections(self.name, answer.stderr, mark, commands)
        return {
            name: CommandOutput(
                command=command,
                exit=stdout[name][1],
                stdout=stdout[name][0],
                stderr=stderr[name][0],
            )
            for name, command in commands.items()
        }

    def certificate(self) -> str:
        """Return the PEM of the certificate this host's xapi presents."""
        path, answer = "/etc/xensource/xapi-ssl.pem", self.run(CERTIFICATE_COMMAND)
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


def _batch(commands: Mapping[str, str], mark: str) -> str:
    """Return a script that runs the commands, with marks around each on both its streams."""
    lines = ["export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin:/opt/xensource/bin"]
    for name, command in commands.items():
        lines += [
            f"echo {mark} {name}; echo {mark} {name} >&2",
            command,
            f"r=$?; echo; echo {mark} end $r; echo >&2; echo {mark} end $r >&2",
        ]
    return "\n".join(lines)


def sections(
    host: str, stream: str, mark: str, commands: Mapping[str, str]
) -> Mapping[str, tuple[str, int]]:
    """Return name -> (text, exit status); what a login script printed before is left out."""
    found = {}
    for name, command in commands.items():
        pattern = rf"^{mark} {re.escape(name)}\n(.*?)\n{mark} end (\d+)$"
        match = re.search(pattern, stream, re.DOTALL | re.MULTILINE)
        if match is None:
            raise UnexpectedOutput(f"{host}: {command}", stream[-200:], "the answer is cut short")
        found[name] = match[1], int(match[2])
    return found
