"""xe's generic commands: how a class is listed, read and written."""

from typing import Any

import pytest

from tests.lab.hosts import Answer, RecordedToolstack, Shell

MASTER = "d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1"
MEMBER = "9bc984d0-e1be-45a9-a4e2-6f3a523ca3d2"
ETH1 = "2bb02ea3-3748-db6f-0150-c56b88412754"
PUB = "74d2ba9d-28cd-a6f6-bcd4-3ba259b031d4"
BOND1 = "15a94569-8785-4c28-e629-303d414e94aa"
TASK = "0d7a2c1e-5b1f-4c44-9d59-2f1b8f6f2a01"


def ref_of(toolstack: RecordedToolstack, xapi_class: str, uuid: str) -> str:
    """Return the reference of an object."""
    return str(toolstack.call(f"{xapi_class}.get_by_uuid", uuid))


def change(toolstack: RecordedToolstack, xapi_class: str, uuid: str, **fields: Any) -> None:
    """Give fields of an object other values."""
    toolstack.tables[xapi_class][ref_of(toolstack, xapi_class, uuid)].update(fields)


def test_records_come_with_the_highest_reference_first(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """As the database hands them out."""
    refs = sorted(toolstack.tables["host"], reverse=True)
    uuids = [toolstack.tables["host"][ref]["uuid"] for ref in refs]
    assert shell.out("xe host-list --minimal") == f"{','.join(uuids)}\n"


def test_all_takes_the_filters_back(shell: Shell) -> None:
    """--all shows every record, whatever was asked for."""
    assert shell.out("xe host-list name-label=nobody --all --minimal").count(",") == 1


def test_several_filters_hold_together(shell: Shell) -> None:
    """Each one takes records away."""
    command = f"xe pif-list host-uuid={MASTER} physical=true management=true params=device"
    assert shell.out(f"{command} --minimal") == "eth0\n"


def test_the_same_filter_twice_counts_twice(shell: Shell) -> None:
    """No device has two names."""
    assert shell.out("xe pif-list device=eth0 device=eth1 --minimal") == "\n"


def test_first_of_two_values_counts(shell: Shell) -> None:
    """Of a parameter that is no filter."""
    command = f"xe pif-list uuid={ETH1} params=device params=MAC --minimal"
    assert shell.out(command) == "eth1\n"


def test_older_spelling_of_a_key_is_understood(shell: Shell) -> None:
    """properties-gro=on is properties:gro=on."""
    assert shell.out(f"xe pif-list properties-gro=on uuid={ETH1} --minimal") == f"{ETH1}\n"


def test_key_of_what_is_no_map_is_refused(shell: Shell) -> None:
    """A name has no keys."""
    assert shell.run("xe host-list name-label:x=y").stderr == (
        "Error: Field 'name-label' is not a set or map\n"
    )


def test_member_of_a_set_is_asked_for_by_contains(shell: Shell) -> None:
    """Any other word is refused."""
    assert shell.run("xe network-list tags:has=x").stderr == (
        "Error: Invalid syntax for set filtering (should be set-param:contains=key)\n"
    )


def test_word_without_a_value_is_a_filter_for_nothing(shell: Shell) -> None:
    """And so has to be a field."""
    assert shell.run("xe host-list colour").stderr == "Error: Unknown field 'colour'\n"


def test_field_that_a_release_lacks_is_unknown(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Records without the attribute have no such field."""
    for record in toolstack.tables["PIF"].values():
        del record["igmp_snooping_status"]
    assert "igmp-snooping-status" not in shell.out(f"xe pif-param-list uuid={ETH1}")
    assert shell.run("xe pif-list igmp-snooping-status=unknown").stderr == (
        "Error: Unknown field 'igmp-snooping-status'\n"
    )


def test_list_does_not_read_what_is_expensive(shell: Shell) -> None:
    """It says so instead."""
    assert shell.out(f"xe pif-list uuid={ETH1} params=io_read_kbs") == (
        "io_read_kbs ( RO)    : <expensive field>\n\n\n"
    )


def test_single_record_is_read_to_the_end(shell: Shell) -> None:
    """Where the statistics daemon is silent that is not much."""
    assert shell.out(f"xe pif-param-get uuid={ETH1} param-name=io_read_kbs") == "<unknown>\n"
    assert " io_read_kbs ( RO): <unknown>\n" in shell.out(f"xe pif-param-list uuid={ETH1}")


def test_hidden_field_is_shown_to_who_asks_for_it(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """But in no list."""
    uuid = shell.out("xe pool-list --minimal").strip()
    change(toolstack, "pool", uuid, vswitch_controller="")
    command = f"xe pool-param-get uuid={uuid} param-name=vswitch-controller"
    assert shell.out(command) == "<not set>\n"
    assert "vswitch-controller" not in shell.out("xe pool-list params=all")


def test_deprecated_field_is_marked(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Behind its rights."""
    change(toolstack, "host", MASTER, patches=[])
    assert shell.out("xe host-list name-label=xs-1 params=patches") == (
        "patches (SRO) [DEPRECATED]    : \n\n\n"
    )


def test_operation_has_a_name_of_its_own(shell: Shell, toolstack: RecordedToolstack) -> None:
    """VM.start is XAPI's vm_start."""
    change(toolstack, "host", MASTER, allowed_operations=["vm_start", "evacuate"])
    command = f"xe host-param-get uuid={MASTER} param-name=allowed-operations"
    assert shell.out(command) == "VM.start; evacuate\n"


def test_message_list_shows_everything(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Messages have no shorter form."""
    toolstack.tables["message"] = {
        "OpaqueRef:message": {
            "uuid": "ab",
            "name": "BOND_STATUS_CHANGED",
            "priority": 3,
            "cls": "Host",
            "obj_uuid": MASTER,
            "timestamp": "20260101T00:00:00Z",
            "body": "The status of the eth1+eth5 bond is: 1/2 up",
        }
    }
    assert shell.out("xe message-list") == (
        "uuid ( RO)         : ab\n"
        "         name ( RO): BOND_STATUS_CHANGED\n"
        "     priority ( RO): 3\n"
        "        class ( RO): Host\n"
        f"     obj-uuid ( RO): {MASTER}\n"
        "    timestamp ( RO): 20260101T00:00:00Z\n"
        "         body ( RO): The status of the eth1+eth5 bond is: 1/2 up\n\n\n"
    )


def test_task_list_shows_progress_with_three_digits(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """And the fields a list of tasks has."""
    toolstack.tables["task"] = {
        "OpaqueRef:task": {
            "uuid": TASK,
            "name_label": "Async.Bond.create",
            "name_description": "",
            "status": "pending",
            "progress": 0.5,
        }
    }
    assert shell.out("xe task-list") == (
        f"uuid ( RO)                : {TASK}\n"
        "          name-label ( RO): Async.Bond.create\n"
        "    name-description ( RO): \n"
        "              status ( RO): pending\n"
        "            progress ( RO): 0.500\n\n\n"
    )


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (f"bond-param-set uuid={BOND1} mode=lacp", "Field 'mode' is read-only."),
        (f"bond-param-set uuid={BOND1} properties=x", "Field 'properties' is read-only."),
        (f"network-param-set uuid={PUB} tags=x", "Field 'tags' is read-only."),
        (
            f"network-param-set uuid={PUB} other-config=x",
            "Field 'other-config' is a map or set. use the 'name:key=value' syntax.",
        ),
        (f"network-param-set uuid={PUB} tags:x=y", "Cannot param-set on set fields"),
        (
            f"host-param-set uuid={MASTER} software-version:x=y",
            "Map field 'software-version' is read-only.",
        ),
        (f"host-param-set uuid={MASTER} colour=red", "Unknown field 'colour'"),
        (
            f"pif-param-set uuid={ETH1} disallow-unplug=maybe",
            (
                "Failed to parse parameter 'disallow-unplug':"
                " Expected 'true','t','yes','y','1','false','f','no','n','0' got maybe"
            ),
        ),
        (
            f"network-param-set uuid={PUB} default-locking-mode=Unlocked",
            "Expected 'unlocked' or 'disabled', got Unlocked",
        ),
        (
            f"network-param-add uuid={PUB} param-name=tags",
            (
                "When adding a key to a set, use the syntax:"
                " *-param-add param-name=<name> param-key=<key>"
            ),
        ),
        (
            f"network-param-add uuid={PUB} param-name=PIF-uuids param-key=x",
            "Parameter is read-only",
        ),
        (
            f"network-param-add uuid={PUB} param-name=bridge param-key=x",
            "Can only add to parameters of type Set or Map",
        ),
        (
            f"network-param-remove uuid={PUB} param-name=bridge param-key=x",
            "Can only remove from parameters of type Set or Map",
        ),
        (
            f"network-param-remove uuid={PUB} param-name=PIF-uuids param-key=x",
            "Cannot remove parameters from read-only map",
        ),
        (f"network-param-remove uuid={PUB} param-name=tags param-key=x", "Key x is not in the set"),
        (
            f"network-param-remove uuid={PUB} param-name=other-config param-key=x",
            "Key x is not in map",
        ),
        (f"network-param-clear uuid={PUB} param-name=bridge", "Can only clear RW parameters"),
        (f"network-param-clear uuid={PUB} param-name=MTU", "Cannot clear this parameter"),
    ],
)
def test_impossible_change_is_refused_by_xe(
    shell: Shell, toolstack: RecordedToolstack, command: str, complaint: str
) -> None:
    """Before XAPI hears of it."""
    assert shell.run(f"xe {command}") == Answer(stdout="", stderr=f"Error: {complaint}\n", status=1)
    assert toolstack.calls == []


def test_flag_of_the_pool_is_spelt_out(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Some truth values are taken in OCaml's own spelling only."""
    change(toolstack, "host", MASTER, https_only=True)
    assert shell.run(f"xe host-param-set uuid={MASTER} https-only=yes").stderr == (
        "Error: Parameter https-only must be a boolean (true or false)\n"
    )


def test_map_is_cleared_key_by_key(shell: Shell, toolstack: RecordedToolstack) -> None:
    """param-clear."""
    change(toolstack, "network", PUB, other_config={"a": "1", "b": "2"})
    shell.run(f"xe network-param-clear uuid={PUB} param-name=other-config")
    assert [call[2] for call in toolstack.calls] == ["a", "b"]


def test_text_is_cleared_by_nothing(shell: Shell, toolstack: RecordedToolstack) -> None:
    """The setter gets an empty text."""
    shell.run(f"xe network-param-clear uuid={PUB} param-name=name-description")
    assert toolstack.calls == [
        ("network.set_name_description", ref_of(toolstack, "network", PUB), "")
    ]


def test_changes_happen_in_the_order_they_are_typed(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """One call after the other."""
    shell.run(f"xe network-param-set uuid={PUB} MTU=9000 name-label=X other-config:k=v")
    assert [call[0] for call in toolstack.calls] == [
        "network.set_MTU",
        "network.set_name_label",
        "network.add_to_other_config",
    ]


@pytest.mark.parametrize(
    ("database", "complaint"),
    [
        (
            "database:vdi-uuid=x database:filename=y",
            "Error: xapi can query a DB vdi or a DB file, but not both.\n",
        ),
        (
            "database:vdi-uuid=x",
            (
                "You tried to call a method that does not exist. The method name that you used is"
                " echoed.\nmethod: VDI.get_by_uuid\n"
            ),
        ),
    ],
)
def test_other_database_is_asked_for(shell: Shell, database: str, complaint: str) -> None:
    """As far as there could be one."""
    assert shell.run(f"xe host-list {database}").stderr == complaint
