"""xe on virtual machines and their interfaces."""

from typing import Any

import pytest

from tests.lab.hosts import RecordedToolstack, Shell

MASTER = "d9645ab6-1d9d-4573-bf92-b94dc0c5c5c1"
PUB = "74d2ba9d-28cd-a6f6-bcd4-3ba259b031d4"
GUEST = "5e0f3c1a-77aa-4a7e-9b0c-1d2e3f405162"
INTERFACE = "6b7c8d9e-1111-4222-8333-444455556666"


@pytest.fixture
def guest(toolstack: RecordedToolstack) -> str:
    """A VM that runs on the master with an interface on PUB, and a template."""
    vm: dict[str, Any] = {
        "uuid": GUEST,
        "name_label": "web",
        "name_description": "",
        "is_a_template": False,
        "is_control_domain": False,
        "is_a_snapshot": False,
        "power_state": "Running",
        "resident_on": toolstack.call("host.get_by_uuid", MASTER),
        "actions_after_crash": "coredump_and_restart",
        "metrics": "OpaqueRef:NULL",
        "memory_static_max": 0,
        "tags": ["a", "b"],
        "VIFs": ["OpaqueRef:vif"],
    }
    template = {**vm, "uuid": "t", "name_label": "Debian", "is_a_template": True, "VIFs": []}
    toolstack.tables["VM"] = {"OpaqueRef:vm": vm, "OpaqueRef:template": template}
    toolstack.tables["VIF"] = {
        "OpaqueRef:vif": {
            "uuid": INTERFACE,
            "device": "0",
            "MAC": "aa:bb:cc:dd:ee:ff",
            "VM": "OpaqueRef:vm",
            "network": toolstack.call("network.get_by_uuid", PUB),
            "ipv4_allowed": ["10.0.0.1"],
            "locking_mode": "network_default",
        }
    }
    return GUEST


def test_vm_list_leaves_templates_out(shell: Shell, guest: str) -> None:
    """They have a list of their own; the uuid comes first as it does in the class."""
    assert shell.out("xe vm-list") == (
        f"uuid ( RO)           : {guest}\n"
        "     name-label ( RW): web\n"
        "    power-state ( RO): running\n\n\n"
    )
    assert shell.out("xe template-list params=name-label --minimal") == "Debian\n"


def test_vm_prints_xes_own_words(shell: Shell, guest: str) -> None:
    """Not those of XAPI."""
    command = f"xe vm-param-get uuid={guest} param-name"
    assert shell.out(f"{command}=actions-after-crash") == "Core dump and restart\n"
    assert shell.out(f"{command}=memory-actual") == "<not in database>\n"
    assert shell.out(f"{command}=start-time") == "<unknown time>\n"
    assert shell.out(f"{command}=tags") == "a, b\n"


def test_vif_list_names_its_vm_and_network(shell: Shell, guest: str) -> None:
    """By uuid."""
    assert shell.out("xe vif-list") == (
        f"uuid ( RO)            : {INTERFACE}\n"
        f"         vm-uuid ( RO): {guest}\n"
        "          device ( RO): 0\n"
        f"    network-uuid ( RO): {PUB}\n\n\n"
    )


@pytest.mark.usefixtures("guest")
def test_interfaces_of_a_vm_can_be_listed(shell: Shell) -> None:
    """vm-vif-list."""
    assert shell.out("xe vm-vif-list vm=web --minimal") == f"{INTERFACE}\n"


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize(
    ("command", "call"),
    [
        (
            f"vif-param-set uuid={INTERFACE} locking-mode=locked",
            ("VIF.set_locking_mode", "OpaqueRef:vif", "locked"),
        ),
        (
            f"vif-param-set uuid={INTERFACE} ipv4-allowed=10.0.0.2,10.0.0.3",
            ("VIF.set_ipv4_allowed", "OpaqueRef:vif", ["10.0.0.2", "10.0.0.3"]),
        ),
        (
            f"vif-param-remove uuid={INTERFACE} param-name=ipv4-allowed param-key=10.0.0.1",
            ("VIF.remove_ipv4_allowed", "OpaqueRef:vif", "10.0.0.1"),
        ),
        (
            f"vif-param-clear uuid={INTERFACE} param-name=ipv4-allowed",
            ("VIF.remove_ipv4_allowed", "OpaqueRef:vif", "10.0.0.1"),
        ),
        (
            f"vm-param-set uuid={GUEST} actions-after-crash=DESTROY",
            ("VM.set_actions_after_crash", "OpaqueRef:vm", "destroy"),
        ),
        (
            f"vm-param-set uuid={GUEST} memory-static-max=2GiB",
            ("VM.set_memory_static_max", "OpaqueRef:vm", 2147483648),
        ),
    ],
)
def test_guest_is_written_with_xapis_words(
    shell: Shell, toolstack: RecordedToolstack, command: str, call: tuple[object, ...]
) -> None:
    """Sets by their members, words in XAPI's spelling."""
    assert shell.run(f"xe {command}").status == 0
    assert toolstack.calls == [call]


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize(
    ("command", "call"),
    [
        ("vm-start vm=web", ("VM.start", "OpaqueRef:vm", False, False)),
        (f"vm-start uuid={GUEST} --paused --force", ("VM.start", "OpaqueRef:vm", True, True)),
        ("vm-resume vm=web", ("VM.resume", "OpaqueRef:vm", False, False)),
        ("vm-shutdown vm=web", ("VM.clean_shutdown", "OpaqueRef:vm")),
        ("vm-shutdown vm=web --force", ("VM.hard_shutdown", "OpaqueRef:vm")),
        ("vm-reboot power-state=running", ("VM.clean_reboot", "OpaqueRef:vm")),
        (f"vm-destroy uuid={GUEST}", ("VM.destroy", "OpaqueRef:vm")),
        (f"vif-unplug uuid={INTERFACE} force=true", ("VIF.unplug_force", "OpaqueRef:vif")),
        (
            f"vif-configure-ipv4 uuid={INTERFACE} mode=static address=10.0.0.2/8",
            ("VIF.configure_ipv4", "OpaqueRef:vif", "Static", "10.0.0.2/8", ""),
        ),
    ],
)
def test_command_about_guests_becomes_this_call(
    shell: Shell, toolstack: RecordedToolstack, command: str, call: tuple[object, ...]
) -> None:
    """VMs by what they are, interfaces by uuid."""
    assert shell.run(f"xe {command}").status == 0
    assert toolstack.calls == [call]


def test_vm_starts_on_the_host_asked_for(
    shell: Shell, toolstack: RecordedToolstack, guest: str
) -> None:
    """By name or uuid."""
    shell.run(f"xe vm-start uuid={guest} on=xs-1")
    master = toolstack.call("host.get_by_uuid", MASTER)
    assert toolstack.calls == [("VM.start_on", "OpaqueRef:vm", master, False, False)]


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("vm-start vm=nobody", "Error: No matching VMs found\n"),
        ("vm-start vm=Debian", "Error: No matching VMs found\n"),
        (
            f"vm-param-set uuid={GUEST} memory-static-max=2GB",
            (
                "Error: Failed to parse field 'memory-static-max': Unknown suffix: 'GB' (try KiB,"
                " MiB, GiB or TiB)\n"
            ),
        ),
        ("vm-start vm=web on=nowhere", "Error: Host nowhere not found\n"),
        (
            f"vif-configure-ipv4 uuid={INTERFACE} mode=static",
            "Error: Required parameter not found: address\n",
        ),
    ],
)
def test_command_about_guests_is_refused_by_xe(
    shell: Shell, toolstack: RecordedToolstack, command: str, complaint: str
) -> None:
    """Before XAPI hears of it."""
    assert shell.run(f"xe {command}").stderr == complaint
    assert toolstack.calls == []


def test_control_domain_stays(shell: Shell, toolstack: RecordedToolstack, guest: str) -> None:
    """Xe does not even ask XAPI."""
    toolstack.tables["VM"]["OpaqueRef:vm"]["is_control_domain"] = True
    assert shell.run(f"xe vm-destroy uuid={guest}").stderr == (
        "You attempted an operation that was not allowed.\n"
        "reason: You cannot destroy a control domain via the CLI\n"
    )


@pytest.mark.usefixtures("guest")
def test_new_interface_has_the_mtu_of_its_network(
    shell: Shell, toolstack: RecordedToolstack
) -> None:
    """And a random address if that is wanted: local, of one station."""
    command = f"vif-create device=1 network-uuid={PUB} vm-uuid={GUEST} mac=random"
    shell.run(f"xe {command}")
    ((method, record),) = toolstack.calls
    assert (method, record["MTU"], record["device"]) == ("VIF.create", 1500, "1")
    assert record["MAC"][1] in "26ae"
