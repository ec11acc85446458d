"""An apply without pytest, in this process or in one that is there to be killed.

`python -m tests.support.applying URL SSH_CONFIG PASSWORD_FILE JOURNAL_DIRECTORY` applies the
tutorial's bond, and ends itself where the environment says so (tests/support/moments.py).
"""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.support import moments
from xsbond.apply.journal import Journal, new_run
from xsbond.apply.provisioning import Provisioning
from xsbond.bondfile import TUTORIAL
from xsbond.collect.address import Credentials, PoolAddress
from xsbond.collect.login import connect
from xsbond.collect.observe import Connections, observe
from xsbond.collect.ssh import SshSettings
from xsbond.collect.wire.tls import TlsTrust
from xsbond.model import Inherit
from xsbond.plan.circumstances import look_around
from xsbond.plan.plan import Plan, plan_for
from xsbond.snapshot.snapshot import Snapshot

Say = Callable[[str], None]


def apply_over(
    connections: Connections,
    directory: Path,
    say: Say,
    *,
    inherit: Inherit = Inherit.RESTART,
    deadline: float = 60,
    break_lock: bool = False,
) -> Provisioning:
    """Look, plan and carry the plan out, as the plugin does; raises what it raises."""

    def look(*, holding: bool = True) -> tuple[Snapshot, Plan]:
        snapshot = observe(connections)
        steps = plan_for(TUTORIAL, snapshot, inherit).steps
        around = look_around(
            connections, snapshot, TUTORIAL, steps, break_lock=holding or break_lock
        )
        return snapshot, plan_for(TUTORIAL, snapshot, inherit, around)

    snapshot, plan = look(holding=False)
    with Journal(directory, snapshot.pool.uuid, new_run()) as journal:
        provisioning = Provisioning(
            plan=plan,
            desired=TUTORIAL,
            snapshot=snapshot,
            connections=connections,
            progress=say,
            deadline=deadline,
            journal=journal,
            look=look,
            break_lock=break_lock,
        )
        provisioning.run(lambda: None)
    return provisioning


def main(url: str, ssh_config: str, password_file: str, directory: str) -> None:
    """Apply, saying on standard output what is done."""
    moments.arm()
    password = Path(password_file).read_text(encoding="utf-8").strip()
    # What the certificate is does not matter to a run that is there to be killed.
    trust, who = TlsTrust(insecure=True), Credentials("root", password)
    api = connect(PoolAddress.parse(url), who, lambda _: trust)
    connections = Connections(api, SshSettings(ssh_config=ssh_config, password=password))
    apply_over(connections, Path(directory), lambda line: print(line, flush=True))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
