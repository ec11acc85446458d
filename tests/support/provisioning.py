"""Runs that change a kept lab, as a user starts them, and what such a lab is afterwards."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.applying import apply_over
from tests.support.labs import connected, db, pool_arguments, quiet, wait_until_enabled
from tests.support.moments import KILL
from tests.support.spec_run import SpecRun, run_spec
from xsbond.apply.journal import read_journal
from xsbond.apply.ledger import ledger_of
from xsbond.apply.provisioning import Provisioning
from xsbond.bondfile import TUTORIAL
from xsbond.collect.observe import observe
from xsbond.lab.anylab import AnyLab
from xsbond.plan.lock_owner import KEY
from xsbond.plan.plan import plan_for

ONE_CLAIM = ("--pyargs", "pytest_xsbond.spec.test_networks", "-k", "one_network")
"""Enough to have the pool changed, without judging all of it."""
ROOT = Path(__file__).parents[2]


def apply(pytester: pytest.Pytester, lab: AnyLab[Any], journal: Path, *arguments: str) -> SpecRun:
    """Apply in this process, as a user does."""
    return run_spec(pytester, *change_arguments(lab, journal), "--xsbond-apply", *arguments)


def change_arguments(lab: AnyLab[Any], journal: Path) -> tuple[str, ...]:
    """Return what names a lab, a journal and one claim."""
    return (*pool_arguments(lab), f"--xsbond-journal={journal}", *ONE_CLAIM)


def finish(lab: AnyLab[Any], journal: Path) -> Provisioning:
    """Apply in this process, without pytest, once no member restarts any more."""
    with connected(lab) as connections:
        for host in lab.hosts:
            wait_until_enabled(connections, host.ref)
        return apply_over(connections, journal, quiet)


BACKGROUND = ("sh", "-c", "trap '' INT; exec \"$@\"", "sh")
"""Runs a command as a shell runs it behind `&`: it ignores Ctrl-C."""


def started(
    lab: AnyLab[Any], journal: Path, *arguments: str, prefix: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """Start an apply in a process of its own, as a user does."""
    off = [word for name in ("randomly", "cacheprovider", "xdist") for word in ("-p", f"no:{name}")]
    command = ["-m", "pytest", *off, f"--rootdir={journal}", *change_arguments(lab, journal)]
    return _process([*command, "--xsbond-apply", *arguments], journal, prefix=prefix)


def doomed(lab: AnyLab[Any], journal: Path, kill: str = "") -> subprocess.Popen[str]:
    """Start an apply without pytest, which ends itself at the moment `kill` names."""
    about = (lab.master_url, str(lab.ssh_config), str(lab.password_file), str(journal))
    return _process(["-m", "tests.support.applying", *about], journal, kill)


def _process(
    arguments: Sequence[str], directory: Path, kill: str = "", prefix: Sequence[str] = ()
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*prefix, sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=directory,
        env={**os.environ, KILL: kill, "PYTHONPATH": str(ROOT)},
        text=True,
    )


def started_undo(lab: AnyLab[Any], journal: Path, kill: str) -> subprocess.Popen[str]:
    """Start taking back in a process of its own, which ends itself at the moment `kill` names."""
    arguments = (*change_arguments(lab, journal), "--xsbond-undo", "-p", "tests.support.moments")
    return _process(["-m", "pytest", *arguments], journal, kill)


def undo(pytester: pytest.Pytester, lab: AnyLab[Any], journal: Path, *arguments: str) -> int:
    """Take everything back in this process, as a user does; return the exit status."""
    given = (*change_arguments(lab, journal), "--xsbond-undo", *arguments)
    return run_spec(pytester, *given).exit_status


def made(lab: AnyLab[Any], journal: Path) -> tuple[list[str], int]:
    """Return the networks, and the number of bonds, that a lab's journal says were made."""
    ledger = ledger_of(events(lab, journal))
    return sorted(ledger.networks), sum(bool(bond.uuid) for bond in ledger.bonds.values())


def events(lab: AnyLab[Any], journal: Path) -> Sequence[Mapping[str, Any]]:
    """Return the entries of a lab's journal."""
    return read_journal(journal, pool_uuid(lab))


def pool_uuid(lab: AnyLab[Any]) -> str:
    """Return the uuid of a lab's pool."""
    with lab.world.lock:
        return str(db(lab).get("pool", db(lab).refs("pool")[0])["uuid"])


def lock_of(lab: AnyLab[Any]) -> str | None:
    """Return the lock's entry in the pool; None if nobody has it."""
    with lab.world.lock:
        config = db(lab).get("pool", db(lab).refs("pool")[0])["other_config"]
    return None if KEY not in config else str(config[KEY])


def set_lock(lab: AnyLab[Any], text: str | None) -> None:
    """Let the pool's lock read so, or be gone."""
    with lab.world.lock:
        ref = db(lab).refs("pool")[0]
        config = {k: v for k, v in db(lab).get("pool", ref)["other_config"].items() if k != KEY}
        entry = {} if text is None else {KEY: text}
        db(lab).set("pool", ref, other_config=config | entry)


def networks(lab: AnyLab[Any]) -> list[str]:
    """Return the names of a lab's networks, sorted."""
    with lab.world.lock:
        return sorted(db(lab).get("network", ref)["name_label"] for ref in db(lab).refs("network"))


def bonds(lab: AnyLab[Any]) -> dict[str, list[str]]:
    """Return host name -> networks of its bonds, sorted."""
    found: dict[str, list[str]] = {host.name: [] for host in lab.hosts}
    names = {host.ref: host.name for host in lab.hosts}
    with lab.world.lock:
        for ref in db(lab).refs("Bond"):
            pif = db(lab).get("PIF", db(lab).get("Bond", ref)["master"])
            label = db(lab).get("network", pif["network"])["name_label"]
            found[names[pif["host"]]].append(label)
    return {host: sorted(labels) for host, labels in found.items()}


def is_right(lab: AnyLab[Any]) -> bool:
    """Tell whether every host has the guest bond, once, and nothing is planned or left locked."""
    with connected(lab) as connections:
        plan = plan_for(TUTORIAL, observe(connections))
    once = networks(lab).count("PUB") == 1
    complete = all(found == ["NAS", "PUB"] for found in bonds(lab).values())
    lab.world.check()
    return once and complete and not plan.steps and not plan.refusals and lock_of(lab) is None
