"""The records of one sweep, as event.from or get_all_records answers them, read with suspicion."""

import xmlrpc.client
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xsbond.collect.translation import shaped
from xsbond.errors import UnexpectedOutput
from xsbond.snapshot.snapshot import Records

CLASSES = MappingProxyType(
    {
        "pool": "pool",
        "host": "host",
        "host_metrics": "host_metrics",
        "network": "network",
        "pif": "PIF",
        "pif_metrics": "PIF_metrics",
        "bond": "Bond",
        "vlan": "VLAN",
    }
)
"""Class as event.from spells it -> as the API spells it: what one sweep reads."""


def records_of(answer: Mapping[str, Any]) -> Records:
    """Return the records that an answer of event.from holds: all of them, or UnexpectedOutput."""
    records: dict[str, dict[str, Mapping[str, Any]]] = {name: {} for name in CLASSES.values()}
    for event in answer["events"]:
        records[CLASSES[event["class"].lower()]][event["ref"]] = _plain(event["snapshot"])
    for wire_name, name in CLASSES.items():
        promised = answer["valid_ref_counts"].get(wire_name, len(records[name]))
        if promised != len(records[name]):
            reason = f"{len(records[name])} {name} records came, {promised} were promised"
            raise UnexpectedOutput("event.from", str(sorted(records[name])), reason)
    return records


def _plain(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record with its dates as text, as they stood on the wire."""
    return {
        key: str(value) if isinstance(value, xmlrpc.client.DateTime) else value
        for key, value in record.items()
    }


def as_text_dates(records: Any, source: str) -> Mapping[str, Mapping[str, Any]]:
    """Return ref -> record with the dates in them as text; UnexpectedOutput if they are none."""
    with shaped(source, records):
        return {ref: _plain(record) for ref, record in records.items()}
