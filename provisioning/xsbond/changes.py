"""Each step of a plan, carried out; and what is looked for where the answer to one was lost.

Functions return what was made, by uuid, as the journal keeps it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import stamina

from xsbond.errors import AnswerLost, CallRefused, PoolError
from xsbond.lookup import nic_pifs
from xsbond.model import DesiredBond
from xsbond.observe import Connections
from xsbond.restart import Progress, confirm_member, restart_member
from xsbond.snapshot import Snapshot
from xsbond.steps import (
    AnyStep,
    ClearAddress,
    CreateBond,
    CreateNetwork,
    DestroyBond,
    DestroyNetwork,
    RestartAgent,
    SetAddress,
)

Made = Mapping[str, Any]
"""What a step made: network, bond, bonds by network, pif; uuids each."""

_LOOKED_FOR = 20.0
"""Seconds in which what an unanswered call has done must show, once no task of it is left."""


@dataclass(slots=True)
class Changes:
    """Makes the changes of one run, in a pool whose snapshot was taken before the first."""

    connections: Connections
    snapshot: Snapshot
    desired: Sequence[DesiredBond]
    progress: Progress
    deadline: float
    """Seconds each step may take, a member's restart and inheritance included."""

    def make(self, step: AnyStep) -> Made:
        """Carry out one step; raises PoolError, AnswerLost if nobody knows whether it was done."""
        makers: Mapping[type[AnyStep], Callable[[Any], Made]] = {
            CreateNetwork: self._create_network,
            CreateBond: self._create_bond,
            RestartAgent: self._restart,
            SetAddress: self._set_address,
            ClearAddress: self._clear_address,
            DestroyBond: self._destroy_bond,
            DestroyNetwork: self._destroy_network,
        }
        with self.connections.api.patient(self.deadline):
            return makers[type(step)](step)

    # --- making ---

    def _create_network(self, step: CreateNetwork) -> Made:
        record = {
            "name_label": step.network,
            "name_description": "",
            "MTU": str(step.mtu),
            "other_config": {},
        }
        api, lost = self.connections.api, False
        try:
            ref = api.change("network.create", record)
        except AnswerLost as error:
            # There was none of this name, and the lock keeps other runs away.
            ref = self._found(error, lambda: api.read("network.get_by_name_label", step.network))
            lost = True
        return {"network": api.read("network.get_uuid", ref), **_known(lost)}

    def _create_bond(self, step: CreateBond) -> Made:
        host = self.snapshot.host_ref(step.host)
        legs = [nic_pifs(self.snapshot, host, nic)[0][0] for nic in step.nics]
        network, lost = self._network(step.network), False
        try:
            self.connections.api.run_task(
                "Bond.create",
                network,
                legs,
                "",  # The first leg gives the MAC.
                step.mode.value,
                dict(step.properties),
                deadline=self.deadline,
            )
        except AnswerLost as error:
            self._found(error, lambda: self._bonds_of(legs[0], network))
            lost = True
        bonds = self._confirm(host, self._wanted(step.network))
        return {"bond": bonds[step.network], **_known(lost)}

    def _restart(self, step: RestartAgent) -> Made:
        host = self.snapshot.host_ref(step.host)
        bonds = restart_member(
            self.connections,
            host,
            self._wanted(*step.networks),
            self.deadline,
            self.progress,
            by_xapi=step.by_xapi,
            sees_dom0=self._sees_dom0(host),
        )
        return {"bonds": {network: bond.uuid for network, bond in bonds.items()}}

    def _set_address(self, step: SetAddress) -> Made:
        pif = self._own_pif(step)
        address, netmask = str(step.address.ip), str(step.address.netmask)
        return self._reconfigure(pif, "Static", address, netmask)

    def _own_pif(self, step: SetAddress) -> str:
        api, host = self.connections.api, self.snapshot.host_ref(step.host)
        for pif in api.read("network.get_PIFs", self._network(step.network)):
            if api.read("PIF.get_host", pif) == host:
                return str(pif)
        raise PoolError(step.host, step.does, "the host has no PIF on this network")

    def _reconfigure(self, pif: str, mode: str, address: str, netmask: str) -> Made:
        api, lost = self.connections.api, False
        try:
            words = (mode, address, netmask, "", "")
            api.run_task("PIF.reconfigure_ip", pif, *words, deadline=self.deadline)
        except AnswerLost as error:
            self._found(error, lambda: [pif] if api.read("PIF.get_IP", pif) == address else [])
            lost = True
        return {"pif": api.read("PIF.get_uuid", pif), "address": address, **_known(lost)}

    # --- taking back ---

    def _clear_address(self, step: ClearAddress) -> Made:
        pif = self.connections.api.read("PIF.get_by_uuid", step.pif)
        return self._reconfigure(pif, "None", "", "")

    def _destroy_bond(self, step: DestroyBond) -> Made:
        ref = self._by_uuid("Bond", step.uuid)
        if ref:
            try:
                self.connections.api.run_task("Bond.destroy", ref, deadline=self.deadline)
            except AnswerLost as error:
                self._found(error, lambda: [] if self._by_uuid("Bond", step.uuid) else ["gone"])
        return {"bond": step.uuid}

    def _destroy_network(self, step: DestroyNetwork) -> Made:
        ref = self._by_uuid("network", step.uuid)
        if ref:
            try:
                self.connections.api.change("network.destroy", ref)
            except AnswerLost as error:
                self._found(error, lambda: [] if self._by_uuid("network", step.uuid) else ["gone"])
        return {"network": step.uuid}

    # --- looking ---

    def _found(self, error: AnswerLost, look: Callable[[], Sequence[str]]) -> str:
        """Return the one thing that shows what an unanswered call has done, or raise its error."""
        self.progress(f"{error.action}: {error.reason}; looking whether it was done all the same")
        method = error.action.removeprefix("Async.")
        ends = time.monotonic() + min(_LOOKED_FOR, self.deadline)
        for attempt in stamina.retry_context(
            on=AnswerLost, attempts=None, timeout=self.deadline, wait_initial=0.1, wait_max=1.0
        ):
            with attempt:
                is_under_way = self._is_under_way(method)
                found = look()
                if len(found) == 1 and not is_under_way:
                    return found[0]
                if not is_under_way and time.monotonic() > ends:
                    reason = f"{error.reason}, and the pool shows nothing of it"
                    raise PoolError(error.address, method, reason) from error
                raise AnswerLost(error.address, method, f"{error.reason}; it was not seen to end")
        raise AssertionError("stamina ends with a result or an error")

    def _is_under_way(self, method: str) -> bool:
        """Tell whether the pool carries out such a call, as far as this account may see tasks."""
        try:
            tasks = self.connections.api.read("task.get_all_records")
        except CallRefused:
            return False
        names = {method, f"Async.{method}"}
        return any(
            task["name_label"] in names and task["status"] == "pending" for task in tasks.values()
        )

    def _confirm(self, host: str, wanted: Sequence[DesiredBond]) -> Mapping[str, str]:
        """Return network -> uuid of a host's bonds once they are in use, in XAPI and in dom0."""
        bonds = confirm_member(
            self.connections,
            host,
            wanted,
            self.deadline,
            self.progress,
            sees_dom0=self._sees_dom0(host),
        )
        return {network: bond.uuid for network, bond in bonds.items()}

    def _sees_dom0(self, host: str) -> bool:
        dom0 = self.snapshot.raw.dom0.get(self.snapshot.hosts[host].uuid)
        return dom0 is not None and not dom0.unreachable

    def _wanted(self, *networks: str) -> Sequence[DesiredBond]:
        return [bond for bond in self.desired if bond.network in networks]

    def _bonds_of(self, leg: str, network: str) -> Sequence[str]:
        """Return the bond a NIC is a leg of, if it is on this network."""
        api = self.connections.api
        bond = api.read("PIF.get_bond_slave_of", leg)
        if bond in {"", "OpaqueRef:NULL"}:
            return []
        there = api.read("PIF.get_network", api.read("Bond.get_master", bond))
        return [bond] if there == network else []

    def _by_uuid(self, kind: str, uuid: str) -> str:
        """Return the ref of an object; nothing if it is gone."""
        try:
            return str(self.connections.api.read(f"{kind}.get_by_uuid", uuid))
        except CallRefused as refusal:
            if refusal.code != "UUID_INVALID":
                raise
            return ""

    def _network(self, label: str) -> str:
        found = self.connections.api.read("network.get_by_name_label", label)
        if len(found) != 1:
            reason = f"{len(found)} networks have this name"
            raise PoolError(self.connections.api.address.host, f"network {label}", reason)
        return str(found[0])


def _known(lost: bool) -> Mapping[str, str]:
    """Return how it is known that a change was made."""
    return {"known": "found" if lost else "answered"}
