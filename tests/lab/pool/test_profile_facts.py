"""What a profile says of itself: product, versions, licence, inventory, names."""

import pytest

from tests.lab.worlds import ask, pif, running
from xsbond.lab.blueprint import PROFILES, Profile

SAYS = {
    "xenserver-6.2": {
        "product_brand": "XenServer",
        "product_version": "6.2.0",
        "product_version_text": "6.2",
        "platform_version": "1.8.0",
        "build_number": "70446c",
        "xapi": "1.3",
        "linux": "2.6.32.43-0.4.1.xs1.8.0.835.170778xen",
        "xencenter_max": "2.0",
        "xs:main": "XenServer Pack, version 6.2.0, build 70446c",
    },
    "citrix-hypervisor-8.2": {
        "product_brand": "Citrix Hypervisor",
        "product_version": "8.2.1",
        "product_version_text_short": "8.2 CU1",
        "platform_version": "3.2.1",
        "build_number": "release/yangtze/master/58",
        "xapi": "1.20",
        "xencenter_min": "2.15",
    },
    "xcp-ng-8.2": {
        "product_brand": "XCP-ng",
        "product_version": "8.2.1",
        "product_version_text": "8.2",
        "build_number": "release/yangtze/master/58",
        "xapi": "1.20",
    },
    "xcp-ng-8.3": {
        "product_brand": "XCP-ng",
        "product_version": "8.3.0",
        "xapi": "24.19",
        "xapi_build": "24.19.2",
        "xencenter_max": "2.21",
    },
    "xenserver-8": {
        "product_brand": "XenServer",
        "product_version": "8.4.0",
        "product_version_text": "8",
        "xapi": "25.33",
    },
    "current": {"product_brand": "XCP-ng", "product_version": "8.3.0", "xapi_build": "26.17.0"},
}


all_profiles = pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))


@pytest.mark.parametrize("name", SAYS)
def test_host_says_which_product_it_runs(name: str) -> None:
    """host.software_version holds the release's own values."""
    with running(profile=PROFILES[name]) as world:
        said = ask(world, "host.get_software_version", world.hosts[0].ref)
    assert {key: said[key] for key in SAYS[name]} == SAYS[name]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("xenserver-6.2", {"db_schema", "xapi_build", "git_id"}),
        ("xcp-ng-8.2", {"xapi_build", "git_id", "xs:main"}),
        ("current", {"dbv", "xs:main"}),
    ],
)
def test_host_does_not_say_what_its_release_did_not(name: str, keys: set[str]) -> None:
    """Some facts came, others went."""
    with running(profile=PROFILES[name]) as world:
        said = ask(world, "host.get_software_version", world.hosts[0].ref)
    assert not keys & set(said)


@pytest.mark.parametrize(
    ("name", "version"),
    [("xenserver-6.2", (2, 0)), ("xcp-ng-8.2", (2, 15)), ("xcp-ng-8.3", (2, 21))],
)
def test_host_tells_the_version_of_its_api(name: str, version: tuple[int, int]) -> None:
    """API_version_major and _minor."""
    with running(profile=PROFILES[name]) as world:
        record = ask(world, "host.get_record", world.hosts[0].ref)
    assert (record["API_version_major"], record["API_version_minor"]) == version


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("xenserver-6.2", "Pool-wide network associated with eth1"),
        ("xcp-ng-8.3", "Pool-wide network associated with eth1"),
        ("current", "Pool-wide network 1"),
    ],
)
def test_default_network_has_the_name_of_its_release(name: str, label: str) -> None:
    """After the device, later after the position."""
    with running(profile=PROFILES[name]) as world:
        network = ask(world, "PIF.get_network", pif(world, world.hosts[0], "eth1"))
        assert ask(world, "network.get_name_label", network) == label


def inventory_of(name: str) -> dict[str, str]:
    """Return what a profile's hosts have in /etc/xensource-inventory."""
    with running(profile=PROFILES[name]) as world:
        text = world.hosts[0].backend.read_file("/etc/xensource-inventory")
    pairs = (line.partition("=") for line in text.splitlines())
    return {key: value.strip("'") for key, _, value in pairs}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "xenserver-6.2",
            {
                "PRODUCT_BRAND": "XenServer",
                "PRODUCT_VERSION": "6.2.0",
                "BUILD_NUMBER": "70446c",
                "PLATFORM_VERSION": "1.8.0",
                "KERNEL_VERSION": "2.6.32.43-0.4.1.xs1.8.0.835.170778xen",
                "COMPANY_NAME_SHORT": "Citrix",
                "BRAND_CONSOLE": "XenCenter",
            },
        ),
        (
            "xcp-ng-8.2",
            {
                "PRODUCT_BRAND": "XCP-ng",
                "PRODUCT_VERSION": "8.2.1",
                "PRODUCT_VERSION_TEXT": "8.2",
                "PLATFORM_VERSION": "3.2.1",
                "XEN_VERSION": "4.13",
                "STUNNEL_LEGACY": "false",
            },
        ),
        ("xenserver-8", {"PRODUCT_VERSION": "8.4.0", "COMPANY_NAME_SHORT": "Cloud Software Group"}),
    ],
)
def test_inventory_names_the_product(name: str, values: dict[str, str]) -> None:
    """The values the release's installer writes."""
    found = inventory_of(name)
    assert {key: found[key] for key in values} == values


def test_inventory_of_xenserver_6_2_lacks_later_keys() -> None:
    """They came with 7.0 and after."""
    assert not {"STUNNEL_LEGACY", "COMPANY_PRODUCT_BRAND"} & set(inventory_of("xenserver-6.2"))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("xcp-ng-8.2", ["host"]), ("xcp-ng-8.3", ["host", "host_internal"])],
)
def test_second_certificate_came_after_8_2(name: str, kinds: list[str]) -> None:
    """The one that hosts show one another."""
    with running(1, profile=PROFILES[name]) as world, world.lock:
        rows = [
            world.database.get("Certificate", ref) for ref in world.database.refs("Certificate")
        ]
    assert sorted(row["type"] for row in rows) == kinds


@all_profiles
def test_licence_restricts_nothing(profile: Profile) -> None:
    """Every feature of the release is there, bonds of all modes too."""
    with running(1, profile=profile) as world:
        (pool,) = ask(world, "pool.get_all_records").values()
    restricted = {key: value for key, value in pool["restrictions"].items() if value == "true"}
    assert restricted == {"enable_xha": "true"}


def test_older_release_has_fewer_features_to_restrict() -> None:
    """Virtual GPUs and everything after came later than 6.2."""
    with running(1, profile=PROFILES["xenserver-6.2"]) as world:
        (pool,) = ask(world, "pool.get_all_records").values()
    assert "restrict_dr" in pool["restrictions"]
    assert not {"restrict_vgpu", "restrict_igmp_snooping"} & set(pool["restrictions"])
