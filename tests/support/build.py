"""Snapshots built by hand: start from the recorded pool, change what the test is about."""

import copy
import ipaddress
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from xsbond.model import CommandOutput
from xsbond.snapshot.snapshot import RawDom0, RawSnapshot, Snapshot, read_snapshot

_CORPUS = Path(__file__).parents[1] / "snapshot" / "corpus" / "dom0"
_FLOW = " cookie=0x0, duration=9.1s, table=0, n_packets=6, n_bytes=60, priority=0 actions=NORMAL\n"


class Draft:
    """A raw snapshot whose records and answers may be changed before it is read."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.raw = snapshot.raw
        self.records: dict[str, Any] = copy.deepcopy(
            {name: dict(table) for name, table in snapshot.raw.records.items()}
        )
        self.dom0 = dict(snapshot.raw.dom0)
        self.clock, self.listened = snapshot.raw.clock, snapshot.raw.listened
        self.uncounted = snapshot.raw.uncounted

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

    def ask_for_flows(self) -> None:
        """Let every host have been asked for its flows, and every bridge have the usual one."""
        for record in self.records["host"].values():
            bridges = self.stdout(record["name_label"], "ovs-list-br").split()
            text = "".join(f"==== {bridge} ====\n{_FLOW}" for bridge in bridges)
            answer = CommandOutput(command="", exit=0, stdout=text, stderr="")
            self.add_answer(record["name_label"], "ovs-flows", answer)

    def lacp(self, host: str, situation: str) -> None:
        """Let a host's Open vSwitch have told of its LACP what the corpus of the parsers has."""
        text = (_CORPUS / f"lacp-show-{situation}.txt").read_text(encoding="utf-8")
        answer = CommandOutput(command="ovs-appctl lacp/show", exit=0, stdout=text, stderr="")
        self.add_answer(host, "ovs-lacp", answer)

    def stdout(self, host: str, name: str) -> str:
        """Return what a host's dom0 answered to one command."""
        uuid = self.records["host"][self.host(host)]["uuid"]
        return self.dom0[uuid].outputs[name].stdout

    def replace(self, host: str, name: str, old: str, new: str) -> None:
        """Replace a part of what a host's dom0 answered; it must be there."""
        text = self.stdout(host, name)
        assert old in text, f"{name} of {host} has no {old!r}"
        self.answer(host, name, text.replace(old, new))

    def add_answer(self, host: str, name: str, answer: CommandOutput) -> None:
        """Let one more command have been asked of a host's dom0."""
        uuid = self.records["host"][self.host(host)]["uuid"]
        self.dom0[uuid] = RawDom0(outputs={**self.dom0[uuid].outputs, name: answer})

    def forget(self, host: str, name: str) -> None:
        """Let one command not have been asked of a host's dom0."""
        uuid = self.records["host"][self.host(host)]["uuid"]
        outputs = {key: value for key, value in self.dom0[uuid].outputs.items() if key != name}
        self.dom0[uuid] = RawDom0(outputs=outputs)

    def metrics(self, host: str, device: str) -> dict[str, Any]:
        """Return the PIF_metrics of a host's NIC, to be changed in place."""
        found: dict[str, Any] = self.records["PIF_metrics"][self.pif(host, device)["metrics"]]
        return found

    def ref(self, kind: str, record: dict[str, Any]) -> str:
        """Return the ref of a record."""
        return next(str(ref) for ref, each in self.records[kind].items() if each is record)

    def add_vlan(self, host: str, device: str, label: str, tag: int) -> None:
        """Let a host have a VLAN on one of its interfaces, for a network made if there is none."""
        networks = {record["name_label"]: ref for ref, record in self.records["network"].items()}
        if label not in networks:
            record = {**self.network("NAS"), "name_label": label, "uuid": label, "PIFs": []}
            networks[label] = f"OpaqueRef:{label}"
            self.records["network"][networks[label]] = {**record, "bridge": f"xapi{tag}"}
        below, name = self.pif(host, device), f"{host}-{label}"
        own = {**below, "uuid": name, "VLAN": str(tag), "network": networks[label]}
        own |= {"bond_master_of": [], "VLAN_slave_of": [], "physical": False}
        vlan = {"uuid": name, "tag": str(tag), "tagged_PIF": self.ref("PIF", below)}
        below["VLAN_slave_of"] = [*below["VLAN_slave_of"], f"OpaqueRef:vlan-{name}"]
        self.records["PIF"][f"OpaqueRef:pif-{name}"] = own
        self.records["VLAN"][f"OpaqueRef:vlan-{name}"] = {
            **vlan,
            "untagged_PIF": f"OpaqueRef:pif-{name}",
        }
        self._run_vlan(host, below["network"], networks[label], tag)

    def _run_vlan(self, host: str, below: str, network: str, tag: int) -> None:
        """Let a host's Open vSwitch have the fake bridge of a VLAN, if it was asked and has any."""
        parent, own = (self.records["network"][ref]["bridge"] for ref in (below, network))
        uuid = self.records["host"][self.host(host)]["uuid"]
        bridge = f"    Bridge {parent}\n"
        shown = self.dom0[uuid].outputs.get("ovs-show")
        if shown is None or bridge not in shown.stdout:
            return
        port = f"        Port {own}\n            tag: {tag}\n            Interface {own}\n"
        self.replace(host, "ovs-show", bridge, f"{bridge}{port}                type: internal\n")
        names = sorted([own, *self.stdout(host, "ovs-list-br").splitlines()])
        self.answer(host, "ovs-list-br", "".join(f"{name}\n" for name in names))

    def remove_host(self, host: str) -> None:
        """Let a host never have been a member of the pool."""
        ref = self.host(host)
        gone = {key for key, pif in self.records["PIF"].items() if pif["host"] == ref}
        self.records["Bond"] = {
            key: bond for key, bond in self.records["Bond"].items() if bond["master"] not in gone
        }
        for key in gone:
            del self.records["PIF"][key]
        del self.dom0[self.records["host"].pop(ref)["uuid"]]

    def add_host(self, name: str, like: str) -> None:
        """Add a host that is another one's twin, but for refs, uuids, MACs and addresses."""
        old = self.host(like)
        mine = {ref: pif for ref, pif in self.records["PIF"].items() if pif["host"] == old}
        bonds = {ref: bond for ref, bond in self.records["Bond"].items() if bond["master"] in mine}
        text = json.dumps({"host": {old: self.records["host"][old]}, "PIF": mine, "Bond": bonds})
        for ref in (old, *mine, *bonds):
            text = text.replace(ref, f"{ref}-{name}")
        for record in (self.records["host"][old], *mine.values(), *bonds.values()):
            text = text.replace(record["uuid"], f"{record['uuid']}-{name}")
        own = f"02:{len(self.records['host']):02x}"
        macs = {pif["MAC"]: own + pif["MAC"][5:] for pif in mine.values()}
        # So far apart that no host gets another one's.
        further = 256 * len(self.records["host"])
        own_addresses = _moved([pif["IP"] for pif in mine.values()], further)
        text = _replaced(text, macs | own_addresses)
        for kind, table in json.loads(text).items():
            self.records[kind].update(table)
        uuid = self.records["host"][old]["uuid"]
        self.records["host"][f"{old}-{name}"]["name_label"] = name
        self.dom0[f"{uuid}-{name}"] = RawDom0(
            outputs={
                key: replace(answer, stdout=_replaced(answer.stdout, macs | own_addresses))
                for key, answer in self.dom0[uuid].outputs.items()
            }
        )

    def unreachable(self, host: str, reason: str) -> None:
        """Let a host's dom0 be out of reach."""
        uuid = self.records["host"][self.host(host)]["uuid"]
        self.dom0[uuid] = RawDom0(unreachable=reason)

    def read(self) -> Snapshot:
        """Return the snapshot, after a trip through its stored form."""
        raw = replace(
            self.raw,
            records=self.records,
            dom0=self.dom0,
            clock=self.clock,
            listened=self.listened,
            uncounted=self.uncounted,
        )
        return read_snapshot(msgspec.json.decode(msgspec.json.encode(raw), type=RawSnapshot))


def _moved(addresses: Iterable[str], by: int) -> dict[str, str]:
    """Return address -> the one that is so many after it."""
    return {each: str(ipaddress.IPv4Address(each) + by) for each in addresses if each}


def _replaced(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        text = text.replace(old, new)
    return text
