"""What came of the claims: noted in each report, explained where one does not hold, summed up."""

import functools
import inspect
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from pytest_xsbond import options
from pytest_xsbond.causes.failure import SECTION, explain, judged_elsewhere
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.difference import difference, shown
from pytest_xsbond.claims.host_in_pool import HostInPool
from pytest_xsbond.claims.leg_on_host import LegOnHost
from pytest_xsbond.claims.outcomes import is_own
from pytest_xsbond.claims.results import Follows, collect_result, first_line
from pytest_xsbond.claims.since_baseline import SinceBaseline
from pytest_xsbond.claims.stash import EVIDENCE, FOLLOWS, OUTCOMES, RESULTS, VIEWS
from pytest_xsbond.claims.view import view_of
from pytest_xsbond.clean import clean_line, clean_report
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.session.following import note_what_it_follows_from
from pytest_xsbond.session.ordering import subject
from pytest_xsbond.session.representing import in_words, wants_frames
from xsbond.errors import NotAsked

_VIEWS = (BondOnHost, HostInPool, LegOnHost, SinceBaseline)


class ReportingHooks:
    """Hooks that note, explain and sum up what came of the claims."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.config.stash[RESULTS] = []
        self._in_claim = False
        """Whether what runs is a claim."""
        self._compared: tuple[str, str] | None = None
        """What the last comparison of the running claim saw, and what it wanted."""
        self._everywhere: dict[tuple[str, str | None], Mapping[str, str]] = {}
        """(test, network) -> host -> what the claim says of it."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach host, outcomes, claim and raw answers to the report, for whoever shows it."""
        report = yield
        if call.excinfo is not None:
            note_what_it_follows_from(item, call.excinfo.value)
        clean_report(report)
        if OUTCOMES in item.stash:
            host, network = subject(item)
            raw = {t: x for each in item.stash.get(EVIDENCE, []) for t, x in each.texts.items()}
            ids = [outcome.id for outcome in item.stash[OUTCOMES]]
            # A plain dict: xdist carries it from the workers.
            about = {
                "host": host,
                "network": network or "",
                "outcomes": ids,
                "claim": _claim(item),
                "raw": raw if report.when == "call" or report.failed else {},
                "unseen": report.failed and _is_no_verdict(item, call.excinfo),
            }
            report.__dict__["xsbond"] = about
            if FOLLOWS in item.stash:
                follows = item.stash[FOLLOWS]
                about["follows"] = follows
                self._say_what_it_follows_from(item, report)
            elif report.failed and report.when != "teardown":
                self._explain(item, report)
            seen, wanted = self._compared or ("", "")
            about |= {"seen": seen, "wanted": wanted or _claim(item)} if report.failed else {}
        return report

    def _say_what_it_follows_from(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Tell a failure that follows in one line, unless its frames are asked for."""
        crash = getattr(report.longrepr, "reprcrash", None)
        if report.failed and crash is not None and not wants_frames(self.config):
            assert isinstance(item, pytest.Function)
            says = Follows(**item.stash[FOLLOWS]).says(subject(item)[0])
            report.longrepr = in_words(item, clean_line(f"{says}: {crash.message}"))

    def _explain(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Add to a failed claim's report why it may have failed and what to type next."""
        host, network = subject(item)
        assert isinstance(item, pytest.Function)
        seen, wanted = self._compared or ("", "")
        if not seen and report.when == "call":
            crash = getattr(report.longrepr, "reprcrash", None)
            seen = first_line(crash.message) if crash else ""
        views = item.stash.get(VIEWS, [])
        failure = explain(
            views[0] if views else view_of(self.config.stash[RUN].expected(), host, network),
            [outcome.id for outcome in item.stash[OUTCOMES]],
            claim=_claim(item),
            seen=seen,
            wanted=wanted,
            others=self._others(item) if report.when == "call" else {},
            typed=self.config.stash[RUN].expected().typed,
        )
        report.sections.append((SECTION, "\n".join(map(clean_line, failure.lines()))))

    def _others(self, item: pytest.Function) -> Mapping[str, str]:
        """Return what a claim says of the other hosts; each claim is judged everywhere once."""
        host, network = subject(item)
        test = item.nodeid.partition("[")[0], network
        if test not in self._everywhere:
            arguments = {
                name: item.funcargs[name] for name in item.funcargs if _is_argument(item, name)
            }
            # Anything else, such as a dom0, stays that of one host.
            if not all(value is None or isinstance(value, _VIEWS) for value in arguments.values()):
                return {}
            with self._in_words():
                self._everywhere[test] = judged_elsewhere(item.function, arguments)
        return {name: text for name, text in self._everywhere[test].items() if name != host}

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Have a claim that is judged beside the running one tell what differs as that one does."""
        told, self._compared, self._in_claim = self._compared, None, True
        try:
            yield
        finally:
            self._compared, self._in_claim = told, False

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Give every record of the JUnit report its host and outcome."""
        if OUTCOMES in item.stash:
            host, _ = subject(item)
            ids = " ".join(outcome.id for outcome in item.stash[OUTCOMES])
            item.user_properties += [("host", host), ("outcome", ids)]
            if change := options.value(self.config, "change"):
                item.user_properties.append(("change", change))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep results for the closing matrix."""
        if result := collect_result(report):
            self.config.stash[RESULTS].append(result)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Count what only follows, and what nobody could judge, apart from what tells a cause."""
        about = getattr(report, "xsbond", {})
        if report.when == "call" and about.get("unseen"):
            return "error", "E", ("ERROR", {"red": True})
        if report.when != "call" or not about.get("follows") or about.get("waived"):
            return None
        return "follow", "·", (f"FOLLOWS from {about['follows']['id']}", {"red": True})

    def pytest_assertrepr_compare(
        self, op: str, left: object, right: object
    ) -> Sequence[str] | None:
        """Say what was seen and what was wanted, in a claim's own words."""
        if op not in {"==", "!="} or not self._in_claim:
            return None
        same = f"{shown(left)}, the same as on the other side", "another one"
        seen, wanted = difference(left, right) if op == "==" else same
        if self._compared is None:
            self._compared = seen, wanted
        line = "; ".join(seen.splitlines())
        return [f"seen {line}, wanted {wanted}" if wanted else line]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Remember whether what runs is a claim."""
        self._in_claim = OUTCOMES in item.stash
        self._compared = None
        try:
            return (yield)
        except NotAsked as unjudged:
            pytest.skip(str(unjudged))
        finally:
            self._in_claim = False


def _is_argument(item: pytest.Function, name: str) -> bool:
    """Tell whether a fixture is an argument of the claim itself."""
    return name in item.fixturenames and name in _parameters(item.function)


@functools.cache
def _parameters(function: Callable[..., object]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def _is_no_verdict(item: pytest.Item, raised: pytest.ExceptionInfo[BaseException] | None) -> bool:
    """Tell whether a user's own claim ended without saying anything of the pool.

    Ours name what they look at, and fixtures read that; a user's may ask a dom0 on its way.
    """
    if raised is None or not is_own(item.stash[OUTCOMES][0].id):
        return False
    return not isinstance(raised.value, AssertionError | pytest.fail.Exception)


def _claim(item: pytest.Item) -> str:
    """Return a claim in words: what its `outcome` says, or the first line of the docstring."""
    assert isinstance(item, pytest.Function)
    marker = item.get_closest_marker("outcome")
    said = marker.kwargs.get("claim") if marker else None
    lines = (said or item.function.__doc__ or item.name).strip().splitlines()
    return str(lines[0])
