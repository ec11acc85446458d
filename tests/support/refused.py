"""Runs that end before anything is asked or judged: what they say, and how."""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.support.spec_run import run_spec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a run of pytest has printed, and its exit status."""

    status: int
    out: str
    err: str


def line_of(
    pytester: pytest.Pytester, arguments: Sequence[str], *, own_process: bool = False
) -> str:
    """Run pytest, expect a usage error, and return its one line.

    A process of its own is for what an import decides, and for workers, which are processes, too.
    """
    apart = own_process or "-n" in arguments
    said = (_by_process if apart else _in_process)(pytester, arguments)
    text = said.err + said.out
    assert said.status == pytest.ExitCode.USAGE_ERROR, text
    assert "Traceback" not in text
    assert "INTERNALERROR" not in text
    errors = [line for line in said.err.splitlines() if line.startswith("ERROR: ")]
    assert len(errors) == 1, text
    return errors[0].removeprefix("ERROR: ")


def _by_process(pytester: pytest.Pytester, arguments: Sequence[str]) -> _Said:
    result = pytester.runpytest_subprocess("-p", "no:randomly", *arguments)
    return _Said(status=result.ret, out=result.stdout.str(), err=result.stderr.str())


def _in_process(pytester: pytest.Pytester, arguments: Sequence[str]) -> _Said:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        run = run_spec(pytester, *arguments)
    return _Said(status=run.exit_status, out=out.getvalue(), err=err.getvalue())
