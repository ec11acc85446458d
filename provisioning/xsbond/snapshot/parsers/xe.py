"""Records as `xe …-list` prints them for a person."""

import re
from collections.abc import Mapping, Sequence

from xsbond.snapshot.parsers.answer import Answer, pattern

_FIELD = pattern(r" *(?P<key>\S+) \([ MS]R[OW]\) *(?P<colon>:)(?: (?P<value>.*))?")
"""A map is marked M, a set S; a value may be empty, and may hold anything but the end of a line."""


def parse_xe_list(text: str) -> tuple[Mapping[str, str], ...]:
    """Return the records of an `xe …-list`, key -> value, in its order; no text means none.

    Every record ends with two blank lines, all have the same keys, and all colons stand in one
    column. Raises UnexpectedOutput where this is not so, and at a value of several lines.
    """
    answer = Answer(source="xe", text=text)
    records = [
        [answer.match(line, (_FIELD,)) for line in lines]
        for lines in (answer.paragraphs(blank_lines=2) if text else ())
    ]
    columns = {field.start("colon") for fields in records for field in fields}
    forms = {tuple(field["key"] for field in fields) for fields in records}
    if len(columns) > 1 or len(forms) > 1:
        raise answer.unexpected("its records differ in form")
    return tuple(_record(answer, fields) for fields in records)


def _record(answer: Answer, fields: Sequence[re.Match[str]]) -> Mapping[str, str]:
    record = {field["key"]: field["value"] or "" for field in fields}
    if len(record) < len(fields):
        raise answer.unexpected("a record says something twice")
    return record
