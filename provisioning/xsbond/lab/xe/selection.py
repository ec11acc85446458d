"""Which records a command means: filters on fields (cli_operations.ml, filter_records_…)."""

from collections.abc import Callable, Iterable, Sequence

from xsbond.lab.contracts import Failure
from xsbond.lab.xe.classes import CLASSES, XeClass
from xsbond.lab.xe.errors import CommandError, PartialError, explained
from xsbond.lab.xe.fields import Field
from xsbond.lab.xe.job import STANDARD, Job
from xsbond.lab.xe.view import Record, View

Entry = tuple[str, Record]
"""A reference and the record it leads to."""
Pairs = Iterable[tuple[str, str]]


def field_in(found: XeClass, record: Record, name: str) -> Field | None:
    """Return the field of this name, if the release that made the record has it."""
    field = found.field(name)
    return field if field and field.is_in(record) else None


def matching(found: XeClass, view: View, entries: Sequence[Entry], wanted: Pairs) -> list[Entry]:
    """Return the entries whose fields have the values asked for."""
    left = list(entries)
    for name, value in wanted:
        if not left:
            return []
        matches = _filter(found, view, left[0][1], name, value)
        left = [entry for entry in left if matches(entry[1])]
    return left


def _filter(
    found: XeClass, view: View, example: Record, name: str, wanted: str
) -> Callable[[Record], bool]:
    """Return the test that `name=wanted` stands for: a field, a map's key, a set's member."""
    field = field_in(found, example, name)
    if field:
        return _equals(field, view, wanted)
    field, key = split_key(found, example, name)
    if field.members is None:
        return lambda record: (field.keys or dict)(record).get(key) == wanted
    if key != "contains":
        raise CommandError("Invalid syntax for set filtering (should be set-param:contains=key)")
    members = field.members
    return lambda record: wanted in members(record, view)


def _equals(field: Field, view: View, wanted: str) -> Callable[[Record], bool]:
    if field.case_insensitive:
        return lambda record: field.read(record, view).lower() == wanted.lower()
    return lambda record: field.read(record, view) == wanted


def split_key(found: XeClass, example: Record, name: str) -> tuple[Field, str]:
    """Return the map or set and the key of `field:key`, or of the older `field-key`."""
    head, colon, key = name.partition(":")
    if colon:
        field = field_in(found, example, head)
        if field is None:
            raise CommandError(f"Unknown field '{name}'")
        if field.members is None and field.keys is None:
            raise CommandError(f"Field '{head}' is not a set or map")
        return field, key
    present = [field for field in found.fields if field.is_in(example)]
    maps = [field for field in present if field.members is None and field.keys is not None]
    sets = [field for field in present if field.members is not None]
    for candidates in (maps, sets):
        for field in sorted(candidates, key=lambda field: -len(field.name)):
            if name.startswith(f"{field.name}-"):
                return field, name.removeprefix(f"{field.name}-")
    raise CommandError(f"Unknown field '{name}'")


_NAMES = {"host": ("uuid", "hostname", "name_label"), "vm": ("uuid", "name_label")}
"""Class -> what the parameter of that name may be the value of."""
_NOBODY = {"host": "No matching hosts found", "vm": "No matching VMs found"}
_SEVERAL = {"host": "Multiple matching hosts found", "vm": "Multiple matches VMs found"}
_ONE_ONLY = {"host": "host", "vm": "VM"}


def selected(
    job: Job, name: str, *, besides: Sequence[str] = (), implied: Pairs = ()
) -> list[Entry]:
    """Return the objects of a class that the parameters describe; `besides` are no fields."""
    found = CLASSES[name]
    entries = list(job.view.records(found.xapi_class).items())
    wanted = job.parameters.get(name)
    if wanted is not None:
        entries = [
            (ref, record)
            for ref, record in entries
            if wanted in {record.get(attribute) for attribute in _NAMES[name]}
        ]
    ignored = STANDARD | {name, *besides}
    pairs = [pair for pair in job.parameters.pairs if pair[0].partition(":")[0] not in ignored]
    return matching(found, job.view, entries, [*implied, *pairs])


def on_each(
    job: Job, name: str, operate: Callable[[str], None], entries: Sequence[Entry], *, several: bool
) -> None:
    """Do something to the objects; to more than one only where that is `several` and wanted."""
    if not entries:
        raise CommandError(_NOBODY[name])
    if len(entries) == 1:
        operate(entries[0][0])
        return
    if not several:
        end = f"Operation can only be performed on one {_ONE_ONLY[name]} at a time"
        raise CommandError(f"{_SEVERAL[name]}. {end}")
    if not job.flag("multiple"):
        raise CommandError(f"{_SEVERAL[name]}. --multiple required to complete the operation")
    _on_all(job, operate, entries)


def _on_all(job: Job, operate: Callable[[str], None], entries: Sequence[Entry]) -> None:
    """Try all of them before telling what went wrong with which, the last one first."""
    faults = {}
    for ref, record in entries:
        try:
            operate(ref)
        except Failure as failure:
            lines = explained(failure, job.view)
            faults[record["uuid"]] = "\n".join(lines) if lines else plainly(failure)
    if faults:
        raise PartialError(dict(reversed(faults.items())))


def plainly(failure: Failure) -> str:
    """Return a failure as xapi's log has it (cli_util.ml, string_of_exn)."""
    return f"{failure.code}: [ {'; '.join(failure.arguments)} ]"
