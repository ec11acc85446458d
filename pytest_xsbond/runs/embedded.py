"""The pool that comes with the product: started for a run, as its options say."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pytest_xsbond.relevance import LAB, OVS_LAB
from pytest_xsbond.settings import Settings
from xsbond.errors import OptionError, PoolError
from xsbond.failover.drill import Traffic
from xsbond.failover.leg_facts import Loss
from xsbond.model import DesiredBond

if TYPE_CHECKING:
    from xsbond.lab.anylab import AnyLab
    from xsbond.lab.blueprint import Blueprint


def start_lab(settings: Settings) -> "AnyLab[Any]":
    """Start the lab that is asked for; OptionError for what it cannot be, PoolError if it fails."""
    from xsbond.lab.blueprint import MAX_HOSTS, PROFILES, tutorial  # noqa: PLC0415 - heavy

    if not 1 <= settings.lab_hosts <= MAX_HOSTS:
        raise OptionError("--xsbond-lab-hosts", f"a lab has 1 to {MAX_HOSTS} hosts")
    if settings.lab_profile not in PROFILES:
        reason = f"{settings.lab_profile!r} is none of {', '.join(PROFILES)}"
        raise OptionError("--xsbond-lab-profile", reason)
    blueprint = tutorial(settings.lab_hosts, PROFILES[settings.lab_profile])
    hosts = [host.name for host in blueprint.hosts]
    refuse_unknown_faults(settings, hosts)
    return _start_ovs_lab(blueprint) if settings.pool == OVS_LAB else _start_simulated(blueprint)


def _start_simulated(blueprint: "Blueprint") -> "AnyLab[Any]":
    from xsbond.lab import Lab  # noqa: PLC0415 - heavy, and seldom wanted

    try:
        return Lab(blueprint)
    except ImportError as error:
        raise OptionError(f"--pool={LAB}", str(error)) from error


def _start_ovs_lab(blueprint: "Blueprint") -> "AnyLab[Any]":
    """Start a lab of namespaces, unless this machine lacks what they need."""
    from xsbond.lab.namespaced.lab import OvsLab, RigError, missing  # noqa: PLC0415 - Linux only

    if lacking := missing():
        reason = f"{'; '.join(lacking)}; --pool={LAB}, the simulated lab, needs nothing of it"
        raise OptionError(f"--pool={OVS_LAB}", reason)
    try:
        return OvsLab(blueprint)
    except RigError as error:
        raise PoolError(OVS_LAB, "start", str(error)) from error


def _class_of(pool: str) -> "type[AnyLab[Any]]":
    """Return the class of lab that `--pool` names; with its import its faults are known."""
    if pool == LAB:
        from xsbond.lab import Lab  # noqa: PLC0415 - heavy, and seldom wanted

        return Lab
    from xsbond.lab.namespaced.lab import OvsLab  # noqa: PLC0415 - Linux only

    return OvsLab


def refuse_unknown_faults(settings: Settings, hosts: Sequence[str]) -> None:
    """Say so before the lab is started and provisioned."""
    from xsbond.lab import Lab  # noqa: PLC0415 - heavy, and seldom wanted
    from xsbond.lab.faults import FaultError, parse_fault  # noqa: PLC0415 - heavy, seldom wanted

    simulated = _class_of(settings.pool) is Lab
    for fault in settings.lab_faults:
        try:
            parse_fault(fault, hosts, simulated=simulated)
        except FaultError as error:
            raise OptionError("--xsbond-lab-fault", str(error)) from None


def strike_faults(lab: "AnyLab[Any]", faults: Sequence[str]) -> None:
    """Let the faults that were asked for happen in a lab that is provisioned."""
    from xsbond.lab.faults import FaultError, strike  # noqa: PLC0415 - heavy, seldom wanted

    for fault in faults:
        try:
            strike(lab, fault)
        except FaultError as error:
            raise OptionError("--xsbond-lab-fault", str(error)) from None


def traffic_of(lab: "AnyLab[Any] | None") -> Traffic | None:
    """Return what counts the packets of guests on a bond; None where no packet flows."""
    count = getattr(lab, "traffic", None)
    if count is None:
        return None

    @contextlib.contextmanager
    def traffic(host: str, bond: DesiredBond) -> Iterator[Callable[[], Loss]]:
        def lost() -> Loss:
            sent, missing = ended()
            return Loss(sent=sent, lost=missing)

        with count(host, bond.network) as ended:
            yield lost

    return traffic
