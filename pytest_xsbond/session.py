"""The hooks of a session that has a pool: open it, parametrise, deselect, order, note, sum up."""

import functools
import inspect
import tempfile
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_xsbond import drilling, header, nagios, options
from pytest_xsbond.clean import clean_line, clean_lines, clean_report
from pytest_xsbond.failure import explain, judged_elsewhere
from pytest_xsbond.grouping import view_of
from pytest_xsbond.keys import EVIDENCE, OUTCOMES, RUN, VIEWS
from pytest_xsbond.opening import open_run
from pytest_xsbond.ordering import places
from pytest_xsbond.ordering import subject as _subject
from pytest_xsbond.outcomes import CATALOGUE, Outcome, applies, outcomes_for
from pytest_xsbond.progress import say_on_terminal
from pytest_xsbond.results import Result, collect_result
from pytest_xsbond.run import PoolRun, ReplayRun, Run
from pytest_xsbond.seen import Sentences
from pytest_xsbond.settings import read_credentials, read_settings
from pytest_xsbond.stages import Stages, store_stages
from pytest_xsbond.summary import summary_lines
from xsbond.apply import Refused
from xsbond.errors import XsbondError
from xsbond.plan import by_name

_SECTION = "how to go on"
"""Heading of what a failed claim is explained under."""


class XsbondSession:
    """One pytest session with one pool."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: list[Result] = []
        self._handed_over: tempfile.TemporaryDirectory[str] | None = None
        self._compared: tuple[str, str] | None = None
        """What the last comparison of the running claim saw, and what it wanted."""
        self._everywhere: dict[tuple[str, str | None], Mapping[str, str]] = {}
        """(test, network) -> host -> what the claim says of it."""

    # --- opening and closing ---

    def pytest_sessionstart(self) -> None:
        """Open the run; whatever is wrong ends the session in one line."""
        try:
            self.config.stash[RUN] = run = self._open()
            if self._hands_over():
                # Workers must not provision, each for itself: they get the finished stages.
                self._handed_over = tempfile.TemporaryDirectory(prefix="xsbond-")
                say = say_on_terminal(self.config)
                run.stages(say)
                drilling.take_all(run, say)
                store_stages(run.stages(say), Path(self._handed_over.name))
        except XsbondError as error:
            if nagios.is_asked_for(self.config):
                nagios.unknown(_told(error))
            raise pytest.UsageError(_told(error)) from None
        header.describe(self.config, run)

    def _open(self) -> Run:
        stages = getattr(self.config, "workerinput", {}).get("xsbond_stages")
        settings = read_settings(self.config, stored=stages)
        if settings.replay:
            return ReplayRun(settings)
        return open_run(settings, lambda: read_credentials(self.config))

    def _hands_over(self) -> bool:
        is_worker = hasattr(self.config, "workerinput")
        distributes = self.config.getoption("dist", "no") != "no"
        return distributes and not is_worker and not self.config.option.collectonly

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell an xdist worker where the finished stages are."""
        if self._handed_over:
            node.workerinput["xsbond_stages"] = self._handed_over.name

    def pytest_unconfigure(self) -> None:
        """Close the run."""
        if run := self.config.stash.get(RUN, None):
            run.close()
        if self._handed_over:
            self._handed_over.cleanup()

    def pytest_report_header(self) -> list[str]:
        """Name pool, hosts, versions and mode."""
        return header.lines(self.config.stash[RUN])

    # --- which tests ---

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test once for every host, and once for every wanted bond."""
        stages = self._expected
        if "xs_host" in metafunc.fixturenames:
            labels = stages.now.labels
            names = [labels[ref] for ref in by_name(stages.now)]
            metafunc.parametrize("xs_host", names, indirect=True, scope="session", ids=names)
        if "leg" in metafunc.fixturenames:
            several = len(stages.desired) > 1
            legs = [(bond, leg) for bond in stages.desired for leg in bond.nics]
            ids = [f"{bond.network}-{leg}" if several else leg for bond, leg in legs]
            metafunc.parametrize(("bond", "leg"), legs, indirect=True, scope="session", ids=ids)
        elif "bond" in metafunc.fixturenames:
            # With one bond, its name would only make the ids longer.
            ids = [bond.network for bond in stages.desired]
            hidden = [pytest.HIDDEN_PARAM] if len(ids) == 1 else ids
            metafunc.parametrize("bond", stages.desired, indirect=True, scope="session", ids=hidden)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Deselect what this run cannot judge; tell one host's whole story before the next."""
        ours = [item for item in items if item.get_closest_marker("outcome")]
        for item in ours:
            item.stash[OUTCOMES] = self._outcomes(item)
        gone = [item for item in ours if not item.stash[OUTCOMES]]
        if gone:
            self.config.hook.pytest_deselected(items=gone)
        judged = [item for item in ours if item.stash[OUTCOMES]]
        kept = iter(sorted(judged, key=places(self._expected, judged)))
        # Other tests keep their places.
        items[:] = [
            next(kept) if OUTCOMES in item.stash else item
            for item in items
            if item.stash.get(OUTCOMES, True)
        ]

    def _outcomes(self, item: pytest.Item) -> tuple[Outcome, ...]:
        marker = item.get_closest_marker("outcome")
        assert marker is not None
        if unknown := [id_ for id_ in marker.args if id_ not in CATALOGUE]:
            raise pytest.UsageError(f"{item.nodeid}: no outcome {', '.join(unknown)}")
        host, network = _subject(item)
        stages = self._expected
        ref = stages.now.host_ref(host)
        found = outcomes_for(marker.args, is_master=ref == stages.now.pool.master)
        return tuple(each for each in found if applies(each, stages, ref, network))

    @functools.cached_property
    def _expected(self) -> Stages:
        return self.config.stash[RUN].expected()

    # --- what came of them ---

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach host, outcomes, claim and raw answers to the report, for whoever shows it."""
        del call
        report = yield
        clean_report(report)
        if OUTCOMES in item.stash:
            host, network = _subject(item)
            raw = {t: x for each in item.stash.get(EVIDENCE, []) for t, x in each.texts.items()}
            ids = [outcome.id for outcome in item.stash[OUTCOMES]]
            # A plain dict: xdist carries it from the workers.
            about = {
                "host": host,
                "network": network or "",
                "outcomes": ids,
                "claim": _claim(item),
                "raw": raw if report.when == "call" or report.failed else {},
            }
            report.__dict__["xsbond"] = about
            if report.failed and report.when != "teardown":
                self._explain(item, report)
            seen, wanted = self._compared or ("", "")
            about |= {"seen": seen, "wanted": wanted or _claim(item)} if report.failed else {}
        return report

    def _explain(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Add to a failed claim's report why it may have failed and what to type next."""
        stages, (host, network) = self._expected, _subject(item)
        assert isinstance(item, pytest.Function)
        seen, wanted = self._compared or ("", "")
        views = item.stash.get(VIEWS, [])
        failure = explain(
            views[0] if views else view_of(stages, host, network),
            [outcome.id for outcome in item.stash[OUTCOMES]],
            claim=_claim(item),
            seen=seen,
            wanted=wanted,
            others=self._others(item) if report.when == "call" else {},
        )
        report.sections.append((_SECTION, "\n".join(map(clean_line, failure.lines()))))

    def _others(self, item: pytest.Function) -> Mapping[str, str]:
        """Return what a claim says of the other hosts; each claim is judged everywhere once."""
        host, network = _subject(item)
        test = item.nodeid.partition("[")[0], network
        if test not in self._everywhere:
            arguments = {
                name: item.funcargs[name] for name in item.funcargs if _is_view(item, name)
            }
            self._everywhere[test] = judged_elsewhere(item.function, arguments)
        return {name: text for name, text in self._everywhere[test].items() if name != host}

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Give every record of the JUnit report its host and outcome."""
        if OUTCOMES in item.stash:
            host, _ = _subject(item)
            ids = " ".join(outcome.id for outcome in item.stash[OUTCOMES])
            item.user_properties += [("host", host), ("outcome", ids)]
            if change := options.value(self.config, "change"):
                item.user_properties.append(("change", change))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep results for the closing matrix."""
        if result := collect_result(report):
            self.results.append(result)

    def pytest_assertrepr_compare(
        self, op: str, left: object, right: object
    ) -> Sequence[str] | None:
        """Say what was seen and what was wanted, in a claim's own words."""
        if op != "==" or not self._in_claim:
            return None
        seen, wanted = header.shown(left), header.shown(right)
        if isinstance(left, Sentences):
            # The claim itself says what was wanted.
            seen, wanted = "\n".join(left), ""
        if self._compared is None:
            self._compared = seen, wanted
        return ["; ".join(left) if isinstance(left, Sentences) else f"seen {seen}, wanted {wanted}"]

    _in_claim = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Remember whether what runs is a claim."""
        self._in_claim = OUTCOMES in item.stash
        self._compared = None
        try:
            return (yield)
        finally:
            self._in_claim = False

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the matrix of hosts and outcomes, and each failed claim in a line."""
        run = self.config.stash.get(RUN, None)
        if run is None:
            return
        terminalreporter.section(clean_line(f"xsbond: {header.pool_name(run)}"))
        for line, style in summary_lines(run, self.results):
            terminalreporter.line(clean_line(line), **style)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let no run that stopped half-way count as a success, and store what was asked for."""
        run = self.config.stash.get(RUN, None)
        if run is None:
            return
        if run.stopped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if isinstance(run, PoolRun) and run.settings.save and run.has_stages:
            self._store(session, run, run.settings.save)

    def _store(self, session: pytest.Session, run: PoolRun, directory: Path) -> None:
        say = say_on_terminal(self.config)
        try:
            store_stages(run.stages(say), directory)
        except OSError as error:
            say(f"the snapshots could not be stored in {directory}: {error.strerror}")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR


def _told(error: XsbondError) -> str:
    """Return an error as one line; only a refusal has several."""
    return (clean_lines if isinstance(error, Refused) else clean_line)(str(error))


def _is_view(item: pytest.Function, name: str) -> bool:
    """Tell whether a fixture is an argument of the claim itself."""
    return name in inspect.signature(item.function).parameters


def _claim(item: pytest.Item) -> str:
    """Return a claim in words: the first line of the test's docstring."""
    assert isinstance(item, pytest.Function)
    lines = (item.function.__doc__ or item.name).strip().splitlines()
    return str(lines[0])
