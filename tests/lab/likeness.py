"""Two pools that are the same but for what was drawn: what stands for what, and what differs.

References, uuids and fingerprints of one pool stand for exactly one of the other pool each, from
the first comparison to the last; dates are dates; everything else must be equal.
"""

import re
from collections.abc import Mapping
from typing import Any

Records = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Class -> reference -> record."""

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DRAWN = {
    "reference": rf"OpaqueRef:{_UUID}",
    "uuid": _UUID,
    "fingerprint": r"(?:[0-9A-F]{2}:){19,31}[0-9A-F]{2}",
}
"""What a pool draws -> how it looks; each stands for one of the same kind."""
PASSING = {
    "date": r"(?!1970)\d{8}T\d\d:\d\d:\d\dZ",
    "time": r"\b1[78]\d{8}\.\d*",
}
"""What comes from a clock -> how it looks; 1970 is no date of a clock."""
_REFERENCE = re.compile(DRAWN["reference"])
_TOKEN = re.compile("|".join(f"(?P<{kind}>{how})" for kind, how in {**DRAWN, **PASSING}.items()))


class Likeness:
    """The bijection between two pools, learnt while they are compared."""

    def __init__(self) -> None:
        self._there: dict[str, str] = {}
        self._back: dict[str, str] = {}

    def pair(self, theirs: str, ours: str) -> bool:
        """Learn that one stands for the other; False if either stands for something else."""
        known = self._there.setdefault(theirs, ours), self._back.setdefault(ours, theirs)
        return known == (ours, theirs)

    def of(self, theirs: str) -> str:
        """Return what stands for a reference; the reference itself as long as nothing does."""
        return self._there.get(theirs, theirs)

    def alike(self, theirs: Any, ours: Any) -> bool:
        """Tell whether two values are the same; a list of references is a set."""
        match theirs, ours:
            case str(), str():
                return self._texts_are_alike(theirs, ours)
            case list(), list():
                return self._lists_are_alike(theirs, ours)
            case dict(), dict():
                same = theirs.keys() == ours.keys()
                return same and all(self.alike(theirs[key], ours[key]) for key in theirs)
        return type(theirs) is type(ours) and bool(theirs == ours)

    def _texts_are_alike(self, theirs: str, ours: str) -> bool:
        """Text between what was drawn is equal; what was drawn stands for one another."""
        if _TOKEN.sub("", theirs) != _TOKEN.sub("", ours):
            return False
        drawn = zip(_TOKEN.finditer(theirs), _TOKEN.finditer(ours), strict=False)
        return _kinds(theirs) == _kinds(ours) and all(
            one.lastgroup in PASSING or self.pair(one[0], other[0]) for one, other in drawn
        )

    def _lists_are_alike(self, theirs: list[Any], ours: list[Any]) -> bool:
        if not any(_REFERENCE.fullmatch(str(each)) for each in [*theirs, *ours]):
            same = len(theirs) == len(ours)
            return same and all(map(self.alike, theirs, ours))
        known = {self._there[each] for each in theirs if each in self._there}
        return len(theirs) == len(ours) and known == {each for each in ours if each in self._back}


def _kinds(text: str) -> list[str | None]:
    return [match.lastgroup for match in _TOKEN.finditer(text)]
