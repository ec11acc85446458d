"""Follows the links: metrics of PIFs, links_up of bonds, alerts about bonds.

Sources: ocaml/networkd/bin/network_monitor_thread.ml, ocaml/xapi/monitor_master.ml (update_pifs),
monitor_dbcalls.ml (pifs_update_fn).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xsbond.lab.contracts import Nic
from xsbond.lab.networking.networkd import bond_of
from xsbond.lab.pool import hosts
from xsbond.lab.pool.database import Record
from xsbond.lab.pool.state import Host, Pool

ALERT = "BOND_STATUS_CHANGED"
_PRIORITY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """How many legs of a bond carry traffic."""

    up: int
    total: int


class Monitor:
    """Samples all hosts whose xapi runs; `run` does so until the pool is closed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._links: dict[tuple[str, str], Links] = {}
        """(host, bond device) -> what the last sample saw."""
        self._agents: dict[str, str] = {}
        """Host -> start time of the agent that wrote the metrics last."""
        self._written: dict[str, Mapping[str, Any]] = {}
        """PIF_metrics or Bond -> the values written last.

        A sample is compared with these, so that what is changed in the database behind xapi's back
        stays until the next change of the link (monitor_dbcalls_cache.ml).
        """

    def run(self) -> None:
        """Sample until the pool is closed."""
        with self._pool.lock:
            while self._pool.pause(self._pool.delays.monitoring):
                self.sample()

    def sample(self) -> None:
        """Write what changed since the last sample; without a master nobody hears of it."""
        bounced, self._pool.bounced = self._pool.bounced, set()
        for host in self._pool.hosts.values() if self._pool.is_served else ():
            self._miss(host)
            if not host.networkd:
                self._forget_links(host)
            if self._reports(host):
                self._sample_host(host, {dev for ref, dev in bounced if ref == host.ref})

    def _reports(self, host: Host) -> bool:
        """Tell whether a host's xapi watches its links and the master hears it.

        It is xcp-networkd that looks at them; without it nothing changes any more.
        """
        return (
            host.is_heard
            and host.networkd
            and self._pool.master.linked
            and host.emergency is None
            and host.ref not in self._pool.unwatched
            and hosts.is_live(self._pool, host)
        )

    def _miss(self, host: Host) -> None:
        """Take a host for dead once its heartbeat was missing for long (db_gc.ml)."""
        silent = host.silent_since
        lost = self._pool.delays.lost_heartbeat
        if silent is not None and self._pool.clock.now() - silent >= lost:
            hosts.set_live(self._pool, host, live=False)

    def _sample_host(self, host: Host, bounced: set[str]) -> None:
        nics = {nic.device: nic for nic in host.backend.nics()}
        pifs = self._pool.database.get("host", host.ref)["PIFs"]
        if self._has_a_new_agent(host):
            self._forget_written(pifs)
        self._forget_bonds(host, pifs)
        for ref in pifs:
            pif = self._pool.database.get("PIF", ref)
            if pif["bond_master_of"]:
                self._sample_bond(host, ref, pif, nics)
            elif pif["physical"] and pif["device"] in nics:
                values = _metrics_of_nic(nics[pif["device"]], down=pif["device"] in bounced)
                self._write_metrics(pif, values)

    def _forget_bonds(self, host: Host, pifs: list[str]) -> None:
        """A bond of the same name that comes later is a new one."""
        devices = {self._pool.database.get("PIF", ref)["device"] for ref in pifs}
        self._links = {
            (ref, device): links
            for (ref, device), links in self._links.items()
            if ref != host.ref or device in devices
        }

    def _forget_links(self, host: Host) -> None:
        """What xcp-networkd has seen goes with its process: it says nothing of what is whole."""
        self._links = {key: links for key, links in self._links.items() if key[0] != host.ref}

    def _has_a_new_agent(self, host: Host) -> bool:
        """Tell whether xapi started since; it then writes all metrics once."""
        config = self._pool.database.get("host", host.ref)["other_config"]
        started = config.get("agent_start_time", "")
        known, self._agents[host.ref] = self._agents.get(host.ref), started
        return bool(known != started)

    def _sample_bond(self, host: Host, ref: str, pif: Record, nics: Mapping[str, Nic]) -> None:
        states = host.backend.link_states(pif["device"])
        bond = bond_of(self._pool, ref)
        legs = [nics[device] for device, enabled in states.items() if enabled and device in nics]
        active = legs[:1] if self._mode(bond) == "active-backup" else legs
        if self._is_new(bond, {"links_up": len(legs)}):
            self._pool.database.set("Bond", bond, links_up=len(legs))
        self._write_metrics(pif, _metrics_of_bond(active))
        if states:
            self._alert(host, pif["device"], sorted(states), len(legs))

    def _mode(self, bond: str) -> str:
        return str(self._pool.database.get("Bond", bond)["mode"])

    def _write_metrics(self, pif: Record, values: Mapping[str, Any]) -> None:
        if self._is_new(pif["metrics"], values):
            self._pool.database.set(
                "PIF_metrics", pif["metrics"], **values, last_updated=self._pool.date()
            )

    def _is_new(self, ref: str, values: Mapping[str, Any]) -> bool:
        """Tell whether these are other values than the last ones, and take note of them."""
        known, self._written[ref] = self._written.get(ref), values
        return known != values

    def _forget_written(self, pifs: Sequence[str]) -> None:
        """Let everything about a host's PIFs be written once more."""
        for pif in (self._pool.database.get("PIF", ref) for ref in pifs):
            for ref in (pif["metrics"], *pif["bond_master_of"]):
                self._written.pop(ref, None)

    def _alert(self, host: Host, device: str, names: list[str], up: int) -> None:
        """Say so when a bond changed, or is not whole when first seen."""
        now = Links(up=up, total=len(names))
        before = self._links.get((host.ref, device))
        self._links[host.ref, device] = now
        if before == now or (before is None and up == now.total):
            return
        verb, was = ("is", "") if before is None else ("changed", _was(before))
        body = f"The status of the {'+'.join(names)} bond {verb}: {up}/{now.total} up{was}"
        self._pool.database.create(
            "message",
            name=ALERT,
            priority=_PRIORITY,
            cls="Host",
            obj_uuid=host.uuid,
            timestamp=self._pool.date(),
            body=body,
        )


def _was(before: Links) -> str:
    return f" (was {before.up}/{before.total})"


def _metrics_of_nic(nic: Nic, *, down: bool) -> dict[str, Any]:
    carrier = nic.carrier and not down
    return {
        "carrier": carrier,
        "speed": nic.speed if carrier else 0,
        "duplex": carrier and nic.full_duplex,
        "pci_bus_path": nic.pci,
    }


def _metrics_of_bond(active: list[Nic]) -> dict[str, Any]:
    return {
        "carrier": bool(active),
        "speed": sum(nic.speed for nic in active),
        "duplex": bool(active) and all(nic.full_duplex for nic in active),
        "pci_bus_path": "",
    }
