"""What is there and is not as the bond file wants it is told by a plan, and left alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from pytest_xsbond.claims.stages import Stages
from tests.plan.test_described import BOND, plan
from tests.support.build import Draft


def test_network_with_another_mtu_is_refused(recorded: Stages) -> None:
    """XAPI would make the bond with the MTU that the network has."""
    refusals = plan(recorded.now, BOND + "mtu = 9000\n").refusals
    assert [(each.where, each.rule) for each in refusals] == [("pool", "mtu-differs")]
    assert "its MTU is 1500, wanted 9000" in str(refusals[0])


def test_property_that_differs_is_refused(recorded: Stages) -> None:
    """It is reported with both values, XAPI's default where the file does not say."""
    draft = Draft(recorded.now)
    for host in ("xs-1", "xs-2"):
        draft.bond(host, "bond1").update(mode="lacp", properties={"lacp-time": "fast"})
    refusals = plan(draft.read(), BOND + 'mode = "lacp"\n').refusals
    assert {each.rule for each in refusals} == {"property-differs"}
    assert "lacp-time is fast, wanted slow" in str(refusals[0])


DIFFERENCES: Mapping[str, tuple[str, Mapping[str, Any], str]] = {
    "address": ('addresses.default = "dhcp"\n', {"ip_configuration_mode": "Static"}, "dhcp"),
    "IPv6 address": ("", {"ipv6_configuration_mode": "Autoconf"}, "autoconf, wanted none"),
    "device": ('device.default = "bond4"\n', {}, "bond1, wanted bond4"),
    "other_config:bond-updelay": (
        "other_config.bond-updelay = 5\n",
        {"other_config": {"bond-updelay": "0"}},
        "0, wanted 5",
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_is_there_but_different_is_refused(recorded: Stages, name: str) -> None:
    """It is reported with both values, and left alone."""
    text, fields, words = DIFFERENCES[name]
    draft = Draft(recorded.now)
    draft.pif("xs-2", "bond1").update({"IP": "10.0.0.9", "netmask": "255.0.0.0"}, **fields)
    found = [
        str(each)
        for each in plan(draft.read(), BOND + text).refusals
        if each.rule in {"bond-differs", "address-differs"} and each.where == "xs-2"
    ]
    assert any(f"{name}: " in each and words in each for each in found)


def test_address_that_differs_names_the_command_that_gives_it(recorded: Stages) -> None:
    """The one that a failed claim advises, too."""
    draft = Draft(recorded.now)
    pif = draft.pif("xs-2", "bond1")
    pif.update({"IP": "10.0.0.9", "netmask": "255.0.0.0", "ip_configuration_mode": "Static"})
    (refusal,) = plan(draft.read(), BOND + 'addresses.xs-2 = "10.0.0.8/8"\n').refusals
    words = "mode=static IP=10.0.0.8 netmask=255.0.0.0"
    assert refusal.rule == "address-differs"
    assert f"run xe pif-reconfigure-ip uuid={pif['uuid']} {words}" in str(refusal)


def test_management_that_nobody_declared_is_to_be_declared(recorded: Stages) -> None:
    """XAPI takes no address away from it, and a bond that carries it is not to be destroyed."""
    draft = Draft(recorded.now)
    pif = draft.pif("xs-2", "bond1")
    pif.update({"IP": "10.0.0.9", "netmask": "255.0.0.0", "ip_configuration_mode": "Static"})
    pif["management"] = True
    refusals = [each for each in plan(draft.read(), BOND).refusals if each.where == "xs-2"]
    assert [each.rule for each in refusals] == ["management-undeclared"]
    assert "write management = true and this address for network PUB" in str(refusals[0])
    assert "destroy" not in str(refusals[0])
