"""The life of a task (ocaml/xapi/taskHelper.ml)."""

from typing import Any

from xsbond.lab.contracts import Failure
from xsbond.lab.state import Host, Pool
from xsbond.lab.wire.xmlrpc import encode


def begin_task(pool: Pool, label: str, host: Host, description: str = "") -> str:
    """Store a pending task and return its reference."""
    return pool.database.create(
        "task",
        name_label=label,
        name_description=description,
        created=pool.date(),
        resident_on=host.ref,
    )


def complete_task(pool: Pool, task: str, result: Any) -> None:
    """Let a task have succeeded; its result is XML text."""
    _end(pool, task, status="success", result=f"<value>{encode(result)}</value>")


def fail_task(pool: Pool, task: str, failure: Failure) -> None:
    """Let a task have failed."""
    _end(pool, task, status="failure", error_info=[failure.code, *failure.arguments])


def destroy_task(pool: Pool, task: str) -> None:
    """Forget a task; a pending one goes when it ends."""
    if pool.database.get("task", task)["status"] == "pending":
        pool.doomed_tasks.add(task)
    else:
        pool.database.destroy("task", task)


def end_call_task(pool: Pool, task: str) -> None:
    """Forget the task of a synchronous call, which lives as long as the call."""
    pool.doomed_tasks.discard(task)
    if pool.database.has("task", task):
        pool.database.destroy("task", task)


def _end(pool: Pool, task: str, **fields: Any) -> None:
    if not pool.database.has("task", task):
        # The master's xapi restarted meanwhile and knows no tasks.
        return
    pool.database.set("task", task, progress=1.0, finished=pool.date(), **fields)
    if task in pool.doomed_tasks:
        pool.doomed_tasks.discard(task)
        pool.database.destroy("task", task)
