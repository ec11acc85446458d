"""xe: lists, filters, parameters, commands and complaints, in the product's layout."""

import pytest

from tests.lab.hosts import Answer, RecordedToolstack, Shell
from xsbond.lab.contracts import Failure

MASTER = "d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1"
ETH1 = "2bb02ea3-3748-db6f-0150-c56b88412754"
ETH5 = "cff1f3fe-400c-16ba-1f89-ab4dc6f437f4"
PUB = "74d2ba9d-28cd-a6f6-bcd4-3ba259b031d4"
BOND1 = "15a94569-8785-4c28-e629-303d414e94aa"


def refs(toolstack: RecordedToolstack, xapi_class: str, *uuids: str) -> list[str]:
    """Return the references of uuids."""
    return [toolstack.call(f"{xapi_class}.get_by_uuid", uuid) for uuid in uuids]


def test_list_of_one_field_is_as_the_tutorial_reads_it(shell: Shell) -> None:
    """The fifth word is the value; two empty lines follow."""
    assert shell.out(f"xe pif-list host-uuid={MASTER} device=eth1 params=uuid") == (
        f"uuid ( RO)    : {ETH1}\n\n\n"
    )


def test_fields_come_in_the_order_of_the_class(shell: Shell) -> None:
    """Not in that of params=; the first at the left, the others at the right."""
    printed = shell.out(f"xe pif-list host-uuid={MASTER} device=eth1 params=MAC,device,uuid")
    assert printed == (
        f"uuid ( RO)      : {ETH1}\n"
        "    device ( RO): eth1\n"
        "       MAC ( RO): 00:1f:29:c4:9f:3c\n\n\n"
    )


def test_unknown_parameter_to_print_is_left_out(shell: Shell) -> None:
    """Only fields the class has are printed."""
    printed = shell.out(f"xe pif-list host-uuid={MASTER} device=eth1 params=uuid,colour")
    assert printed == f"uuid ( RO)    : {ETH1}\n\n\n"


def test_minimal_prints_values_with_commas(shell: Shell) -> None:
    """The first field only."""
    printed = shell.out("xe network-list bridge=xapi1 --minimal")
    assert printed == f"{PUB}\n"


def test_minimal_of_several_is_one_line(shell: Shell) -> None:
    """Two hosts, one comma."""
    assert shell.out("xe host-list --minimal").count(",") == 1


def test_minimal_of_nothing_is_an_empty_line(shell: Shell) -> None:
    """So that $(…) is empty."""
    assert shell.out("xe pif-list device=eth9 --minimal") == "\n"


def test_minimal_escapes_commas(shell: Shell, toolstack: RecordedToolstack) -> None:
    """A comma in a value gets a backslash."""
    (ref,) = refs(toolstack, "network", PUB)
    toolstack.tables["network"][ref]["name_label"] = "PUB, guests"
    printed = shell.out("xe network-list bridge=xapi1 params=name-label --minimal")
    assert printed == "PUB\\, guests\n"


def test_list_of_nothing_prints_nothing(shell: Shell) -> None:
    """Without --minimal not even a line."""
    assert shell.run("xe pif-list device=eth9") == Answer(stdout="", stderr="", status=0)


def test_filter_on_a_mac_ignores_case(shell: Shell) -> None:
    """Other fields are compared exactly."""
    assert shell.out("xe pif-list MAC=00:1F:29:C4:9F:3C physical=true --minimal") == f"{ETH1}\n"


def test_filter_on_a_mode_counts_case(shell: Shell) -> None:
    """Static is not static."""
    assert shell.out("xe pif-list IP-configuration-mode=static --minimal") == "\n"


def test_filter_on_a_map_names_a_key(shell: Shell) -> None:
    """properties:gro=on holds for physical PIFs."""
    printed = shell.out(f"xe pif-list properties:gro=on uuid={ETH1} --minimal")
    assert printed == f"{ETH1}\n"


def test_filter_on_a_set_says_contains(shell: Shell) -> None:
    """The network that has the PIF."""
    printed = shell.out(f"xe network-list PIF-uuids:contains={ETH1} params=bridge --minimal")
    assert printed == "xenbr1\n"


def test_filter_on_an_unknown_field_is_refused(shell: Shell) -> None:
    """Xe says which."""
    assert shell.run("xe pif-list colour=red") == Answer(
        stdout="", stderr="Error: Unknown field 'colour'\n", status=1
    )


def test_null_reference_is_not_in_the_database(shell: Shell) -> None:
    """As in vlan-master-of."""
    assert shell.out(f"xe pif-param-get uuid={ETH1} param-name=vlan-master-of") == (
        "<not in database>\n"
    )


def test_one_key_of_a_map_can_be_asked_for(shell: Shell) -> None:
    """param-key=."""
    command = f"xe host-param-get uuid={MASTER} param-name=software-version"
    assert shell.out(f"{command} param-key=product_brand") == "XCP-ng\n"


def test_missing_key_is_told(shell: Shell) -> None:
    """Status 1."""
    command = f"xe host-param-get uuid={MASTER} param-name=software-version param-key=colour"
    assert shell.run(command) == Answer(
        stdout="", stderr="Error: Key colour not found in map\n", status=1
    )


def test_unknown_parameter_to_get_is_told(shell: Shell) -> None:
    """Xe has no words for it, only a code."""
    assert shell.run(f"xe host-param-get uuid={MASTER} param-name=colour").stderr == (
        "Error code: Missing parameter\nError parameters: colour\n"
    )


def test_unknown_uuid_is_told(shell: Shell) -> None:
    """Class and uuid on lines of their own."""
    assert shell.run("xe bond-param-list uuid=nonsense") == Answer(
        stdout="",
        stderr="The uuid you supplied was invalid.\ntype: Bond\nuuid: nonsense\n",
        status=1,
    )


def test_missing_parameter_is_told(shell: Shell) -> None:
    """And where help is."""
    assert shell.run("xe bond-create network-uuid=x").stderr == (
        "Required parameter not found: pif-uuids\nFor usage run: 'xe help'\n"
    )


def test_unknown_command_is_told(shell: Shell) -> None:
    """Status 1."""
    assert shell.run("xe vm-frobnicate") == Answer(
        stdout="", stderr="Unknown command: vm-frobnicate\nFor usage run: 'xe help'\n", status=1
    )


def test_xe_without_xapi_is_refused(shell: Shell) -> None:
    """Nobody listens."""
    shell.run("service xapi stop")
    assert shell.run("xe host-list") == Answer(
        stdout="", stderr="Error: Connection refused (calling connect )\n", status=1
    )


def test_bond_create_calls_xapi(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Uuids become references, the mode XAPI's word, properties a map."""
    shell.run(
        f"xe bond-create network-uuid={PUB} pif-uuids={ETH1},{ETH5} mode=Balance-SLB"
        " properties:hashing_algorithm=src_mac"
    )
    (network,), pifs = refs(toolstack, "network", PUB), refs(toolstack, "PIF", ETH1, ETH5)
    assert toolstack.calls == [
        ("Bond.create", network, pifs, "", "balance-slb", {"hashing_algorithm": "src_mac"})
    ]


def test_created_uuid_is_one_line(shell: Shell) -> None:
    """What the tutorial keeps in a variable."""
    assert shell.out("xe network-create name-label=PUB") == (
        "6d1f5a2c-0000-4000-8000-0123456789ab\n"
    )


def test_network_create_gives_xapi_a_record(shell: Shell, toolstack: RecordedToolstack) -> None:
    """With XAPI's own types."""
    shell.run("xe network-create name-label=PUB MTU=9000")
    assert toolstack.calls == [
        (
            "network.create",
            {
                "name_label": "PUB",
                "name_description": "",
                "MTU": 9000,
                "other_config": {},
                "bridge": "",
                "managed": True,
                "tags": [],
            },
        )
    ]


def test_default_mode_is_balance_slb(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Xe fills it in."""
    shell.run(f"xe bond-create network-uuid={PUB} pif-uuids={ETH1}")
    assert toolstack.calls[0][4] == "balance-slb"


def test_unknown_mode_is_refused_by_xe(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Before XAPI hears of it."""
    answer = shell.run(f"xe bond-create network-uuid={PUB} pif-uuids={ETH1} mode=fast")
    assert answer.stderr == "Error: Invalid bond mode. Got fast\n"
    assert toolstack.calls == []


def test_failure_names_objects_by_uuid(shell: Shell, toolstack: RecordedToolstack) -> None:
    """A reference in an error becomes the uuid of what it leads to."""
    (pif,) = refs(toolstack, "PIF", ETH1)
    toolstack.failure = Failure("PIF_ALREADY_BONDED", pif)
    assert shell.run(f"xe bond-create network-uuid={PUB} pif-uuids={ETH1}").stderr == (
        f"This operation cannot be performed because the pif is bonded.\nPIF: {ETH1}\n"
    )


def test_failure_xe_has_no_words_for_is_told_by_its_code(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """Code and arguments."""
    toolstack.failure = Failure("SOMETHING_NEW", "a", "b")
    assert shell.run(f"xe bond-destroy uuid={BOND1}").stderr == (
        "Error code: SOMETHING_NEW\nError parameters: a, b\n"
    )


@pytest.mark.parametrize(
    ("command", "call"),
    [
        (f"network-param-set uuid={PUB} name-label=X", ("network.set_name_label", "X")),
        (f"network-param-set uuid={PUB} MTU=9000", ("network.set_MTU", 9000)),
        (
            f"network-param-set uuid={PUB} other-config:k=v",
            ("network.add_to_other_config", "k", "v"),
        ),
        (
            f"network-param-add uuid={PUB} param-name=other-config k=v",
            ("network.add_to_other_config", "k", "v"),
        ),
        (
            f"network-param-add uuid={PUB} param-name=tags param-key=t",
            ("network.add_tags", "t"),
        ),
    ],
)
def test_parameters_are_written_through_xapi(
    shell: Shell, toolstack: RecordedToolstack, command: str, call: tuple[object, ...]
) -> None:
    """The setter of the field, with XAPI's type."""
    shell.run(f"xe {command}")
    (ref,) = refs(toolstack, "network", PUB)
    assert toolstack.calls == [(call[0], ref, *call[1:])]


def test_property_of_a_bond_is_set_one_by_one(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Bond.set_property."""
    shell.run(f"xe bond-param-set uuid={BOND1} properties:hashing_algorithm=src_mac")
    (ref,) = refs(toolstack, "Bond", BOND1)
    assert toolstack.calls == [("Bond.set_property", ref, "hashing_algorithm", "src_mac")]


def test_key_in_a_map_is_replaced(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Taken out, then added."""
    (ref,) = refs(toolstack, "network", PUB)
    toolstack.tables["network"][ref]["other_config"] = {"k": "old"}
    shell.run(f"xe network-param-set uuid={PUB} other-config:k=new")
    assert [call[0] for call in toolstack.calls] == [
        "network.remove_from_other_config",
        "network.add_to_other_config",
    ]


def test_read_only_parameter_is_refused(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Before XAPI hears of it."""
    answer = shell.run(f"xe network-param-set uuid={PUB} bridge=xapi7")
    assert answer.stderr == "Error: Field 'bridge' is read-only.\n"
    assert toolstack.calls == []


def test_mode_of_a_bond_can_be_set(shell: Shell, toolstack: RecordedToolstack) -> None:
    """bond-set-mode."""
    shell.run(f"xe bond-set-mode uuid={BOND1} mode=active-backup")
    (ref,) = refs(toolstack, "Bond", BOND1)
    assert toolstack.calls == [("Bond.set_mode", ref, "active-backup")]
