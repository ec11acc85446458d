"""Messages, tasks, and waiting for something to happen."""

from collections.abc import Callable, Mapping

from xsbond.lab.contracts import Failure
from xsbond.lab.xe.classes import CLASSES, XeClass
from xsbond.lab.xe.conversions import integer
from xsbond.lab.xe.errors import CommandError
from xsbond.lab.xe.job import STANDARD, Command, Job
from xsbond.lab.xe.view import Record, View

_ABOUT = {"vm-uuid": "VM", "pool-uuid": "Pool", "sr-uuid": "SR", "host-uuid": "Host"}
"""Parameter -> class of the object a message is about, in the order xe looks."""
_WATCHABLE = (
    *("vm", "vdi", "sr", "host", "network", "vif", "pif", "vbd", "pbd", "pool"),
    *("task", "subject", "role", "secret", "vmss"),
)
"""The classes event-wait knows; bonds and VLANs are none of them."""
_TIMEOUT = 1.0
"""Seconds after which xe looks whether anybody still waits for it."""


def _message_create(job: Job) -> None:
    given = job.parameters
    try:
        priority = integer(job.view, "priority", given["priority"])
    except Failure as failure:
        raise CommandError("Priority field should be an integer") from failure
    about = next((name for name in _ABOUT if name in given), None)
    if about is None:
        raise CommandError("Need one of: vm-uuid, host-uuid, sr-uuid or pool-uuid")
    subject = (_ABOUT[about], given[about])
    job.view.call("message.create", given["name"], priority, *subject, given["body"])


def _message_destroy(job: Job) -> None:
    one, several = job.parameters.get("uuid"), job.parameters.get("uuids")
    if one is not None and several is not None:
        raise CommandError("Ambiguous arguments; need one of uuid, uuids")
    if one is None and several is None:
        raise CommandError("Need one of uuid, uuids")
    uuids = [one] if one is not None else (several or "").split(",")
    refs = [job.view.call("message.get_by_uuid", uuid) for uuid in uuids]
    for ref in refs:
        job.view.call("message.destroy", ref)


def _task_cancel(job: Job) -> None:
    job.view.call("task.cancel", job.ref("task"))


Test = Callable[[Record, View], bool]


def _event_wait(job: Job) -> None:
    """Wait until an object is as the parameters say; it may be already."""
    name = job.parameters["class"]
    if name not in _WATCHABLE:
        raise CommandError(f"Cli listening for class '{name}' not currently implemented")
    conditions = [
        pair for pair in job.parameters.pairs if pair[0] != "class" and pair[0] not in STANDARD
    ]
    found = CLASSES.get(name)
    if found is None:
        # No lab has objects of this class, and so nothing ever happens to one.
        _wait_for_events(job, name, lambda _, __: False)
        return

    def matches(record: Record, view: View) -> bool:
        # Every condition is looked at, so that a key nobody has is told even behind a false one.
        held = [_holds(found, record, view, *condition) for condition in conditions]
        return all(held)

    view = job.view.again()
    if not any(matches(record, view) for record in view.records(found.xapi_class).values()):
        _wait_for_events(job, name, matches)


def _holds(found: XeClass, record: Record, view: View, name: str, wanted: str) -> bool:
    """Tell whether `name=wanted`, or with `name=/=wanted` whether not."""
    field = found.field(name)
    if field is None or not field.is_in(record):
        raise CommandError(f"key missing: {name}")
    value = field.read(record, view)
    if wanted.startswith("/="):
        return value != wanted.removeprefix("/=")
    return value == wanted


def _wait_for_events(job: Job, name: str, matches: Test) -> None:
    """The first answer tells of every object there is."""
    token = ""
    while True:
        job.go_on()
        answer = job.view.call("event.from", [name], token, _TIMEOUT)
        token, view = answer["token"], job.view.again()
        snapshots = [event["snapshot"] for event in answer["events"] if "snapshot" in event]
        if any(matches(snapshot, view) for snapshot in snapshots):
            return


COMMANDS: Mapping[str, Command] = {
    "message-create": Command(
        run=_message_create,
        required=("name", "priority", "body"),
        optional=("vm-uuid", "host-uuid", "sr-uuid", "pool-uuid"),
        help="Makes a message about one object, which exactly one uuid option names.",
    ),
    "message-destroy": Command(
        run=_message_destroy,
        optional=("uuid", "uuids"),
        help="Removes messages.",
    ),
    "task-cancel": Command(
        run=_task_cancel, required=("uuid",), help="Asks a task to stop, and does not wait for it."
    ),
    "event-wait": Command(
        run=_event_wait,
        required=("class",),
        help="Waits until an object is as the other arguments say.",
    ),
}
"""Command -> what it does (cli_frontend.ml, cmdtable_data)."""
