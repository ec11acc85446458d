"""docs/faults.md, made of the tables of faults; `python -m tests.support.fault_page` prints it."""

import sys

from tests.support import fault_causes, fault_table
from tests.support.drift_table import DRIFT
from tests.support.fault_table import EXPECTED
from xsbond.lab.faults import FAULTS

_NOTES = {"FAIL": "", "ERROR": " (error)", "warn": " (warns)", "n/j": " (not judged)"}
_HEAD = """\
# Faults

`pytest --pool=lab --xsbond-lab-fault NAME@HOST` lets a fault strike a host of the lab once it is
provisioned, to see what a failure looks like; the option may be repeated.
Every row is a test: struck by the fault, exactly these outcomes do not pass, on exactly that host.
The ids are those of a member; on the master the same claims go by their PM ids.
On `--pool=lab:ovs` [most of them are really done](lab-ovs.md#faults).
`D-…` outcomes are judged where a baseline was taken before the fault struck.

"""


def fault_page() -> str:
    """Return docs/faults.md."""
    lines = [_HEAD, "| fault | what it does | fails | cause that is named |", "|---|---|---|---|"]
    for name, verdicts in EXPECTED.items():
        shown = {**verdicts, **fault_table.WHILE_CHANGING.get(name, {}), **DRIFT.get(name, {})}
        cells = [f"{id_}{_NOTES[verdict]}" for id_, verdict in shown.items()]
        cause = fault_causes.CAUSES.get(name, "")
        lines.append(f"| `{name}` | {FAULTS[name].says} | {' '.join(cells) or '-'} | {cause} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(fault_page())
