"""What a rule against a change says, wherever it is broken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is refused; words in braces are filled in by whoever refuses."""

    what: str
    why: str
    way_out: str
    harm: str
    """What would come of it; in a table for people, and for whoever wants to drop the rule."""
