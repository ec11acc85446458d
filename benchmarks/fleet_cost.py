"""What a fleet costs beside one pool: seconds on the wall, CPU of the runs, and their memory.

python benchmarks/fleet_cost.py [POOLS] [HOSTS]

The labs live in this process and answer all runs; their own CPU is not counted, but they share the
machine. Each lab is as the tutorial's pool is before the bond is made, and is judged by its NAS
bond, which every host has.
"""

import contextlib
import ipaddress
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

BONDS = '[[bond]]\nnetwork = "NAS"\nnics = ["eth2", "eth4"]\nmode = "active-backup"\n'


def _fleet(directory: Path, labs: list[Lab]) -> Path:
    """Write a fleet file, with a bond file for each lab."""
    tables = []
    for number, lab in enumerate(labs):
        addresses = "".join(f'{host.name} = "{_storage(lab, host.ref)}"\n' for host in lab.hosts)
        (directory / f"bonds-{number}.toml").write_text(f"{BONDS}[bond.addresses]\n{addresses}")
        tables.append(
            f'[[pool]]\nname = "p{number}"\naddress = "{lab.master_url}"\n'
            f'bonds = "bonds-{number}.toml"\nssh_config = "{lab.ssh_config}"\n'
            f'password_file = "{lab.password_file}"\n'
        )
    path = directory / f"fleet-{len(labs)}.toml"
    path.write_text("\n".join(tables))
    return path


def _storage(lab: Lab, host: str) -> str:
    database = lab.world.database
    (ref,) = database.where("PIF", host=host, device="bond0", VLAN=-1)
    pif = database.get("PIF", ref)
    return str(ipaddress.IPv4Interface(f"{pif['IP']}/{pif['netmask']}"))


def _measure(file: Path) -> None:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(  # noqa: S603 - the program that is measured
        [sys.executable, "-m", "pytest", f"--xsbond-fleet={file}"],
        check=False,
        capture_output=True,
        text=True,
        cwd=file.parent,
    )
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = ended.stdout.splitlines()[-1]
    memory = after.ru_maxrss // 1024
    sys.stdout.write(f"{file.stem}: {seconds:.1f} s, CPU {cpu:.1f} s, {memory} MB a run: {said}\n")


def main() -> None:
    """Measure one pool, then all."""
    pools, hosts = map(int, sys.argv[1:3] or ("20", "16"))
    os.environ.pop("XSBOND_FLEET", None)
    with contextlib.ExitStack() as opened:
        directory = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        labs = [opened.enter_context(Lab(tutorial(hosts))) for _ in range(pools)]
        for count in (1, pools):
            _measure(_fleet(directory, labs[:count]))


if __name__ == "__main__":
    main()
