"""What a bond's PIF has of IPv6 is as the bond file says, and as it was at the baseline."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond.claims.stages import Stages, load_stages
from tests.support.build import Draft
from tests.support.judging import Judgement, judge
from tests.support.spec_run import PUB, store

STATIC = {"ipv6_configuration_mode": "Static", "IPv6": ["2001:db8::9/64"]}


def judged(
    recorded: Stages, at: Path, fields: Mapping[str, Any], wanted: Mapping[str, Any] | None = None
) -> Judgement:
    """Judge the recorded pool with other fields of the member's bond PIF, and its baseline."""
    draft = Draft(recorded.now)
    draft.pif("xs-2", "bond1").update(fields)
    stages = load_stages(store(at / "s", [{**PUB, **(wanted or {})}], now=draft.read()))
    return judge(replace(stages, baseline=recorded.now))


@pytest.mark.parametrize(
    "fields",
    [STATIC, {"ipv6_configuration_mode": "Autoconf"}],
    ids=["static", "autoconf"],
)
def test_ipv6_that_nobody_wants_is_told(
    recorded: Stages, tmp_path: Path, fields: Mapping[str, Any]
) -> None:
    """It is no bond PIF without an address, and not what was there at the baseline."""
    found = judged(recorded, tmp_path, fields)
    assert found.not_passed() == {("xs-2", "M-3.2"): "FAIL", ("xs-2", "D-addresses"): "FAIL"}
    assert "bond PIF has an IPv6 configuration" in found.causes


def test_primary_address_type_that_changed_is_told(recorded: Stages, tmp_path: Path) -> None:
    """A PIF without any IPv6 address goes by IPv4."""
    found = judged(recorded, tmp_path, {"primary_address_type": "IPv6"})
    assert found.not_passed()["xs-2", "M-3.2"] == "FAIL"


def test_ipv6_alone_may_be_primary(recorded: Stages, tmp_path: Path) -> None:
    """What the bond file asks for is right, and no drift."""
    fields = {**STATIC, "primary_address_type": "IPv6"}
    found = judged(recorded, tmp_path, fields, {"ipv6": {"xs-2": "2001:db8::9/64"}})
    assert found.not_passed() == {}
