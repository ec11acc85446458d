"""`--xsbond-evidence DIR`: everything a run knows, in one directory, sealed at its end.

Results are written as they come, a line each, so that a run that is killed leaves every result it
had; what is missing then is the seal.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import msgspec
import pytest

from pytest_xsbond import manifest, options
from pytest_xsbond.causes.failure import SECTION
from pytest_xsbond.claims.results import Result, collect_result
from pytest_xsbond.claims.stages import BUNDLED, Stages, named_snapshots, store_stages
from pytest_xsbond.claims.stash import RESULTS
from pytest_xsbond.evidence import signature
from pytest_xsbond.evidence.facts import RunFacts, facts_of
from pytest_xsbond.evidence.summary_page import summary_page
from pytest_xsbond.runs.run import PoolRun, Run
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.terminal.progress import say_on_terminal
from pytest_xsbond.verdict.page import Page, page_of
from xsbond.errors import OptionError
from xsbond.private import write_private
from xsbond.snapshot.snapshot import Snapshot, now

RESULTS_FILE = "results.jsonl"
_PLAIN = re.compile(r"[^A-Za-z0-9._-]")


def prepare(config: pytest.Config) -> Path | None:
    """Make the directory and have pytest-html and JUnit write into it; None if none is wanted.

    Called before pytest is configured. Raises OptionError.
    """
    given, key = options.value(config, "evidence"), options.value(config, "sign-key")
    if key and not given:
        raise OptionError("--xsbond-sign-key", "signs a bundle; it needs --xsbond-evidence")
    if key and (complaint := signature.complaint_about(Path(key))):
        raise OptionError("--xsbond-sign-key", complaint)
    if not given:
        return None
    directory = _new_directory(Path(given))
    if not config.getoption("htmlpath", None):
        config.option.htmlpath = str(directory / "report.html")
        config.option.self_contained_html = True
    if not config.option.xmlpath:
        config.option.xmlpath = str(directory / "junit.xml")
    return directory


def _new_directory(directory: Path) -> Path:
    """Make a directory for its owner only; one bundle is never mixed with another."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(directory.iterdir()):
            reason = f"{directory} is not empty; a bundle has a directory of its own"
            raise OptionError("--xsbond-evidence", reason)
        directory.chmod(0o700)
    except OSError as error:
        raise OptionError("--xsbond-evidence", f"{directory}: {error.strerror}") from error
    return directory.resolve()


class Bundle:
    """Hooks that fill the directory and seal it."""

    def __init__(self, config: pytest.Config, directory: Path) -> None:
        self.config, self.directory = config, directory
        self.started = now()
        self._file = os.open(
            directory / RESULTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
        )
        self._stored = self._sealed = False
        self._exit_status = int(pytest.ExitCode.INTERNAL_ERROR)
        self._refused = ""
        self._session: pytest.Session | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> Generator[None]:
        """A run that may not begin leaves the reason."""
        self._session = session
        try:
            return (yield)
        except pytest.UsageError as error:
            self._exit_status, self._refused = int(pytest.ExitCode.USAGE_ERROR), str(error)
            raise

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a result the moment it is there."""
        result = collect_result(report)
        if result is None:
            return
        self._store_stages()
        sections = dict(report.sections)
        line = {
            "time": now(),
            "test": report.nodeid,
            "seconds": round(report.duration, 3),
            **msgspec.to_builtins(result),
            "explanation": sections.get(SECTION, ""),
        }
        os.write(self._file, msgspec.json.encode(line) + b"\n")

    def _store_stages(self, *, anew: bool = False) -> None:
        """Store the snapshots as soon as there are any, and again when the last are there."""
        stages = self._stages()
        if stages and (anew or not self._stored):
            self._stored = True
            store_stages(stages, self.directory / BUNDLED)

    def _stages(self) -> Stages | None:
        run = self._run
        if run is None or not run.has_stages:
            return None
        return run.stages(say_on_terminal(self.config))

    @property
    def _results(self) -> list[Result]:
        return self.config.stash.get(RESULTS, [])

    @property
    def _run(self) -> Run | None:
        return self.config.stash.get(RUN, None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Take note of how the run ended."""
        self._exit_status = int(exitstatus)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Seal the bundle: by now everybody else has written what they write."""
        for line, style in self._seal():
            terminalreporter.line(line, **style)

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self) -> None:
        """Seal the bundle of a run that ended before its summary."""
        with contextlib.suppress(OSError):
            os.close(self._file)
        if not self._sealed:
            list(self._seal())

    def _seal(self) -> Iterator[tuple[str, dict[str, bool]]]:
        """Complete the bundle; yield the lines that tell where it is, and its digest."""
        self._sealed = True
        self._store_stages(anew=True)
        facts = self._facts()
        self._write("run.json", msgspec.json.format(msgspec.json.encode(facts), indent=1))
        self._write("summary.md", summary_page(facts, self._page, self._results).encode())
        self._keep_raw()
        self._fetch()
        for path in self.directory.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        digest = manifest.seal(self.directory)
        yield f"evidence: {self.directory}", {}
        yield f"{manifest.NAME}: {digest}", {"bold": True}
        yield from self._sign()

    @property
    def _page(self) -> Page | None:
        return page_of(self._run.expected(), self._results) if self._run else None

    def _facts(self) -> RunFacts:
        return facts_of(
            self.config,
            self._run,
            self._results,
            started=self.started,
            ended=now(),
            exit_status=self._exit_status,
            refused=self._refused,
        )

    def _keep_raw(self) -> None:
        """Write every answer of every dom0 to a file of its own, as it was received."""
        stages = self._stages()
        for stage, snapshot in named_snapshots(stages).items() if stages else ():
            for path, text in raw_answers(snapshot):
                self._write(f"raw/{stage}/{path}", text.encode("utf-8", "backslashreplace"))

    def _fetch(self) -> None:
        """Take a copy of what was written elsewhere: at the user's wish, or a pool's journal."""
        journal = self._run.change.journal if isinstance(self._run, PoolRun) else None
        found = {
            "report.html": self.config.getoption("htmlpath", None),
            "junit.xml": self.config.getoption("xmlpath", None),
            "journal.jsonl": journal,
        }
        for name, written in found.items():
            if written and Path(written).is_file():
                with contextlib.suppress(shutil.SameFileError):
                    shutil.copyfile(written, self.directory / name)

    def _sign(self) -> Iterator[tuple[str, dict[str, bool]]]:
        key = options.value(self.config, "sign-key")
        if not key:
            return
        try:
            signature.sign(self.directory, Path(key))
            yield f"signed: {manifest.SIGNATURE}", {}
        except signature.SigningError as error:
            # Whoever asked for a signature has not got the evidence that was asked for.
            if self._session and not self._session.exitstatus:
                self._session.exitstatus = pytest.ExitCode.TESTS_FAILED
            yield f"NOT SIGNED: {error}", {"red": True, "bold": True}

    def _write(self, name: str, content: bytes) -> None:
        path = self.directory / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, content)


def raw_answers(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield (HOST/PROBE.txt, what that dom0 answered), and HOST/PROBE.stderr.txt if it said any."""
    for ref, host in snapshot.hosts.items():
        dom0 = snapshot.raw.dom0.get(host.uuid)
        directory = _PLAIN.sub("_", snapshot.labels[ref])
        if directory != snapshot.labels[ref]:
            # Two names may come to the same.
            directory += f"-{host.uuid[:8]}"
        for name, answer in dom0.outputs.items() if dom0 else ():
            yield f"{directory}/{name}.txt", answer.stdout
            if answer.stderr.strip():
                yield f"{directory}/{name}.stderr.txt", answer.stderr
