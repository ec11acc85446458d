"""The life of a task (ocaml/xapi/taskHelper.ml, context.ml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.values import NULL

COMPLETED = frozenset({"success", "failure", "cancelled"})
_DESTROYED = "task"
"""Key in current_operations of a task somebody destroyed before its end."""

_XAPI = "xen-api/ocaml/xapi/"
_CALL = (
    (_XAPI + "rbac.ml", (228, 19, 24), "Rbac.check.allow_access", "false"),
    (_XAPI + "rbac.ml", (238, 6, 17), "Rbac.check.allow_access", "true"),
    (
        _XAPI + "server_helpers.ml",
        (78, 14, 44),
        "Server_helpers.exec_with_context.exec",
        "false",
    ),
)
"""The frames below every call, innermost first: file, (line, from, to), function, is_raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a request says about the task it makes."""

    subtask_of: str = NULL
    """Header subtask-of."""
    other_config: Mapping[str, str] = field(default_factory=dict)
    """Headers x-http-other-config-NAME, by NAME."""


INTERNAL = Origin()
"""The origin of a call that came with no request of its own."""


def begin_task(
    pool: Pool,
    label: str,
    host: Host,
    *,
    description: str = "",
    session: str = "",
    origin: Origin = INTERNAL,
) -> str:
    """Store a pending task and return its reference."""
    return pool.database.create(
        "task",
        name_label=label,
        name_description=description,
        created=pool.date(),
        resident_on=host.ref,
        session=session or NULL,
        subtask_of=origin.subtask_of,
        other_config={f"http:{key}": value for key, value in origin.other_config.items()},
    )


def is_completed(record: Mapping[str, Any]) -> bool:
    """Tell whether a task has ended."""
    return record["status"] in COMPLETED


def complete_task(pool: Pool, task: str, result: str) -> None:
    """Let a task have succeeded; its result is the inside of an XML-RPC `<value>`."""
    _end(pool, task, status="success", result=f"<value>{result}</value>")


def fail_task(pool: Pool, task: str, failure: Failure) -> None:
    """Let a task have failed."""
    error_info = [failure.code, *failure.arguments]
    _end(pool, task, status="failure", error_info=error_info, backtrace=_backtrace(pool))


def destroy_task(pool: Pool, task: str) -> None:
    """Forget a task; one that has not ended is marked, and collected after its end."""
    record = pool.database.get("task", task)
    if is_completed(record):
        pool.database.destroy("task", task)
    elif _DESTROYED in record["current_operations"]:
        raise Failure("MAP_DUPLICATE_KEY", "task", "current_operations", task, _DESTROYED)
    else:
        operations = record["current_operations"] | {_DESTROYED: "destroy"}
        pool.database.set("task", task, current_operations=operations)


def is_marked_for_destruction(record: Mapping[str, Any]) -> bool:
    """Tell whether somebody destroyed the task before its end."""
    return "destroy" in record["current_operations"].values()


def end_call_task(pool: Pool, task: str) -> None:
    """Forget the task of a synchronous call, which lives as long as the call."""
    if pool.database.has("task", task):
        pool.database.destroy("task", task)


def _end(pool: Pool, task: str, **fields: Any) -> None:
    """Only a pending task ends; the master's xapi may know it no longer after a restart."""
    if not pool.database.has("task", task):
        return
    if pool.database.get("task", task)["status"] == "pending":
        ended = {"progress": 1.0, "finished": pool.date(), "allowed_operations": []}
        pool.database.set("task", task, **ended, **fields)


def _backtrace(pool: Pool) -> str:
    """Return the stack of a failed call as far as it is the same for all (backtrace.ml)."""
    return f"({''.join(_frame(pool.master.name, *each) for each in _CALL)})"


def _frame(host: str, file: str, place: tuple[int, int, int], name: str, raises: str) -> str:
    line, start, end = place
    return (
        f'((process"/opt/xensource/bin/xapi @ {host}")(filename {file})(line {line})'
        f"(chars_start {start})(chars_end {end})(name {name})(is_inline false)"
        f"(is_raise {raises}))"
    )
