"""Labs for tests: started, provisioned and verified through the command line's own paths."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import paramiko
import pytest

from tests.support.spec_run import SpecRun, run_spec
from xsbond.apply.journal import Journal, new_run
from xsbond.apply.provisioning import Provisioning
from xsbond.bondfile import TUTORIAL
from xsbond.collect.address import Credentials, PoolAddress
from xsbond.collect.dom0 import Dom0
from xsbond.collect.login import connect
from xsbond.collect.observe import Connections, observe
from xsbond.collect.ssh import SshSettings
from xsbond.collect.wire.tls import TlsTrust
from xsbond.lab import Lab
from xsbond.lab.anylab import AnyLab
from xsbond.lab.blueprint import Blueprint, tutorial
from xsbond.lab.pool.database import Database
from xsbond.model import BondMode, Inherit
from xsbond.plan.plan import plan_for
from xsbond.snapshot.snapshot import Snapshot, save


def db(lab: AnyLab[Any]) -> Database:
    """Return the database of a lab's pool."""
    return lab.world.database


def host_ref(lab: AnyLab[Any], host: str) -> str:
    """Return the ref of a host."""
    (ref,) = db(lab).where("host", name_label=host)
    return ref


def pif_ref(lab: AnyLab[Any], host: str, device: str) -> str:
    """Return the ref of a host's untagged PIF."""
    (ref,) = db(lab).where("PIF", host=host_ref(lab, host), device=device, VLAN=-1)
    return ref


@contextmanager
def connected(lab: AnyLab[Any]) -> Iterator[Connections]:
    """Connect to a lab as the plugin does."""
    ssh = SshSettings(ssh_config=str(lab.ssh_config), password=lab.password)

    def pinned(host: str) -> TlsTrust:
        dom0 = Dom0(host, ssh)
        try:
            return TlsTrust(certificate=dom0.certificate())
        finally:
            dom0.close()

    address = PoolAddress.parse(lab.master_url)
    connections = Connections(connect(address, Credentials("root", lab.password), pinned), ssh)
    try:
        yield connections
    finally:
        connections.close()


def journal_of(lab: "AnyLab[Any]") -> Journal:
    """Open a journal that goes with the lab."""
    with lab.world.lock:
        (pool,) = (db(lab).get("pool", ref)["uuid"] for ref in db(lab).refs("pool"))
    return Journal(lab.directory, pool, new_run())


def quiet(line: str) -> None:
    """Say nothing."""
    del line


def provision(lab: AnyLab[Any], mode: BondMode = BondMode.BALANCE_SLB) -> None:
    """Give a lab the guest bond of the tutorial, without pytest."""
    desired = tuple(replace(bond, mode=mode) for bond in TUTORIAL)
    with connected(lab) as connections, journal_of(lab) as journal:
        before = observe(connections)
        plan = plan_for(desired, before, Inherit.CREATE)
        Provisioning(
            plan=plan,
            desired=desired,
            snapshot=before,
            connections=connections,
            progress=quiet,
            deadline=60,
            journal=journal,
        ).run(lambda: None)


@contextmanager
def provisioned_lab(
    blueprint: Blueprint | None = None, mode: BondMode = BondMode.BALANCE_SLB
) -> Iterator[Lab]:
    """Keep a lab that has the guest bond."""
    with Lab(blueprint or tutorial(2)) as lab:
        provision(lab, mode)
        yield lab


def look_at(lab: AnyLab[Any]) -> Snapshot:
    """Look at a lab once."""
    with connected(lab) as connections:
        return observe(connections)


def keep_baseline(lab: Lab, path: Path) -> Path:
    """Take a baseline of a lab, without pytest."""
    save(look_at(lab).raw, path)
    return path


def pool_arguments(lab: AnyLab[Any]) -> tuple[str, ...]:
    """Return what a user types to name a kept lab."""
    return (
        f"--pool={lab.master_url}",
        f"--ssh-config={lab.ssh_config}",
        f"--xsbond-password-file={lab.password_file}",
    )


def verify(pytester: pytest.Pytester, lab: AnyLab[Any], *arguments: str) -> SpecRun:
    """Run the shipped spec against a kept lab, read-only."""
    return run_spec(pytester, *pool_arguments(lab), *arguments)


def wait_for_member(lab: Lab, name: str) -> None:
    """Return when a host that was restarted is enabled again: an apply would refuse before."""
    with connected(lab) as connections:
        wait_until_enabled(connections, lab.host(name).ref)


def wait_until_enabled(connections: Connections, host: str) -> None:
    """Return when the host with this ref is enabled."""
    connections.api.wait(
        (f"host/{host}",),
        lambda: bool(connections.api.read("host.get_enabled", host)),
        60,
        "a host was not enabled",
    )


def ssh_login(lab: AnyLab[Any], host: str, password: str) -> bool:
    """Tell whether a host's SSH server lets root in with a password."""
    settings = paramiko.SSHConfig.from_path(str(lab.ssh_config)).lookup(host)
    with paramiko.SSHClient() as client:
        client.load_host_keys(settings["userknownhostsfile"])
        try:
            client.connect(
                settings["hostname"],
                int(settings["port"]),
                "root",
                password,
                allow_agent=False,
                look_for_keys=False,
            )
        except paramiko.AuthenticationException:
            return False
    return True
