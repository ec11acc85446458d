"""xe's generic commands: CLASS-list and CLASS-param-… (cli_operations.ml, make_param_funs)."""

from collections.abc import Callable, Mapping, Sequence

from xsbond.lab.xe.classes import XeClass
from xsbond.lab.xe.errors import XeError, cli_failure, coded
from xsbond.lab.xe.fields import Field
from xsbond.lab.xe.printer import Row, render_minimal, render_record, render_records
from xsbond.lab.xe.view import Record, View

Parameters = Mapping[str, str]
STANDARD = frozenset(
    {
        "all",
        "force",
        "message-priority",
        "minimal",
        "multiple",
        "params",
        "password",
        "port",
        "server",
        "trace",
        "username",
    }
)
"""Parameters that are no fields."""


def _label(field: Field) -> str:
    return f"{field.name} ({field.rights:>3})"


def _row(fields: Sequence[Field], record: Record, view: View, *, listed: bool) -> Row:
    return [
        (
            _label(field),
            field.hidden_in_list if listed and field.hidden_in_list else field.read(record, view),
        )
        for field in fields
    ]


def run_list(found: XeClass, view: View, parameters: Parameters) -> str:
    """Return the records whose fields have the values asked for."""
    records = list(view.records(found.xapi_class).values())
    for name, value in parameters.items():
        if name not in STANDARD and not name.startswith("database:") and records:
            matches = _filter(found, view, name, value)
            records = [record for record in records if matches(record)]
    wanted = parameters.get("params", ",".join(found.listed)).split(",")
    everything = parameters.get("params") == "all"
    fields = [field for field in found.fields if everything or field.name in wanted]
    rows = [_row(fields, record, view, listed=True) for record in records]
    if parameters.get("minimal") == "true":
        return render_minimal([row[0][1] for row in rows if row])
    return render_records(rows)


def _filter(found: XeClass, view: View, name: str, wanted: str) -> Callable[[Record], bool]:
    """Return the test that `name=wanted` stands for: a field, a map's key, a set's member."""
    field = found.field(name)
    if field:
        return _equals(field, view, wanted)
    field, key = _split_key(found, name)
    if field.rights.startswith("M"):
        return lambda record: record.get(field.attribute, {}).get(key) == wanted
    if key != "contains":
        raise cli_failure("Invalid syntax for set filtering (should be set-param:contains=key)")
    items = field.items
    return lambda record: items is not None and wanted in items(record, view)


def _equals(field: Field, view: View, wanted: str) -> Callable[[Record], bool]:
    if field.case_insensitive:
        return lambda record: field.read(record, view).lower() == wanted.lower()
    return lambda record: field.read(record, view) == wanted


def _split_key(found: XeClass, name: str) -> tuple[Field, str]:
    """Return the map or set and the key of `field:key`, or of the older `field-key`."""
    head, colon, key = name.partition(":")
    if colon:
        field = found.field(head)
        if field is None:
            raise cli_failure(f"Unknown field '{name}'")
        if field.rights[0] not in "MS":
            raise cli_failure(f"Field '{head}' is not a set or map")
        return field, key
    for kind in "MS":
        candidates = [field for field in found.fields if field.rights.startswith(kind)]
        for field in sorted(candidates, key=lambda field: -len(field.name)):
            if name.startswith(f"{field.name}-"):
                return field, name.removeprefix(f"{field.name}-")
    raise cli_failure(f"Unknown field '{name}'")


def _record(found: XeClass, view: View, parameters: Parameters) -> tuple[str, Record]:
    """Return reference and record of uuid=; contracts.Failure if there is none."""
    ref = view.call(f"{found.xapi_class}.get_by_uuid", parameters["uuid"])
    return ref, view.call(f"{found.xapi_class}.get_record", ref)


def _field(found: XeClass, name: str) -> Field:
    field = found.field(name)
    if field is None:
        raise coded("Missing parameter", name)
    return field


def run_param_list(found: XeClass, view: View, parameters: Parameters) -> str:
    """Return all fields of one record."""
    _, record = _record(found, view, parameters)
    row = _row(found.fields, record, view, listed=False)
    return f"{render_record(row)}\n\n"


def run_param_get(found: XeClass, view: View, parameters: Parameters) -> str:
    """Return one field, or one key of a map."""
    _, record = _record(found, view, parameters)
    field = _field(found, parameters["param-name"])
    key = parameters.get("param-key")
    if key is None or not field.rights.startswith("M"):
        return f"{field.read(record, view)}\n"
    values = record.get(field.attribute, {})
    if key not in values:
        raise cli_failure(f"Key {key} not found in map")
    return f"{values[key]}\n"


def run_param_set(found: XeClass, view: View, parameters: Parameters) -> str:
    """Set fields, and keys of maps."""
    ref, record = _record(found, view, parameters)
    for name, value in parameters.items():
        if name == "uuid" or name in STANDARD:
            continue
        if found.field(name):
            _set(found, view, ref, name, value)
        else:
            field, key = _split_key(found, name)
            replaces = key in record.get(field.attribute, {})
            _set_key(view, f"{found.xapi_class}.", field, (ref, key, value), replaces=replaces)
    return ""


def _set(found: XeClass, view: View, ref: str, name: str, value: str) -> None:
    field = _field(found, name)
    if field.rights in {"MRW", "SRW"} or field.property_setter:
        raise cli_failure(f"Field '{name}' is a map or set. use the 'name:key=value' syntax.")
    if field.rights != "RW" or not field.attribute:
        raise cli_failure(f"Field '{name}' is read-only.")
    view.call(f"{found.xapi_class}.set_{field.attribute}", ref, _converted(field, value))


def _converted(field: Field, value: str) -> object:
    try:
        return field.convert(value)
    except ValueError as error:
        if field.convert is int:
            raise cli_failure(f"Parameter {field.name} must be an integer") from error
        raise cli_failure(f"Failed to parse parameter '{field.name}': {error}") from error


def _set_key(
    view: View, prefix: str, field: Field, words: tuple[str, str, str], *, replaces: bool
) -> None:
    """Set a key of a map; `words` are the record's reference, the key and the value."""
    if field.rights.startswith("S"):
        raise cli_failure("Cannot param-set on set fields")
    if field.property_setter:
        view.call(f"{prefix}set_property", *words)
        return
    if field.rights != "MRW":
        raise cli_failure(f"Map field '{field.name}' is read-only.")
    if replaces:
        view.call(f"{prefix}remove_from_{field.attribute}", *words[:2])
    view.call(f"{prefix}add_to_{field.attribute}", *words)


def run_param_add(found: XeClass, view: View, parameters: Parameters) -> str:
    """Add a member to a set (param-key=) or keys to a map (key=value)."""
    ref, _ = _record(found, view, parameters)
    field = _field(found, parameters["param-name"])
    if field.rights == "SRW":
        if "param-key" not in parameters:
            raise cli_failure(
                "When adding a key to a set, use the syntax:"
                " *-param-add param-name=<name> param-key=<key>"
            )
        view.call(f"{found.xapi_class}.add_{field.attribute}", ref, parameters["param-key"])
        return ""
    if field.rights != "MRW":
        raise _not_writable(field, "Parameter is read-only", "Can only add to parameters of type")
    skipped = STANDARD | {"uuid", "param-name", "param-key"}
    for key, value in parameters.items():
        if key not in skipped:
            view.call(f"{found.xapi_class}.add_to_{field.attribute}", ref, key, value)
    return ""


def _not_writable(field: Field, if_collection: str, otherwise: str) -> XeError:
    collection = field.rights[0] in "MS"
    return cli_failure(if_collection if collection else f"{otherwise} Set or Map")


def run_param_remove(found: XeClass, view: View, parameters: Parameters) -> str:
    """Remove a member from a set or a key from a map."""
    ref, record = _record(found, view, parameters)
    field, key = _field(found, parameters["param-name"]), parameters["param-key"]
    if field.rights not in {"SRW", "MRW"}:
        raise _not_writable(
            field,
            "Cannot remove parameters from read-only map",
            "Can only remove from parameters of type",
        )
    kind, infix = ("the set", "remove_") if field.rights == "SRW" else ("map", "remove_from_")
    if key not in record.get(field.attribute, ()):
        raise cli_failure(f"Key {key} is not in {kind}")
    view.call(f"{found.xapi_class}.{infix}{field.attribute}", ref, key)
    return ""
