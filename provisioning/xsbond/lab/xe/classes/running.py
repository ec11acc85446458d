"""Tasks, messages, consoles, certificates (records.ml)."""

from xsbond.lab.xe.classes.kinds import XeClass
from xsbond.lab.xe.fields import mapping, name_of, operations, plain, uuid_of, uuids_of

_OPERATIONS = {"cancel": "Cancel", "destroy": "Destroy"}
"""XAPI's word -> xe's (record_util.ml)."""

TASK = XeClass(
    name="task",
    xapi_class="task",
    listed=("uuid", "name-label", "name-description", "status", "progress"),
    fields=(
        plain("uuid", "uuid"),
        plain("name-label", "name_label"),
        plain("name-description", "name_description"),
        uuid_of("subtask_of", "subtask_of", "task"),
        uuids_of("subtasks", "subtasks", "task"),
        uuid_of("resident-on", "resident_on", "host"),
        plain("status", "status"),
        plain("progress", "progress"),
        plain("type", "type"),
        plain("result", "result"),
        plain("created", "created"),
        plain("finished", "finished"),
        plain("error_info", "error_info"),
        operations("allowed_operations", "allowed_operations", _OPERATIONS, as_set=False),
        operations("current_operations", "current_operations", _OPERATIONS, as_set=False),
        mapping("other-config", "other_config", adds=True),
    ),
)

MESSAGE = XeClass(
    name="message",
    xapi_class="message",
    fields=(
        plain("uuid", "uuid"),
        plain("name", "name"),
        plain("priority", "priority"),
        plain("class", "cls"),
        plain("obj-uuid", "obj_uuid"),
        plain("timestamp", "timestamp"),
        plain("body", "body"),
    ),
)

CONSOLE = XeClass(
    name="console",
    xapi_class="console",
    listed=("uuid", "vm-uuid", "vm-name-label", "protocol", "location"),
    fields=(
        plain("uuid", "uuid"),
        uuid_of("vm-uuid", "VM", "VM"),
        name_of("vm-name-label", "VM", "VM"),
        plain("protocol", "protocol", words={"vt100": "VT100", "rfb": "RFB", "rdp": "RDP"}),
        plain("location", "location"),
        mapping("other-config", "other_config", adds=True),
    ),
)

CERTIFICATE = XeClass(
    name="certificate",
    xapi_class="Certificate",
    listed=("uuid", "type", "name", "host", "not-before", "not-after", "fingerprint"),
    fields=(
        plain("uuid", "uuid"),
        plain("type", "type"),
        plain("name", "name"),
        uuid_of("host", "host", "host"),
        plain("not-before", "not_before"),
        plain("not-after", "not_after"),
        plain("fingerprint", "fingerprint"),
    ),
)
