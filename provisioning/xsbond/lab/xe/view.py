"""What xe knows of the pool while it runs one command: records, fetched when first needed."""

from collections.abc import Mapping
from typing import Any

from xsbond.lab.contracts import Toolstack

Record = Mapping[str, Any]
NULL = "OpaqueRef:NULL"
NOT_IN_DATABASE = "<not in database>"
_NAMED = ("host", "network", "PIF", "Bond", "pool", "VLAN")
"""Classes whose references xe can name."""


class View:
    """The pool as one command sees it."""

    def __init__(self, toolstack: Toolstack) -> None:
        self._toolstack = toolstack
        self._records: dict[str, Mapping[str, Record]] = {}

    def call(self, method: str, *params: Any) -> Any:
        """Call XAPI; raises contracts.Failure or contracts.ToolstackDown."""
        return self._toolstack.call(method, *params)

    def records(self, xapi_class: str) -> Mapping[str, Record]:
        """Return reference -> record of a whole class."""
        if xapi_class not in self._records:
            self._records[xapi_class] = self.call(f"{xapi_class}.get_all_records")
        return self._records[xapi_class]

    def find(self, ref: str, xapi_class: str) -> Record | None:
        """Return the record a reference leads to, None if it leads nowhere."""
        return self.records(xapi_class).get(ref)

    def uuid(self, ref: str, xapi_class: str) -> str:
        """Return the uuid of what a reference leads to."""
        record = self.find(ref, xapi_class) if ref != NULL else None
        return str(record["uuid"]) if record else NOT_IN_DATABASE

    def name(self, ref: str, xapi_class: str) -> str:
        """Return the name_label of what a reference leads to."""
        record = self.find(ref, xapi_class) if ref != NULL else None
        return str(record["name_label"]) if record else NOT_IN_DATABASE

    def described(self, value: str) -> str:
        """Return a reference as `uuid (name)`; any other text unchanged (cli_util.ml)."""
        if not value.startswith("OpaqueRef:"):
            return value
        for xapi_class in _NAMED:
            record = self.find(value, xapi_class)
            if record:
                name = record.get("name_label")
                return str(record["uuid"]) + (f" ({name})" if name is not None else "")
        return value
