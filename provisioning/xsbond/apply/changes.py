"""Each step of a plan, carried out; and what is looked for where the answer to one was lost.

Functions return what was made, by uuid, as the journal keeps it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xsbond.apply.in_place.carry import InPlace
from xsbond.apply.lost_answers import Lookout
from xsbond.apply.pif_changes import Made, PifChanges, known
from xsbond.apply.pool_objects import bonds_of_leg, by_uuid, network_ref
from xsbond.apply.restart import Progress, confirm_member, restart_member
from xsbond.collect.observe import Connections
from xsbond.errors import AnswerLost, CallRefused
from xsbond.model import DesiredBond
from xsbond.plan.differing.steps import Change
from xsbond.plan.steps import (
    AnyStep,
    ClearAddress,
    CreateBond,
    CreateNetwork,
    CreateVlan,
    DestroyBond,
    DestroyNetwork,
    DestroyVlan,
    PlugVlan,
    RestartAgent,
    SetAddress,
    SetIpv6Address,
    SetOverrides,
)
from xsbond.snapshot.lookup import nic_pifs, wanted_on
from xsbond.snapshot.snapshot import Snapshot

__all__ = ["Changes", "Made"]


@dataclass(slots=True)
class Changes:
    """Makes the changes of one run, in a pool whose snapshot was taken before the first."""

    connections: Connections
    snapshot: Snapshot
    desired: Sequence[DesiredBond]
    progress: Progress
    deadline: float
    """Seconds each step may take, a member's restart and inheritance included."""

    def make(self, step: AnyStep | Change) -> Made:
        """Carry out one step; raises PoolError, AnswerLost if nobody knows whether it was done."""
        makers: dict[type[AnyStep | Change], Callable[[Any], Made]] = {
            CreateNetwork: self._create_network,
            CreateBond: self._create_bond,
            RestartAgent: self._restart,
            SetOverrides: self._pifs.set_overrides,
            SetAddress: self._pifs.set_address,
            SetIpv6Address: self._pifs.set_ipv6_address,
            CreateVlan: self._pifs.create_vlan,
            PlugVlan: self._pifs.plug_vlan,
            ClearAddress: self._pifs.clear_address,
            DestroyVlan: self._pifs.destroy_vlan,
            DestroyBond: self._destroy_bond,
            DestroyNetwork: self._destroy_network,
        }
        makers.update(InPlace(lookout=self._lookout).makers)
        with self.connections.api.patient(self.deadline):
            return makers[type(step)](step)

    @property
    def _lookout(self) -> Lookout:
        api, progress = self.connections.api, self.progress
        return Lookout(api=api, progress=progress, deadline=self.deadline)

    @property
    def _pifs(self) -> PifChanges:
        return PifChanges(lookout=self._lookout, snapshot=self.snapshot)

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
            ref = self._lookout.found(
                error, lambda: api.read("network.get_by_name_label", step.network)
            )
            lost = True
        return {"network": api.read("network.get_uuid", ref), **known(lost=lost)}

    def _create_bond(self, step: CreateBond) -> Made:
        api, host = self.connections.api, self.snapshot.host_ref(step.host)
        legs = [nic_pifs(self.snapshot, host, nic)[0][0] for nic in step.nics]
        network, lost = network_ref(api, step.network, step.network_uuid), False
        if step.moves_management:
            self._expect_a_break(step)
        try:
            api.run_task(
                "Bond.create",
                network,
                legs,
                step.mac,  # Empty: the first leg gives it one.
                step.mode.value,
                dict(step.properties),
                deadline=self.deadline,
            )
        except (AnswerLost, CallRefused) as error:
            if isinstance(error, CallRefused) and not _may_go_on(step, error):
                raise
            self._lookout.found(error, lambda: bonds_of_leg(api, legs[0], network))
            lost = True
        bonds = self._confirm(host, self._wanted(host, step.network))
        return {"bond": bonds[step.network], **known(lost=lost)}

    def _expect_a_break(self, step: CreateBond | RestartAgent) -> None:
        """Say what is to come, and keep no connection to this dom0 that may be cut unnoticed."""
        self.progress(f"{step.host}: its management interface moves; connections to it may break")
        self.connections.dom0(self.snapshot.hosts[self.snapshot.host_ref(step.host)]).close()

    def _restart(self, step: RestartAgent) -> Made:
        host = self.snapshot.host_ref(step.host)
        if step.moves_management:
            self._expect_a_break(step)
        bonds = restart_member(
            self.connections,
            host,
            self._wanted(host, *step.networks),
            self.deadline,
            self.progress,
            by_xapi=step.by_xapi,
            sees_dom0=self._sees_dom0(host),
        )
        return {"bonds": {network: bond.uuid for network, bond in bonds.items()}}

    # --- taking back ---

    def _destroy_bond(self, step: DestroyBond) -> Made:
        ref = by_uuid(self.connections.api, "Bond", step.uuid)
        if ref:
            try:
                self.connections.api.run_task("Bond.destroy", ref, deadline=self.deadline)
            except AnswerLost as error:
                self._lookout.found(
                    error,
                    lambda: [] if by_uuid(self.connections.api, "Bond", step.uuid) else ["gone"],
                )
        return {"bond": step.uuid}

    def _destroy_network(self, step: DestroyNetwork) -> Made:
        ref = by_uuid(self.connections.api, "network", step.uuid)
        if ref:
            try:
                self.connections.api.change("network.destroy", ref)
            except AnswerLost as error:
                self._lookout.found(
                    error,
                    lambda: [] if by_uuid(self.connections.api, "network", step.uuid) else ["gone"],
                )
        return {"network": step.uuid}

    # --- looking ---

    def _gone(self, kind: str, uuid: str) -> list[str]:
        return [] if by_uuid(self.connections.api, kind, uuid) else ["gone"]

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

    def _wanted(self, host: str, *networks: str) -> Sequence[DesiredBond]:
        """Return the bonds on these networks, as a host is to have them."""
        wanted = (bond for bond in self.desired if bond.network in networks)
        return [wanted_on(self.snapshot, host, bond) for bond in wanted]


def _may_go_on(step: CreateBond, refusal: CallRefused) -> bool:
    """Tell whether a call may be at work although the master has lost the host it was sent to.

    Moving the management interface cuts the master's own connection; after 30 s it gives up, and
    the host goes on (message_forwarding.ml, Bond.create).
    """
    return step.moves_management and refusal.code == "CANNOT_CONTACT_HOST"
