"""What xe knows of the pool while it runs one command: records, fetched when first needed."""

from collections.abc import Callable, Mapping
from typing import Any

from xsbond.lab.contracts import Failure

Record = Mapping[str, Any]
NULL = "OpaqueRef:NULL"
NOT_IN_DATABASE = "<not in database>"
_NAMED = (
    *("host", "network", "PIF", "Bond", "pool", "VLAN", "tunnel", "network_sriov", "VM", "VIF"),
    "task",
)
"""Classes whose references xe can name."""


class View:
    """The pool as one command sees it."""

    def __init__(self, call: Callable[..., Any]) -> None:
        """`call` takes a method and its parameters without the session, as contracts.Toolstack."""
        self.call = call
        self._records: dict[str, Mapping[str, Record]] = {}
        self._absent: set[str] = set()

    def again(self) -> "View":
        """Return a view of the pool as it is now."""
        return View(self.call)

    def answer(self, otherwise: Any, method: str, *params: Any) -> Any:
        """Return what XAPI answers; `otherwise` where it refuses."""
        try:
            return self.call(method, *params)
        except Failure:
            return otherwise

    def records(self, xapi_class: str) -> Mapping[str, Record]:
        """Return reference -> record of a whole class, the highest reference first.

        That is how the database hands them out; messages are no part of it.
        """
        if xapi_class not in self._records:
            found = self.call(f"{xapi_class}.get_all_records")
            in_database = xapi_class != "message"
            self._records[xapi_class] = (
                dict(sorted(found.items(), reverse=True)) if in_database else found
            )
        return self._records[xapi_class]

    def find(self, ref: str, xapi_class: str) -> Record | None:
        """Return the record a reference leads to, None if it leads nowhere."""
        if ref in {NULL, ""} or xapi_class in self._absent:
            return None
        try:
            return self.records(xapi_class).get(ref)
        except Failure:
            # Not every release has every class.
            self._absent.add(xapi_class)
            return None

    def uuid(self, ref: str, xapi_class: str) -> str:
        """Return the uuid of what a reference leads to."""
        record = self.find(ref, xapi_class)
        return str(record["uuid"]) if record else NOT_IN_DATABASE

    def name(self, ref: str, xapi_class: str) -> str:
        """Return the name_label of what a reference leads to."""
        record = self.find(ref, xapi_class)
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
