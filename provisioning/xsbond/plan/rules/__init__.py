"""The words of every rule against a change, from which refusals and docs are made."""

from collections.abc import Mapping
from types import MappingProxyType

from xsbond.plan.rules.bonds import BONDS
from xsbond.plan.rules.hosts import HOSTS
from xsbond.plan.rules.management import MANAGEMENT
from xsbond.plan.rules.nics import NICS
from xsbond.plan.rules.rule import Rule
from xsbond.plan.rules.undo import UNDO
from xsbond.plan.rules.vlans import VLANS

RULES: Mapping[str, Rule] = MappingProxyType(
    {**NICS, **MANAGEMENT, **BONDS, **VLANS, **HOSTS, **UNDO}
)
"""Rule -> its words, in the order of the docs."""
