"""The messages every class has: they follow from its fields (ocaml/idl/datamodel_utils.ml)."""

from collections.abc import Callable, Iterator
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema.kinds import REF, STRING, Class, Field
from xsbond.lab.xapi.calls.maps import adding, removing
from xsbond.lab.xapi.messages import Body, Call, Message, Parameter
from xsbond.lab.xapi.query import compile_query

_SELF = Parameter("self", REF)
_SETTERS_ROLE = "pool-operator"


def record_messages(one: Class) -> Iterator[Message]:
    """Yield the messages of a class: records, getters, setters, lists."""
    yield from _lookups(one)
    if one.getters:
        for field in one.fields:
            yield _message(one, f"get_{field.name}", _getter(one, field), _SELF)
    for field in one.fields:
        if field.settable:
            yield from _setters(one, field)
    if one.listed:
        yield from _lists(one)


def _message(
    one: Class, name: str, body: Body, *parameters: Parameter, role: str = "read-only"
) -> Message:
    return Message(name=f"{one.name}.{name}", parameters=parameters, body=body, role=role)


def _lookups(one: Class) -> Iterator[Message]:
    yield _message(one, "get_record", lambda call, ref: call.pool.shown(one.name, ref), _SELF)
    yield _message(one, "get_by_uuid", _by_uuid(one), Parameter("uuid", STRING))
    if one.by_name_label:
        yield _message(
            one,
            "get_by_name_label",
            lambda call, label: call.pool.database.where(one.name, name_label=label),
            Parameter("label", STRING),
        )


def _by_uuid(one: Class) -> Body:
    def body(call: Call, uuid: str) -> str:
        found = call.pool.database.where(one.name, uuid=uuid)
        if not found:
            raise Failure("UUID_INVALID", one.name, uuid)
        return found[0]

    return body


def _getter(one: Class, field: Field) -> Body:
    return lambda call, ref: call.pool.database.get(one.name, ref)[field.name]


def _setters(one: Class, field: Field) -> Iterator[Message]:
    def setter(call: Call, ref: str, value: Any) -> None:
        call.pool.database.set(one.name, ref, **{field.name: value})

    value = Parameter("value", field.kind)
    yield _message(one, f"set_{field.name}", setter, _SELF, value, role=_SETTERS_ROLE)
    if field.kind.word == "map":
        yield from _map_setters(one, field)
    if field.kind.word == "set":
        yield from _set_setters(one, field)


def _map_setters(one: Class, field: Field) -> Iterator[Message]:
    key, value = Parameter("key", STRING), Parameter("value", field.kind.item or STRING)
    add, remove = adding(one.name, field.name), removing(one.name, field.name)
    yield _message(one, f"add_to_{field.name}", add, _SELF, key, value, role=_SETTERS_ROLE)
    yield _message(one, f"remove_from_{field.name}", remove, _SELF, key, role=_SETTERS_ROLE)


def _set_setters(one: Class, field: Field) -> Iterator[Message]:
    def changing(change: Callable[[list[Any], Any], list[Any]]) -> Body:
        def body(call: Call, ref: str, value: Any) -> None:
            current = call.pool.database.get(one.name, ref)[field.name]
            call.pool.database.set(one.name, ref, **{field.name: change(current, value)})

        return body

    def add(current: list[Any], value: Any) -> list[Any]:
        return current if value in current else [*current, value]

    def remove(current: list[Any], value: Any) -> list[Any]:
        return [each for each in current if each != value]

    value = Parameter("value", field.kind.item or STRING)
    for name, change in (("add", add), ("remove", remove)):
        body = changing(change)
        yield _message(one, f"{name}_{field.name}", body, _SELF, value, role=_SETTERS_ROLE)


def _lists(one: Class) -> Iterator[Message]:
    expression = Parameter("expr", STRING)

    def refs_where(call: Call, expression: str) -> list[str]:
        holds = compile_query(expression, one)
        database = call.pool.database
        return [ref for ref in database.refs(one.name) if holds(database.get(one.name, ref))]

    def records(call: Call, refs: list[str]) -> dict[str, Any]:
        return {ref: call.pool.shown(one.name, ref) for ref in refs}

    yield _message(one, "get_all", lambda call: call.pool.database.refs(one.name))
    if one.getters:
        yield _message(one, "get_all_where", refs_where, expression)
    yield _message(
        one,
        "get_all_records_where",
        lambda call, expression: records(call, refs_where(call, expression)),
        expression,
    )
    yield _message(
        one, "get_all_records", lambda call: records(call, call.pool.database.refs(one.name))
    )
