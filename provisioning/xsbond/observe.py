"""Look at a whole pool at once: XAPI in one sweep, every dom0 in one exec, all at the same time."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from xsbond.dom0 import MEMBER_PROBE, PROBE, Dom0
from xsbond.errors import PoolError, TrustError, UnexpectedOutput
from xsbond.model import Host
from xsbond.snapshot import RawDom0, RawSnapshot, Snapshot, now, read_record, read_snapshot
from xsbond.ssh import SshSettings
from xsbond.xapi import PoolApi

_MOST_AT_ONCE = 64
"""Hosts asked at the same time: all of the largest pool."""


class Connections:
    """A pool's XAPI session and the dom0s of its hosts, each connected once and kept."""

    def __init__(self, api: PoolApi, ssh: SshSettings) -> None:
        self.api, self.ssh = api, ssh
        self._dom0s: dict[str, Dom0] = {}

    def dom0(self, host: Host) -> Dom0:
        """Return the dom0 of a host, reached by the first of its names that SSH knows."""
        if host.uuid not in self._dom0s:
            name = self.ssh.name_for(host.name_label, host.hostname, host.address)
            self._dom0s[host.uuid] = Dom0(name, self.ssh, alias=host.address)
        return self._dom0s[host.uuid]

    def close(self) -> None:
        """Close everything."""
        for dom0 in self._dom0s.values():
            dom0.close()
        self.api.close()


def observe(connections: Connections, stage: str = "now", *, member_view: bool = False) -> Snapshot:
    """Return a snapshot of the pool; a dom0 that does not answer is part of it, with the reason.

    `member_view` also asks each dom0 what its own `xe` lists.
    """
    taken_at = now()
    records = connections.api.records()
    hosts = [read_record("host", ref, each, Host) for ref, each in records["host"].items()]
    probe = MEMBER_PROBE if member_view else PROBE
    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        answers = pool.map(lambda host: _ask(connections.dom0(host), probe), hosts)
        dom0 = dict(zip((host.uuid for host in hosts), answers, strict=True))
    return read_snapshot(
        RawSnapshot(
            stage=stage,
            taken_at=taken_at,
            address=connections.api.address.host,
            records=records,
            dom0=dom0,
        )
    )


def _ask(dom0: Dom0, probe: Mapping[str, str]) -> RawDom0:
    try:
        return RawDom0(outputs=dom0.run_all(probe))
    except TrustError:
        # Somebody else may answer in this host's place: that is no mere outage.
        raise
    except (PoolError, UnexpectedOutput) as error:
        return RawDom0(unreachable=str(error))
