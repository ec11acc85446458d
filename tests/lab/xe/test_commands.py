"""xe's commands that do one thing: the calls they become, and what they refuse."""

import pytest

from tests.lab.hosts import Answer, RecordedToolstack, Shell

MASTER = "d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1"
MEMBER = "9bc984d0-e1be-45a9-a4e2-6f3a523ca3d2"
ETH1 = "2bb02ea3-3748-db6f-0150-c56b88412754"
PUB = "74d2ba9d-28cd-a6f6-bcd4-3ba259b031d4"
SEVERAL = "Error: Multiple matching hosts found. --multiple required to complete the operation\n"


def ref_of(toolstack: RecordedToolstack, xapi_class: str, uuid: str) -> str:
    """Return the reference of an object."""
    return str(toolstack.call(f"{xapi_class}.get_by_uuid", uuid))


@pytest.mark.parametrize(
    ("command", "call"),
    [
        (f"pif-plug uuid={ETH1}", ("PIF.plug", "eth1")),
        (f"pif-forget uuid={ETH1}", ("PIF.forget", "eth1")),
        (f"pif-db-forget uuid={ETH1}", ("PIF.db_forget", "eth1")),
        (f"pif-scan host-uuid={MASTER}", ("PIF.scan", "master")),
        (
            f"pif-introduce host-uuid={MASTER} device=eth9 mac=aa:bb:cc:dd:ee:ff managed=no",
            ("PIF.introduce", "master", "aa:bb:cc:dd:ee:ff", "eth9", False),
        ),
        (
            f"pif-reconfigure-ip uuid={ETH1} mode=STATIC ip=10.0.0.2 netmask=255.0.0.0 dns=1.1.1.1",
            ("PIF.reconfigure_ip", "eth1", "Static", "10.0.0.2", "255.0.0.0", "", "1.1.1.1"),
        ),
        (
            f"pif-reconfigure-ipv6 uuid={ETH1} mode=autoconf",
            ("PIF.reconfigure_ipv6", "eth1", "Autoconf", "", "", ""),
        ),
        (
            f"pif-set-primary-address-type uuid={ETH1} primary_address_type=ipv6",
            ("PIF.set_primary_address_type", "eth1", "IPv6"),
        ),
        (f"network-attach uuid={PUB} host-uuid={MASTER}", ("network.attach", "PUB", "master")),
        (f"host-enable uuid={MASTER}", ("host.enable", "master")),
        ("host-enable-ssh host=xs-1", ("host.enable_ssh", "master")),
        ("host-disable-ssh host=xs-1", ("host.disable_ssh", "master")),
        ("host-disable host=xs-1 auto-enable=true", ("host.disable", "master")),
        ("host-disable host=xs-1 auto-enable=false", ("host.disable", "master", False)),
        ("host-evacuate hostname=xs-1", ("host.evacuate", "master")),
        ("host-management-disable", ("host.management_disable",)),
        (
            "host-emergency-management-reconfigure interface=eth0",
            ("host.local_management_reconfigure", "eth0"),
        ),
        ("host-shutdown-agent", ("host.shutdown_agent",)),
        ("host-emergency-ha-disable --force", ("host.emergency_ha_disable", False)),
        (
            f"host-set-hostname-live host-uuid={MASTER} host-name=a",
            ("host.set_hostname_live", "master", "a"),
        ),
        (
            f"pool-designate-new-master host-uuid={MASTER}",
            ("pool.designate_new_master", "master"),
        ),
        ("pool-sync-database", ("pool.sync_database",)),
        ("pool-ha-disable", ("pool.disable_ha",)),
        ("pool-ha-enable ha-config:timeout=60", ("pool.enable_ha", [], {"timeout": "60"})),
        (f"pool-eject host-uuid={MASTER} --force", ("pool.eject", "master")),
        (
            "message-create name=N priority=3 body=B host-uuid=H",
            ("message.create", "N", 3, "Host", "H", "B"),
        ),
    ],
)
def test_command_becomes_this_call(
    shell: Shell, toolstack: RecordedToolstack, command: str, call: tuple[object, ...]
) -> None:
    """Its last one, uuids being references and texts XAPI's types."""
    names = {
        "eth1": ref_of(toolstack, "PIF", ETH1),
        "PUB": ref_of(toolstack, "network", PUB),
        "master": ref_of(toolstack, "host", MASTER),
    }
    shell.run(f"xe {command}")
    wanted = tuple(names.get(each, each) if isinstance(each, str) else each for each in call)
    assert toolstack.calls[-1] == wanted


def test_mark_of_the_maintenance_mode_goes_with_it(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """Or XenCenter would disable the host again."""
    shell.run(f"xe host-enable uuid={MASTER}")
    host = ref_of(toolstack, "host", MASTER)
    assert toolstack.calls[0] == ("host.remove_from_other_config", host, "MAINTENANCE_MODE")


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("host-disable", SEVERAL),
        ("host-disable uuid=nobody", "Error: No matching hosts found\n"),
        ("host-disable host=nobody", "Error: No matching hosts found\n"),
        ("host-disable colour=red", "Error: Unknown field 'colour'\n"),
        (
            "host-evacuate --multiple",
            (
                "Error: Multiple matching hosts found. Operation can only be performed on one"
                " host at a time\n"
            ),
        ),
        (
            "host-emergency-ha-disable",
            (
                "Error: This operation is dangerous and may cause data loss. This operation must"
                " be forced (use --force).\n"
            ),
        ),
        (
            f"vlan-create network-uuid={PUB} pif-uuid={ETH1} vlan=big",
            "Error: Failed to parse parameter 'vlan': expecting an integer\n",
        ),
        (
            f"pif-reconfigure-ip uuid={ETH1} mode=Manual",
            "Error: Expected 'dhcp','none' or 'static', got manual\n",
        ),
        (
            "message-create name=N priority=3 body=B",
            "Error: Need one of: vm-uuid, host-uuid, sr-uuid or pool-uuid\n",
        ),
        (
            "message-create name=N priority=high body=B host-uuid=H",
            "Error: Priority field should be an integer\n",
        ),
        ("message-destroy", "Error: Need one of uuid, uuids\n"),
        (
            "message-destroy uuid=a uuids=b",
            "Error: Ambiguous arguments; need one of uuid, uuids\n",
        ),
        (
            "event-wait class=bond",
            "Error: Cli listening for class 'bond' not currently implemented\n",
        ),
        ("event-wait class=pif colour=red", "Error: key missing: colour\n"),
    ],
)
def test_command_is_refused_by_xe(
    shell: Shell, toolstack: RecordedToolstack, command: str, complaint: str
) -> None:
    """In its own words, and before anything is changed."""
    assert shell.run(f"xe {command}") == Answer(stdout="", stderr=complaint, status=1)
    assert toolstack.calls == []


def test_several_hosts_are_done_one_after_the_other(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """With --multiple."""
    shell.run("xe host-disable --multiple")
    assert sorted(call[1] for call in toolstack.calls) == sorted(toolstack.tables["host"])


def test_careful_command_asks_first(shell: Shell, toolstack: RecordedToolstack) -> None:
    """Anything but yes ends it well."""
    answer = shell.run(f"xe host-forget uuid={MEMBER}", stdin="no\n")
    assert answer.stdout.splitlines()[-2:] == [
        "Type 'yes' to continue",
        "Aborted (you typed: 'no')",
    ]
    assert (answer.status, toolstack.calls) == (0, [])


def test_careful_command_goes_on_after_a_yes(shell: Shell, toolstack: RecordedToolstack) -> None:
    """In any case."""
    shell.run(f"xe host-forget uuid={MEMBER}", stdin=" Yes\n")
    assert toolstack.calls == [("host.destroy", ref_of(toolstack, "host", MEMBER))]


def test_question_nobody_answers_ends_the_command(shell: Shell) -> None:
    """As a broken connection does."""
    answer = shell.run(f"xe host-forget uuid={MEMBER}")
    assert (answer.stderr, answer.status) == ("Lost connection to the server.\n", 1)


def test_forced_command_does_not_ask(shell: Shell, toolstack: RecordedToolstack) -> None:
    """--force."""
    assert shell.out(f"xe host-forget uuid={MEMBER} --force") == ""
    assert toolstack.calls == [("host.destroy", ref_of(toolstack, "host", MEMBER))]
