"""Carry a plan out: the master first, then one member after the other, until the first trouble.

Every change is announced before it is made. Whatever ends a run early, the error says what was
done, what was being done, and what was not.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from xsbond.errors import CallRefused, PoolError, XsbondError
from xsbond.lookup import nic_pifs
from xsbond.members import Progress, restart_member
from xsbond.model import DesiredBond
from xsbond.observe import Connections
from xsbond.plan import Plan
from xsbond.snapshot import Snapshot
from xsbond.steps import CreateBond, CreateNetwork, RestartAgent, SetAddress, Step


class Refused(XsbondError):  # noqa: N818 - the plan's answer, not a failure of the product
    """The plan may not be carried out; nothing was changed."""

    def __init__(self, plan: Plan) -> None:
        self.refusals = plan.refusals
        super().__init__(plan.refusals)

    def __str__(self) -> str:
        reasons = "\n  ".join(map(str, self.refusals))
        return f"nothing was changed, because\n  {reasons}"


class Stopped(XsbondError):  # noqa: N818 - a state of the pool
    """A plan came to a halt half-way; the pool is between two states."""

    def __init__(self, done: Sequence[Step], at: str, left: Sequence[Step], reason: str) -> None:
        self.done, self.at, self.left, self.reason = tuple(done), at, tuple(left), reason
        super().__init__(done, at, left, reason)

    def __str__(self) -> str:
        return (
            f"stopped while it was to {self.at}: {self.reason}"
            f" | done: {_list(self.done)} | not done: {_list(self.left)}"
        )


def _list(steps: Sequence[Step]) -> str:
    return "; ".join(step.does for step in steps) or "nothing"


@dataclass(slots=True)
class Provisioning:
    """One run of a plan against the pool its snapshot was taken of."""

    plan: Plan
    desired: Sequence[DesiredBond]
    snapshot: Snapshot
    """The pool before the first step."""
    connections: Connections
    progress: Progress
    deadline: float
    """Seconds each step may take, a member's restart and inheritance included."""
    done: list[Step] = field(default_factory=list)

    def run(self, created: Callable[[], None]) -> None:
        """Take all steps, calling `created` between the master's part and the members'.

        Raises Refused before, or Stopped in between.
        """
        if self.plan.refusals:
            raise Refused(self.plan)
        for step in self.plan.master_steps:
            self._take(step)
        if self.plan.steps:
            with self._stopping("look at the pool before the members"):
                created()
        for step in self.plan.member_steps:
            self._take(step)

    def _take(self, step: Step) -> None:
        self.progress(step.does)
        with self._stopping(step.does):
            self._change(step)
        self.done.append(step)

    @contextlib.contextmanager
    def _stopping(self, doing: str) -> Iterator[None]:
        """Turn whatever ends the run early into an error that says where it ended."""
        try:
            yield
        except BaseException as error:
            # Ctrl-C leaves a half-way pool just as an error does.
            left = [step for step in self.plan.steps[len(self.done) :] if step.does != doing]
            interrupted = isinstance(error, KeyboardInterrupt)
            reason = "interrupted" if interrupted else str(error) or type(error).__name__
            if isinstance(error, CallRefused):
                reason += self._take_back_networks()
            raise Stopped(self.done, doing, left, reason) from error

    def _change(self, step: Step) -> None:
        match step:
            case CreateNetwork():
                self._create_network(step)
            case CreateBond():
                self._create_bond(step)
            case RestartAgent():
                wanted = [bond for bond in self.desired if bond.network in step.networks]
                host = self.snapshot.host_ref(step.host)
                restart_member(self.connections, host, wanted, self.deadline, self.progress)
            case SetAddress():
                self._set_address(step)

    def _create_network(self, step: CreateNetwork) -> None:
        record = {
            "name_label": step.network,
            "name_description": "",
            "MTU": str(step.mtu),
            "other_config": {},
        }
        self.connections.api.change("network.create", record)

    def _create_bond(self, step: CreateBond) -> None:
        host = self.snapshot.host_ref(step.host)
        legs = [nic_pifs(self.snapshot, host, nic)[0][0] for nic in step.nics]
        self.connections.api.run_task(
            "Bond.create",
            self._network(step.network),
            legs,
            "",  # The first leg gives the MAC.
            step.mode.value,
            dict(step.properties),
            deadline=self.deadline,
        )

    def _set_address(self, step: SetAddress) -> None:
        api, host = self.connections.api, self.snapshot.host_ref(step.host)
        for pif in api.read("network.get_PIFs", self._network(step.network)):
            if api.read("PIF.get_host", pif) == host:
                address, netmask = str(step.address.ip), str(step.address.netmask)
                api.run_task(
                    "PIF.reconfigure_ip",
                    pif,
                    "Static",
                    address,
                    netmask,
                    "",
                    "",
                    deadline=self.deadline,
                )
                return
        raise PoolError(step.host, step.does, "the host has no PIF on this network")

    def _network(self, label: str) -> str:
        found = self.connections.api.read("network.get_by_name_label", label)
        if len(found) != 1:
            reason = f"{len(found)} networks have this name"
            raise PoolError(self.connections.api.address.host, f"network {label}", reason)
        return str(found[0])

    def _take_back_networks(self) -> str:
        """Destroy the networks this run made and put no PIF on; return words for the error."""
        taken = []
        for step in [each for each in self.done if isinstance(each, CreateNetwork)]:
            try:
                self._destroy_if_unused(step)
            except PoolError as error:
                # The error to be told is the one that led here; this one only adds to it.
                return f" (network {step.network} could not be taken back: {error})"
            if step not in self.done:
                taken.append(step.network)
        return f" (network {', '.join(taken)} was taken back)" if taken else ""

    def _destroy_if_unused(self, step: CreateNetwork) -> None:
        ref = self._network(step.network)
        if not self.connections.api.read("network.get_PIFs", ref):
            self.connections.api.change("network.destroy", ref)
            self.done.remove(step)
