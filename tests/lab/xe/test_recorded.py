"""What xe prints is what a real one printed of the same records, byte for byte."""

import json
from typing import Any

import pytest

from tests.lab.hosts import RECORDED, RecordedToolstack, Shell, machine_of, master_dom0

_RECORDED = json.loads((RECORDED / "xe.json").read_text(encoding="utf-8"))
_UUIDS = {
    "xs-1": "d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1",
    "xs-2": "9bc984d0-e1be-45a9-a4e2-6f3a523ca3d2",
}
"""Host -> what its inventory calls it."""
_CASES = [
    pytest.param(*place.split(), each["command"], each["stdout"], id=f"{each['name']} {place}")
    for each in _RECORDED["printed"]
    for place in each["at"]
]


def tables_of(stage: str) -> dict[str, dict[str, Any]]:
    """Return class -> reference -> record as XAPI had them at a stage of the tutorial."""
    tables: dict[str, dict[str, Any]] = {
        name: {} for name in ("pool", "host", "network", "PIF", "PIF_metrics", "Bond")
    }
    for each in _RECORDED["records"]:
        if stage in each["stages"]:
            tables[each["class"]][each["ref"]] = each["record"]
    return tables


@pytest.mark.parametrize(("stage", "host", "command", "stdout"), _CASES)
def test_command_prints_what_was_recorded(stage: str, host: str, command: str, stdout: str) -> None:
    """At every stage of the tutorial and on both hosts, in the same order."""
    toolstack = RecordedToolstack()
    toolstack.tables = tables_of(stage)
    machine = machine_of(master_dom0()[0], toolstack)
    machine.dom0.write_file("/etc/xensource-inventory", f"INSTALLATION_UUID='{_UUIDS[host]}'\n")
    answer = Shell(machine).run(f". /etc/xensource-inventory\n{command}")
    assert answer.stdout == stdout
    assert (answer.status, answer.stderr) == (0, "")
