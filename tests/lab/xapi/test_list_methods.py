"""system.listMethods: what a client can call on each release."""

import pytest

from tests.lab.worlds import RECORDED, ask, running, serving
from xsbond.lab.blueprint import PROFILES
from xsbond.lab.contracts import Failure
from xsbond.lab.world import World

UNKNOWN = (
    ("xenserver-6.2", "Bond.get_auto_update_mac"),
    ("xenserver-6.2", "VTPM.create"),
    ("xenserver-6.2", "Cluster.create"),
    ("xenserver-6.2", "Feature.get_all"),
    ("xenserver-6.2", "network_sriov.create"),
    ("xenserver-6.2", "SDN_controller.introduce"),
    ("xenserver-6.2", "PUSB.scan"),
    ("xenserver-6.2", "Certificate.get_all"),
    ("xenserver-6.2", "VM.import"),
    ("xenserver-6.2", "VDI.get_cbt_enabled"),
    ("xenserver-6.2", "role.get_is_internal"),
    ("citrix-hypervisor-8.2", "Repository.introduce"),
    ("citrix-hypervisor-8.2", "Observer.create"),
    ("citrix-hypervisor-8.2", "VTPM.create"),
    ("xcp-ng-8.2", "VM.restart_device_models"),
    ("xcp-ng-8.3", "Host_driver.select"),
    ("xcp-ng-8.3", "Rate_limit.create"),
    ("xenserver-8", "VDI.revert"),
    ("xenserver-8", "Caller.query_all_usage"),
)
KNOWN = (
    ("xenserver-6.2", "SR.get_all_records"),
    ("xenserver-6.2", "VMPP.protect_now"),
    ("xenserver-6.2", "console.get_location"),
    ("xenserver-6.2", "PGPU.get_host"),
    ("citrix-hypervisor-8.2", "Cluster.pool_create"),
    ("citrix-hypervisor-8.2", "PVS_site.introduce"),
    ("xcp-ng-8.3", "VTPM.create"),
    ("xcp-ng-8.3", "VM_group.create"),
    ("xenserver-8", "Host_driver.select"),
)


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    """A world of each release, by its name."""
    found: dict[str, World] = {}
    for name, profile in PROFILES.items():
        with running(1, profile=profile) as world:
            found[name] = world
    return found


def test_current_release_lists_what_was_recorded_in_the_order_it_was() -> None:
    """The names are those of a real xapi 26.17."""
    expected = (RECORDED / "methods.txt").read_text(encoding="utf-8").split()
    with running(1) as world, serving(world) as connect:
        assert connect(world.hosts[0]).system.listMethods() == expected


def test_recording_has_all_its_names() -> None:
    """A file cut short would make the claim above a small one."""
    assert len((RECORDED / "methods.txt").read_text(encoding="utf-8").split()) == 2258


@pytest.mark.parametrize(("profile", "name"), UNKNOWN)
def test_release_does_not_know_what_came_later(
    worlds: dict[str, World], profile: str, name: str
) -> None:
    """The message, and its class, are of a newer release."""
    assert name not in worlds[profile].dispatcher.messages


NOW = sorted({("current", name) for _, name in UNKNOWN})


@pytest.mark.parametrize(("profile", "name"), [*KNOWN, *NOW])
def test_release_knows_what_it_had(worlds: dict[str, World], profile: str, name: str) -> None:
    """The message is there, whether or not the lab has anything to do it with."""
    assert name in worlds[profile].dispatcher.messages


@pytest.mark.parametrize(
    ("profile", "code"),
    [("xenserver-6.2", "HANDLE_INVALID"), ("citrix-hypervisor-8.2", "MESSAGE_REMOVED")],
)
def test_message_is_removed_from_a_release_on(profile: str, code: str) -> None:
    """VDI.resize_online went with 7.3; its name stayed."""
    with running(1, profile=PROFILES[profile]) as world, pytest.raises(Failure) as found:
        ask(world, "VDI.resize_online", "OpaqueRef:0", 1)
    assert found.value.code == code


def test_older_releases_know_less(worlds: dict[str, World]) -> None:
    """From the newest to the oldest, the lists get shorter."""
    sizes = [len(world.dispatcher.messages) for world in worlds.values()]
    assert sizes == sorted(sizes, reverse=True)
