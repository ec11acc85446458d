"""Snapshots built by hand: start from the recorded pool, change what the test is about."""

import copy
from dataclasses import replace
from typing import Any

import msgspec

from xsbond.model import CommandOutput
from xsbond.snapshot import RawDom0, RawSnapshot, Snapshot, read_snapshot


class Draft:
    """A raw snapshot whose records and answers may be changed before it is read."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.raw = snapshot.raw
        self.records: dict[str, Any] = copy.deepcopy(
            {name: dict(table) for name, table in snapshot.raw.records.items()}
        )
        self.dom0 = dict(snapshot.raw.dom0)

    def host(self, name: str) -> str:
        """Return the ref of a host."""
        hosts = self.records["host"]
        return next(str(ref) for ref, host in hosts.items() if host["name_label"] == name)

    def pif(self, host: str, device: str) -> dict[str, Any]:
        """Return the record of a host's PIF, to be changed in place."""
        ref = self.host(host)
        found: dict[str, Any] = next(
            pif
            for pif in self.records["PIF"].values()
            if pif["host"] == ref and pif["device"] == device
        )
        return found

    def bond(self, host: str, device: str) -> dict[str, Any]:
        """Return the record of a host's Bond, to be changed in place."""
        bond: dict[str, Any] = self.records["Bond"][self.pif(host, device)["bond_master_of"][0]]
        return bond

    def network(self, name: str) -> dict[str, Any]:
        """Return the record of a network, to be changed in place."""
        found: dict[str, Any] = next(
            network for network in self.records["network"].values() if network["name_label"] == name
        )
        return found

    def answer(self, host: str, name: str, stdout: str, exit_status: int = 0) -> None:
        """Replace what a host's dom0 answered to one command."""
        uuid = self.records["host"][self.host(host)]["uuid"]
        outputs = dict(self.dom0[uuid].outputs)
        outputs[name] = CommandOutput(
            command=outputs[name].command, exit=exit_status, stdout=stdout, stderr=""
        )
        self.dom0[uuid] = RawDom0(outputs=outputs)

    def stdout(self, host: str, name: str) -> str:
        """Return what a host's dom0 answered to one command."""
        uuid = self.records["host"][self.host(host)]["uuid"]
        return self.dom0[uuid].outputs[name].stdout

    def unreachable(self, host: str, reason: str) -> None:
        """Let a host's dom0 be out of reach."""
        uuid = self.records["host"][self.host(host)]["uuid"]
        self.dom0[uuid] = RawDom0(unreachable=reason)

    def read(self) -> Snapshot:
        """Return the snapshot, after a trip through its stored form."""
        raw = replace(self.raw, records=self.records, dom0=self.dom0)
        return read_snapshot(msgspec.json.decode(msgspec.json.encode(raw), type=RawSnapshot))
