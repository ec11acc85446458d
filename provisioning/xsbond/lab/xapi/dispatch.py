"""One call from its name and raw parameters to its result, in xapi's order.

Emergency mode, method, number of parameters, their types, session, and, in the call's task, role,
the host that carries it out, the body (gen_server.ml, ocaml/xapi/server_helpers.ml).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xsbond.lab.contracts import Failure, ToolstackDown
from xsbond.lab.pool import hosts
from xsbond.lab.pool.schema.kinds import REF
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.tasks import (
    INTERNAL,
    Origin,
    begin_task,
    complete_task,
    end_call_task,
    fail_task,
)
from xsbond.lab.xapi.access.access import permissions_by_role, refuse_message
from xsbond.lab.xapi.access.roles import POOL_ADMIN
from xsbond.lab.xapi.access.sessions import check_session
from xsbond.lab.xapi.api.whole import whole_api
from xsbond.lab.xapi.incoming import native
from xsbond.lab.xapi.messages import REQUIRED, Call, Message
from xsbond.lab.xapi.wire.xmlrpc import encode

_ASYNC = "Async."
_EXTENSION = Message(
    name="Host.call_extension", parameters=(), body=lambda _: None, role=POOL_ADMIN
)
"""What an unknown name is taken for."""


class EmergencyFailure(Failure):
    """A failure of a xapi that has no database: raised before the call is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A call that passed all checks and only has to be carried out."""

    message: Message
    arguments: list[Any]
    label: str
    """The name as the client spelt it."""
    session: str
    received_by: Host
    is_async: bool
    origin: Origin


class Dispatcher:
    """Everything a xapi of the pool can be asked."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        listing = Message(
            name="system.listMethods",
            parameters=(),
            body=lambda _: list(whole_api(pool.profile)),
            needs_session=False,
            on_member=True,
        )
        known = whole_api(pool.profile)
        self.messages = {**known, listing.name: listing}
        pool.permissions = permissions_by_role([*self.messages.values(), _EXTENSION])
        self._spellings = {name.replace(".", "_"): name for name in self.messages} | {
            name: name for name in self.messages
        }

    def call(
        self, host: Host, method: str, parameters: Sequence[Any], origin: Origin = INTERNAL
    ) -> Any:
        """Carry out a call a client sent to this host, the session being its first parameter.

        Raises ToolstackDown if the host's xapi does not run.
        """
        with self.pool.lock:
            if not host.running:
                raise ToolstackDown(host.name)
            return self._begin(self._prepare(host, method, list(parameters), origin))

    def call_as_root(self, host: Host, method: str, parameters: Sequence[Any]) -> Any:
        """Carry out a call without a session, as through xapi's Unix socket.

        A member forwards it to the master (api_server.ml, callback1). Raises ToolstackDown if the
        host's xapi does not run.
        """
        with self.pool.lock:
            if not host.running:
                raise ToolstackDown(host.name)
            _refuse_in_emergency(host, self._known(method.removeprefix(_ASYNC)))
            message = self._known(method.removeprefix(_ASYNC))
            stays = message is not None and message.on_member
            served_by = host if stays else self.pool.master
            if not stays and not self.pool.is_served:
                text = 'Unix.Unix_error(Unix.ECONNREFUSED, "connect", "")'
                raise Failure("INTERNAL_ERROR", text)
            if message is None:
                raise Failure("MESSAGE_METHOD_UNKNOWN", method)
            return self._begin(
                Prepared(
                    message=message,
                    arguments=_arguments(message, list(parameters)),
                    label=method,
                    session="",
                    received_by=served_by,
                    is_async=_is_async(method, message),
                    origin=INTERNAL,
                )
            )

    def _known(self, name: str) -> Message | None:
        return self.messages.get(self._spellings.get(name, ""))

    def _prepare(self, host: Host, method: str, parameters: list[Any], origin: Origin) -> Prepared:
        name = method.removeprefix(_ASYNC)
        message = self._known(name)
        _refuse_in_emergency(host, message)
        if message is None:
            # An unknown name is taken for a host extension, which needs a session first.
            if parameters:
                session = native(REF, parameters[0])
                check_session(self.pool, host, session)
                refuse_message(self.pool, session, _EXTENSION, ())
            raise Failure("MESSAGE_METHOD_UNKNOWN", name)
        session, rest = _split(message, parameters)
        arguments = _arguments(message, rest, missing=message.needs_session and not parameters)
        if message.needs_session:
            session = native(REF, session)
            check_session(self.pool, host, session)
        return Prepared(
            message=message,
            arguments=arguments,
            label=method,
            session=session,
            received_by=host,
            is_async=_is_async(method, message),
            origin=origin,
        )

    def _begin(self, call: Prepared) -> Any:
        """Carry the call out at once, or hand out the task that stands for it."""
        if not call.message.has_async:
            return self._carry_out(call, "")
        master = self.pool.master
        task = begin_task(self.pool, call.label, master, session=call.session, origin=call.origin)
        if call.is_async:
            self.pool.spawn(call.label, lambda: self._in_background(call, task))
            return task
        try:
            return self._carry_out(call, task)
        finally:
            end_call_task(self.pool, task)

    def _in_background(self, call: Prepared, task: str) -> None:
        with self.pool.lock:
            try:
                result = self._carry_out(call, task)
            except Failure as failure:
                fail_task(self.pool, task, failure)
            else:
                complete_task(self.pool, task, encode(result))

    def _carry_out(self, call: Prepared, task: str) -> Any:
        """Run the body on the host it belongs to."""
        refuse_message(self.pool, call.session, call.message, call.arguments)
        host = call.received_by
        if call.message.runs_on:
            host = hosts.reach(self.pool, call.message.runs_on(self.pool, *call.arguments))
        if task and self.pool.database.has("task", task):
            self.pool.database.set("task", task, resident_on=host.ref)
        context = Call(
            pool=self.pool,
            host=host,
            received_by=call.received_by,
            session=call.session,
            task=task,
        )
        return call.message.body(context, *call.arguments)


def _refuse_in_emergency(host: Host, message: Message | None) -> None:
    if host.emergency and not (message and message.in_emergency):
        raise EmergencyFailure(host.emergency.code, *host.emergency.arguments)


def _split(message: Message, parameters: list[Any]) -> tuple[Any, list[Any]]:
    if message.needs_session and parameters:
        return parameters[0], parameters[1:]
    return "", parameters


def _arguments(message: Message, given: list[Any], *, missing: bool = False) -> list[Any]:
    """Return native arguments, defaults filled in; what comes after defaults is ignored."""
    has_defaults = message.required < len(message.parameters)
    count = -1 if missing else len(given)
    if count < message.required or (count > message.required and not has_defaults):
        raise Failure(
            "MESSAGE_PARAMETER_COUNT_MISMATCH", message.name, str(message.required), str(count)
        )
    return [
        native(parameter.kind, given[index]) if index < len(given) else parameter.default
        for index, parameter in enumerate(message.parameters)
        if index < len(given) or parameter.default is not REQUIRED
    ]


def _is_async(method: str, message: Message) -> bool:
    if not method.startswith(_ASYNC):
        return False
    if not message.has_async:
        text = f"No async mode for this operation (rpc: {message.name})"
        raise Failure("Fault", text)
    return True
