"""Records have the fields, types and values of recorded ones."""

import xmlrpc.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.worlds import PASSWORD, eventually, recorded, running, serving
from xsbond.lab.blueprint import CURRENT, XENSERVER_6_2
from xsbond.lab.pool.schema import schema_of

RECORDS: dict[str, list[dict[str, Any]]] = recorded("records.json")
CLASSES = sorted(RECORDS)

# Field -> why a lab's value is another one.
DIFFERENT = {
    "uuid": "drawn",
    "master": "reference",
    "host": "reference",
    "network": "reference",
    "metrics": "reference",
    "bond_slave_of": "reference",
    "bond_master_of": "references",
    "primary_slave": "reference",
    "resident_on": "reference",
    "slaves": "references",
    "PIFs": "references",
    "certificates": "references",
    "result": "a reference in it",
    "fingerprint": "of a certificate",
    "fingerprint_sha1": "of a certificate",
    "fingerprint_sha256": "of a certificate",
    "address": "loopback",
    "obj_uuid": "drawn",
    "other_config": "times in it",
    "software_version": "times in it",
    "telemetry_uuid": "the lab has no secrets",
    "control_domain": "reference",
    "resident_VMs": "references",
    "affinity": "reference",
    "consoles": "references",
    "VM": "reference",
    "location": "a reference in it",
    "PCIs": "the lab has no PCI devices",
}
DIFFERENT_IN = {
    ("task", "name_label"): "another call",
    ("message", "body"): "another bond",
}
NOT_NULL_IN_A_LAB = {"telemetry_uuid"}
KEY = {"PIF": "device", "network": "bridge", "VM": "name_label", "console": "protocol"}


@pytest.fixture(scope="module")
def records() -> Iterator[dict[str, list[dict[str, Any]]]]:
    """All records of a lab by class, as an XML-RPC client decodes them."""
    with running() as world, serving(world) as connect:
        proxy = connect(world.hosts[0])
        login: dict[str, Any] = proxy.session.login_with_password("root", PASSWORD)  # type: ignore[assignment]
        session = login["Value"]
        first = world.hosts[0].ref
        found: dict[str, list[dict[str, Any]]] = {}
        task: Any = getattr(proxy, "Async.network.create")(session, {"other_config": {}})
        assert eventually(
            lambda: _ask(proxy, "task.get_status", session, task["Value"]) == "success"
        )
        proxy.message.create(session, "BOND_STATUS_CHANGED", "3", "Host", world.hosts[0].uuid, "x")
        for name in CLASSES:
            refs = _ask(proxy, f"{name}.get_all_records", session)
            found[name] = [
                one
                for ref, one in refs.items()
                if first == (ref if name == "host" else one.get("host", first))
            ]
        yield found


def _ask(proxy: xmlrpc.client.ServerProxy, method: str, *params: Any) -> Any:
    return getattr(proxy, method)(*params)["Value"]


def types_of(record: dict[str, Any]) -> dict[str, str]:
    """Return field -> name of its value's type."""
    return {field: type(value).__name__ for field, value in record.items()}


def counterpart(name: str, wanted: dict[str, Any], records: dict[str, Any]) -> dict[str, Any]:
    """Return the lab's record that stands for a recorded one."""
    key = KEY.get(name)
    found = [one for one in records[name] if key is None or one[key] == wanted[key]]
    if name == "PIF_metrics":
        found = [one for one in found if one["pci_bus_path"] == wanted["pci_bus_path"]]
    if name == "Certificate":
        found = [one for one in found if one["type"] == wanted["type"]]
    return dict(found[0])


@pytest.mark.parametrize("name", CLASSES)
def test_fields_are_those_of_recorded_records(name: str, records: dict[str, Any]) -> None:
    """No field is missing, none is made up."""
    for wanted in RECORDS[name]:
        assert sorted(counterpart(name, wanted, records)) == sorted(wanted)


@pytest.mark.parametrize("name", CLASSES)
def test_types_are_those_of_recorded_records(name: str, records: dict[str, Any]) -> None:
    """What is text, boolean, float, array or struct is so here; recorded dates are text."""
    for wanted in RECORDS[name]:
        types = types_of(counterpart(name, wanted, records))
        seen = {field: "str" if kind == "DateTime" else kind for field, kind in types.items()}
        assert seen == types_of(wanted)


@pytest.mark.parametrize("name", CLASSES)
def test_values_are_those_of_recorded_records(name: str, records: dict[str, Any]) -> None:
    """Everything but references and what the lab draws is as recorded."""
    for wanted in RECORDS[name]:
        one = counterpart(name, wanted, records)
        same = [
            field
            for field, value in one.items()
            if field not in DIFFERENT
            and (name, field) not in DIFFERENT_IN
            and not isinstance(value, xmlrpc.client.DateTime)
        ]
        seen, expected = ({field: _sorted(r[field]) for field in same} for r in (one, wanted))
        assert seen == expected


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


@pytest.mark.parametrize("name", CLASSES)
def test_null_references_are_where_recorded_ones_are(name: str, records: dict[str, Any]) -> None:
    """A reference that is set in a real pool is set in a lab."""
    for wanted in RECORDS[name]:
        one = counterpart(name, wanted, records)
        references = {
            field
            for field, value in wanted.items()
            if isinstance(value, str) and value.startswith("OpaqueRef:")
        } - NOT_NULL_IN_A_LAB
        nulls = {field for field in references if one[field] == "OpaqueRef:NULL"}
        assert nulls == {field for field in references if wanted[field] == "OpaqueRef:NULL"}


def test_old_release_has_no_newer_fields() -> None:
    """XenServer 6.2 knows neither Bond.auto_update_mac nor PIF.igmp_snooping_status."""
    old, new = schema_of(XENSERVER_6_2), schema_of(CURRENT)
    assert {
        field
        for name in ("Bond", "PIF", "VLAN")
        for field in new[name].by_name.keys() - old[name].by_name.keys()
    } == {
        "auto_update_mac",
        "managed",
        "properties",
        "capabilities",
        "igmp_snooping_status",
        "sriov_physical_PIF_of",
        "sriov_logical_PIF_of",
        "PCI",
    }


def test_old_release_lets_nobody_ask_for_newer_fields() -> None:
    """The getter of a field goes with the field."""
    with running(profile=XENSERVER_6_2) as world:
        assert "Bond.get_auto_update_mac" not in world.dispatcher.messages
