"""What came of every claim, whoever has judged it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_xsbond.claims.outcomes import CATALOGUE
from pytest_xsbond.claims.results import Result

NOT_ASKED = "not asked for when this was recorded"
"""How the reason ends."""
_WORST_LAST = ("pass", "n/j", "warn", "waived", "FAIL", "ERROR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The results of all claims about a pool."""

    results: tuple[Result, ...]

    def verdicts(self, host: str) -> Mapping[str, str]:
        """Return outcome id -> the worst verdict of its claims on a host, in catalogue order."""
        found: dict[str, str] = {}
        for verdict in _WORST_LAST:
            for result in self.results:
                if result.host == host and result.verdict == verdict:
                    found.update(dict.fromkeys(result.outcomes, verdict))
        return {id_: found[id_] for id_ in CATALOGUE if id_ in found}

    def not_passed(self) -> dict[tuple[str, str], str]:
        """Return (host, outcome id) -> verdict of everything that is no pass.

        What the recorded pool was not asked is left out, for tests/claims/test_recorded_stages.py.
        """
        return {
            (host, id_): verdict
            for host in sorted({result.host for result in self.results})
            for id_, verdict in self.verdicts(host).items()
            if verdict != "pass" and (host, id_) not in self.not_asked()
        }

    def complaints(self) -> dict[tuple[str, str], str]:
        """Return (host, outcome id) -> why nobody could look, for a test that fails to tell."""
        return {
            (result.host, id_): result.message
            for result in self.results
            if result.verdict == "ERROR"
            for id_ in result.outcomes
        }

    def not_asked(self) -> frozenset[tuple[str, str]]:
        """Return (host, outcome id) of what nobody had asked for when the pool was looked at."""
        return frozenset(
            (result.host, id_)
            for result in self.results
            if result.verdict == "n/j" and result.message.endswith(NOT_ASKED)
            for id_ in result.outcomes
        )
