"""Everything a release can be asked: what the lab carries out, and stand-ins for the rest.

The checks of a stand-in are those of every call of xapi: parameters, session, role, and then each
reference in the order of the parameters, because a call looks its objects up before it does
anything.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.schema import schema_of
from xsbond.lab.pool.schema.kinds import Class
from xsbond.lab.pool.state import Pool
from xsbond.lab.pool.values import is_null
from xsbond.lab.profiles import Profile
from xsbond.lab.xapi.api.answers import answer_to
from xsbond.lab.xapi.api.kinds import Argument
from xsbond.lab.xapi.api.signatures import Signature, all_signatures, signatures
from xsbond.lab.xapi.calls import messages_of
from xsbond.lab.xapi.calls.fields import REQUIRED, Fields, read_fields
from xsbond.lab.xapi.calls.releases import knows_message
from xsbond.lab.xapi.messages import Body, Call, Message


@cache
def whole_api(profile: Profile) -> Mapping[str, Message]:
    """Return name -> message for a release, in the order of system.listMethods."""
    schema = schema_of(profile)
    carried_out = messages_of(schema)
    known = {
        each.name: _message(each, carried_out, profile)
        for each in signatures(profile)
        if each.name in carried_out or not _is_of_schema(each, schema)
    }
    decided = {each.name for each in all_signatures() if not _is_of_schema(each, schema)}
    known |= {n: each for n, each in carried_out.items() if n not in decided | known.keys()}
    return {name: each for name, each in known.items() if knows_message(profile, name)}


def _is_of_schema(signature: Signature, schema: Mapping[str, Class]) -> bool:
    """Tell whether a message follows from a field of a class the lab has: the schema decides."""
    return signature.of_field and signature.one in schema


def _message(signature: Signature, carried_out: Mapping[str, Message], profile: Profile) -> Message:
    """Return the lab's own message, if it has it; who may send it stands in the table."""
    own = carried_out.get(signature.name)
    return replace(own, role=signature.role) if own else _stand_in(signature, profile)


def _stand_in(signature: Signature, profile: Profile) -> Message:
    """Return the message a signature describes, for a pool that has none of its objects."""
    removed = signature.removed is not None and profile.knows(signature.removed)
    return Message(
        name=signature.name,
        parameters=tuple(
            each.parameter(f"parameter {number}")
            for number, each in enumerate(signature.arguments, 1)
        ),
        body=_removed if removed else _body(signature),
        runs_on=_there if "there" in signature.flags and not removed else None,
        needs_session="nosession" not in signature.flags,
        has_async="sync" not in signature.flags,
        role=signature.role,
    )


def _there(_: Pool, host: str, *__: Any) -> str:
    return host


def _removed(*_: Any) -> None:
    raise Failure("MESSAGE_REMOVED")


def _body(signature: Signature) -> Body:
    answer = answer_to(signature.one, signature.verb)
    values_of = _values_of(signature)

    def body(call: Call, *arguments: Any) -> Any:
        for argument, value in values_of(arguments):
            _look_up(call.pool, argument, value)
        return answer(call, *arguments)

    return body


_Values = Sequence[tuple[Argument, Any]]
"""What an argument has to be, and what it is."""


def _values_of(signature: Signature) -> Callable[[Sequence[Any]], _Values]:
    """Return what pairs a call's arguments with what they have to be, a record's field by field."""
    fields = signature.made_from
    if fields is None:
        return lambda values: list(zip(signature.arguments, values, strict=True))
    wanted = [
        (name, each.kind, each.default() if each.optional else REQUIRED)
        for name, each in fields.items()
    ]
    return lambda values: list(zip(fields.values(), _read(values[0], wanted), strict=True))


def _read(record: Mapping[str, Any], wanted: Fields) -> Iterable[Any]:
    return read_fields(record, wanted).values()


def _look_up(pool: Pool, argument: Argument, value: Any) -> None:
    """Raise HANDLE_INVALID for a reference to nothing."""
    if not argument.of:
        return
    for ref in value if argument.kind.word == "set" else [value]:
        if not (argument.optional and is_null(ref)):
            _require(pool, argument.of, ref)


def _require(pool: Pool, name: str, ref: str) -> None:
    if name in pool.schema:
        pool.database.row(name, ref)
    else:
        raise Failure("HANDLE_INVALID", name, ref)
