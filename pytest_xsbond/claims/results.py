"""What came of the claims: one value per claim and host, read off pytest's reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from pytest_xsbond.claims.seen import Missing

PREFIXES = (
    "AssertionError: ",
    f"{Missing.__module__}.{Missing.__qualname__}: ",
    "assert ",
    "Failed: ",
)
"""What pytest puts before the reason of a failure."""

Verdict = Literal["pass", "n/j", "warn", "waived", "FAIL", "ERROR"]
"""n/j: what was seen allows no verdict; warn: it does not hold, which fails no run; waived: it does
not hold, which is known, and somebody answers for it."""

Mark = Literal["pass", "n/j", "warn", "waived", "·", "FAIL", "ERR"]
"""A verdict as the matrix shows it; ·: it does not hold because of what another claim tells."""

BAD: frozenset[Verdict] = frozenset({"FAIL", "ERROR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One claim about one host and one bond, judged."""

    test: str
    """Node id without parameters: what claims of one kind have in common."""
    host: str
    network: str
    outcomes: tuple[str, ...]
    claim: str
    verdict: Verdict
    message: str
    """One line; empty for a pass."""
    waived: str = ""
    """Reason, owner and last day of the waiver it goes by; empty without one."""
    drift: tuple[str, ...] = ()
    """What has changed since the baseline, a line for each difference."""
    seen: str = ""
    """What differs, as it was seen; empty where the message says it all."""
    wanted: str = ""
    """The same as it was wanted; empty where the claim says it all."""
    follows: "Follows | None" = None
    """The claim that tells what this one lacks; None if it does not follow from another one."""
    node_id: str = ""
    """What pytest calls it."""

    @property
    def mark(self) -> Mark:
        """Return the verdict as the matrix shows it."""
        if self.follows and self.verdict in {"FAIL", "warn"}:
            return "·"
        return "ERR" if self.verdict == "ERROR" else self.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """The claim that another one follows from."""

    test: str
    """Name of the test."""
    id: str
    host: str
    network: str

    def says(self, host: str) -> str:
        """Return it for a claim about a host, as `follows from PM-1`."""
        return f"follows from {self.id}" + (f" on {self.host}" if host != self.host else "")


def collect_result(report: pytest.TestReport) -> Result | None:
    """Return the result a report holds; None for other tests, and for setups that went well."""
    about = getattr(report, "xsbond", None)
    if about is None or not (report.when == "call" or report.failed):
        return None
    verdict, message = _verdict(report, about)
    return Result(
        test=report.nodeid.partition("[")[0],
        host=about["host"],
        network=about["network"],
        outcomes=tuple(about["outcomes"]),
        claim=about["claim"],
        verdict=verdict,
        message=message,
        waived=about.get("waived", {}).get("says", ""),
        drift=tuple(each["says"] for each in about.get("drift", ())),
        seen=about.get("seen", ""),
        wanted=wanted if (wanted := about.get("wanted", "")) != about["claim"] else "",
        follows=Follows(**about["follows"]) if about.get("follows") else None,
        node_id=report.nodeid,
    )


def _verdict(report: pytest.TestReport, about: Mapping[str, Any]) -> tuple[Verdict, str]:
    if about.get("waived"):
        return "waived", _message(report)
    if report.failed:
        is_judged = report.when == "call" and not about.get("unseen")
        return "FAIL" if is_judged else "ERROR", _message(report)
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        return "n/j", reason.removeprefix("Skipped: ")
    warning = about.get("warning", "")
    return ("warn", warning) if warning else ("pass", "")


def _message(report: pytest.TestReport) -> str:
    """Return why a report failed, in one line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else report.longreprtext
    return first_line(text)


def first_line(text: str) -> str:
    """Return the reason that the text of an exception begins with."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    first = lines[0] if lines else "no reason given"
    for prefix in PREFIXES:
        first = first.removeprefix(prefix)
    return first
