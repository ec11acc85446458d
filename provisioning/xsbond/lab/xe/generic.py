"""xe's generic commands: CLASS-list and CLASS-param-… (cli_operations.ml, make_param_funs)."""

from collections.abc import Mapping, Sequence

from xsbond.lab.contracts import Failure
from xsbond.lab.xe.classes import XeClass
from xsbond.lab.xe.errors import CommandError, XeError, missing_parameter
from xsbond.lab.xe.fields import Field
from xsbond.lab.xe.job import STANDARD, Job
from xsbond.lab.xe.printer import Row
from xsbond.lab.xe.selection import Entry, field_in, matching, split_key
from xsbond.lab.xe.view import Record, View

_EXPENSIVE = "<expensive field>"


def _row(fields: Sequence[Field], record: Record, view: View, *, listed: bool) -> Row:
    return [
        (field.label, _EXPENSIVE if listed and field.expensive else field.read(record, view))
        for field in fields
        if not field.hidden and field.is_in(record)
    ]


def run_list(found: XeClass, job: Job) -> None:
    """Print the records whose fields have the values asked for."""
    _open_database(job)
    everything = list(job.view.records(found.xapi_class).items())
    pairs = [
        (name, value)
        for name, value in job.parameters.pairs
        if name != "params" and name not in STANDARD and not name.startswith("database:")
    ]
    entries = matching(found, job.view, everything, [*found.filters, *pairs])
    # --all takes the filters back, once they have been found to be right.
    shown = everything if job.flag("all") else entries
    fields = _fields_to_print(found, job.parameters)
    job.printer.table([_row(fields, record, job.view, listed=True) for _, record in shown])


def _fields_to_print(found: XeClass, parameters: Mapping[str, str]) -> Sequence[Field]:
    wanted = parameters.get("params")
    names = found.listed if wanted is None else tuple(wanted.split(","))
    if wanted == "all" or not names:
        return found.fields
    return [field for field in found.fields if field.name in names]


def _open_database(job: Job) -> None:
    """Ask for the database that database:… names; no lab has another than its own."""
    given = job.keys_of("database")
    if {"vdi-uuid", "filename"} <= given.keys():
        raise CommandError("xapi can query a DB vdi or a DB file, but not both.")
    if "vdi-uuid" in given:
        vdi = job.view.call("VDI.get_by_uuid", given["vdi-uuid"])
        job.view.call("VDI.open_database", vdi)
    if "filename" in given:
        job.view.call("session.create_from_db_file", given["filename"])


def _entry(found: XeClass, job: Job) -> Entry:
    """Return reference and record of uuid=; contracts.Failure if there is none."""
    ref = job.ref(found.xapi_class)
    return ref, job.view.call(f"{found.xapi_class}.get_record", ref)


def _named(found: XeClass, record: Record, name: str) -> Field:
    field = field_in(found, record, name)
    if field is None:
        raise missing_parameter(name)
    return field


def run_param_list(found: XeClass, job: Job) -> None:
    """Print all fields of one record."""
    _open_database(job)
    _, record = _entry(found, job)
    job.printer.table([_row(found.fields, record, job.view, listed=False)])


def run_param_get(found: XeClass, job: Job) -> None:
    """Print one field, or one key of a map."""
    _open_database(job)
    _, record = _entry(found, job)
    field = _named(found, record, job.parameters["param-name"])
    key = job.parameters.get("param-key")
    if key is None or field.keys is None:
        job.printer.values([field.read(record, job.view)])
        return
    values = field.keys(record)
    if key not in values:
        raise CommandError(f"Key {key} not found in map")
    job.printer.values([values[key]])


def run_param_set(found: XeClass, job: Job) -> None:
    """Set fields, and keys of maps, in the order they were typed."""
    ref, record = _entry(found, job)
    for name, value in job.parameters.pairs:
        if name == "uuid" or name in STANDARD:
            continue
        field = field_in(found, record, name)
        if field:
            _set(found, job.view, ref, field, value)
        else:
            field, key = split_key(found, record, name)
            for method, *more in _steps(field, record, key, value):
                job.view.call(f"{found.xapi_class}.{method}", ref, *more)


def _set(found: XeClass, view: View, ref: str, field: Field, value: str) -> None:
    if field.convert is None:
        if field.keys is not None and field.adds:
            usage = "is a map or set. use the 'name:key=value' syntax."
            raise CommandError(f"Field '{field.name}' {usage}")
        raise CommandError(f"Field '{field.name}' is read-only.")
    setter = field.setter or f"set_{field.attribute}"
    view.call(f"{found.xapi_class}.{setter}", ref, field.convert(view, field.name, value))


def _steps(field: Field, record: Record, key: str, value: str) -> list[tuple[str, ...]]:
    """Return the calls that set a key of a map: the old one is taken out first."""
    if field.keys is None:
        raise CommandError("Cannot param-set on set fields")
    if field.set_property:
        return [("set_property", key, value)]
    if not field.adds:
        raise CommandError(f"Map field '{field.name}' is read-only.")
    added = (f"add_to_{field.attribute}", key, value)
    if key not in field.keys(record):
        return [added]
    return [(f"remove_from_{field.attribute}", key), added]


def run_param_add(found: XeClass, job: Job) -> None:
    """Add a member to a set (param-key=) or keys to a map (key=value)."""
    ref, record = _entry(found, job)
    field = _named(found, record, job.parameters["param-name"])
    if not field.adds:
        collection = field.members or field.keys
        text = "Parameter is read-only" if collection else _only("add to")
        raise CommandError(text)
    if field.members is None:
        skipped = STANDARD | {"uuid", "param-name", "param-key"}
        for key, value in job.parameters.pairs:
            if key not in skipped:
                job.view.call(f"{found.xapi_class}.add_to_{field.attribute}", ref, key, value)
        return
    if "param-key" not in job.parameters:
        usage = "*-param-add param-name=<name> param-key=<key>"
        raise CommandError(f"When adding a key to a set, use the syntax: {usage}")
    method = f"{found.xapi_class}.add_{field.attribute}"
    job.view.call(method, ref, job.parameters["param-key"])


def _only(what: str) -> str:
    return f"Can only {what} parameters of type Set or Map"


def run_param_remove(found: XeClass, job: Job) -> None:
    """Remove a member from a set or a key from a map."""
    ref, record = _entry(found, job)
    field, key = _named(found, record, job.parameters["param-name"]), job.parameters["param-key"]
    if not field.adds:
        collection = field.members or field.keys
        text = "Cannot remove parameters from read-only map" if collection else _only("remove from")
        raise CommandError(text)
    if key not in _contents(field, record, job.view):
        kind = "map" if field.members is None else "the set"
        raise CommandError(f"Key {key} is not in {kind}")
    job.view.call(_remover(found, field), ref, key)


def _contents(field: Field, record: Record, view: View) -> Sequence[str]:
    """Return the members of a set, the keys of a map."""
    if field.members is not None:
        return field.members(record, view)
    return list(field.keys(record)) if field.keys else []


def _remover(found: XeClass, field: Field) -> str:
    kind = "remove_from_" if field.members is None else "remove_"
    return f"{found.xapi_class}.{kind}{field.attribute}"


def run_param_clear(found: XeClass, job: Job) -> None:
    """Take everything out of a set or a map; set anything else to nothing."""
    ref, record = _entry(found, job)
    field = _named(found, record, job.parameters["param-name"])
    if field.adds:
        for key in _contents(field, record, job.view):
            job.view.call(_remover(found, field), ref, key)
        return
    if field.convert is None:
        raise CommandError("Can only clear RW parameters")
    try:
        _set(found, job.view, ref, field, "")
    except (XeError, Failure) as error:
        raise CommandError("Cannot clear this parameter") from error
