"""The messages of the API that the lab does not carry out: their checks, and their answers.

The checks are those of every call of xapi: parameters, session, role, and then each reference in
the order of the parameters, because a call looks its objects up before it does anything.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from xsbond.lab.api.answers import answer_to
from xsbond.lab.api.kinds import Argument
from xsbond.lab.api.signatures import Signature
from xsbond.lab.calls.fields import REQUIRED, Fields, read_fields
from xsbond.lab.contracts import Failure
from xsbond.lab.messages import Body, Call, Message
from xsbond.lab.profiles import Profile
from xsbond.lab.state import Pool
from xsbond.lab.values import is_null


def stand_in(signature: Signature, profile: Profile) -> Message:
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


Values = Sequence[tuple[Argument, Any]]
"""What an argument has to be, and what it is."""


def _values_of(signature: Signature) -> Callable[[Sequence[Any]], Values]:
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
