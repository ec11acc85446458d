"""The lock on a pool: who gets it, who keeps it, and how a dead run's is told from another."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from tests.support.applying import apply_over
from tests.support.labs import connected, pool_arguments, quiet
from tests.support.moments import at_call
from tests.support.provisioning import (
    ONE_CLAIM,
    apply,
    bonds,
    change_arguments,
    events,
    finish,
    is_right,
    lock_of,
    set_lock,
)
from tests.support.refused import line_of
from tests.support.spec_run import run_spec
from xsbond.apply.provisioning import Refused, Stopped
from xsbond.collect.observe import observe
from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial
from xsbond.plan.lock_owner import Owner, holder, is_dead, obstacle, this_process, unlock_command


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of two hosts without the guest bond."""
    with Lab(tutorial(2)) as lab:
        yield lab


def text_of(owner: Owner) -> str:
    """Return an owner as the pool has it."""
    return msgspec.json.encode(owner).decode()


def of_a_dead_process() -> Owner:
    """Return the owner that a process of this machine was, which has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    return replace(this_process("apply of PUB"), pid=ended.pid, started="1")


# --- dead or alive ---


def test_running_process_is_alive() -> None:
    """Whoever asks is there."""
    assert not is_dead(this_process("apply of PUB"))


def test_ended_process_is_dead() -> None:
    """A process number that nobody has any more is that of a run which is gone."""
    assert is_dead(of_a_dead_process())


def test_number_that_is_used_again_is_dead() -> None:
    """The process with this number started at another time: it is another one."""
    assert is_dead(replace(this_process("apply of PUB"), started="1"))


def test_zombie_is_dead() -> None:
    """A killed process whose parent has not noticed yet changes nothing any more."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    stat = Path(f"/proc/{child.pid}/stat").read_text(encoding="utf-8")
    alive = stat.rpartition(")")[2].split()[19]
    owner = replace(this_process("apply of PUB"), pid=child.pid, started=alive)
    assert not is_dead(owner)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(owner)
    child.wait()


@pytest.mark.parametrize(
    "other",
    [{"user": "ann"}, {"machine": "elsewhere"}, {"boot": "another one"}, {"boot": ""}],
    ids=["user", "machine", "boot", "no-proc"],
)
def test_what_cannot_be_told_counts_as_alive(other: dict[str, str]) -> None:
    """Of another user, machine or boot nobody here can tell whether the process still runs."""
    assert not is_dead(replace(of_a_dead_process(), **other))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "{}", "locked", '{"user": 1}', "\x1b[2J", "x" * 5000])
def test_entry_nobody_can_read_is_an_obstacle_in_one_line(text: str) -> None:
    """What another product, or a hand, has written is respected, and shown plainly and briefly."""
    shown = obstacle({"xsbond-lock": text})
    assert shown.startswith("somebody who wrote ")
    assert shown.isprintable()
    assert len(shown) < 300


def test_holder_is_named_by_user_machine_process_change_and_time() -> None:
    """What a person needs to find the other run."""
    owner = replace(this_process("apply of PUB"), user="ann", machine="box", pid=77)
    assert holder(text_of(owner)) == f"ann@box, process 77, apply of PUB, since {owner.since}"


# --- taking it ---


def test_other_run_is_refused_before_anything_changes(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """One line names the holder, and how to break its lock; the lock stays."""
    text = text_of(replace(this_process("apply of PUB"), user="ann", machine="box", pid=77))
    set_lock(lab, text)
    result = pytester.runpytest_subprocess(*change_arguments(lab, tmp_path), "--xsbond-apply")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (reason,) = [line for line in result.stderr.lines if line.startswith("  pool: lock: ")]
    assert "another run is changing this pool: ann@box, process 77, apply of PUB, since" in reason
    assert reason.endswith("if it cannot be running any more, add --xsbond-break-lock")
    assert (lock_of(lab), bonds(lab)["xs-1"]) == (text, ["NAS"])


def test_lock_and_journal_name_the_change_record(
    monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """Who finds the lock finds the ticket, too."""
    held: list[str] = []
    with at_call(monkeypatch, lab, "network.create", lambda: held.append(lock_of(lab) or "")):
        apply(pytester, lab, tmp_path, "--xsbond-change=CHG0012345")
    assert ", apply of PUB for CHG0012345, since " in holder(held[0])
    assert events(lab, tmp_path)[0]["change"] == "CHG0012345"


@pytest.mark.slow
def test_lock_is_broken_only_if_asked_for(
    pytester: pytest.Pytester, lab: Lab, tmp_path: Path
) -> None:
    """With --xsbond-break-lock the run ends the other's lock, says whose, and goes on."""
    set_lock(lab, text_of(replace(this_process("apply of PUB"), user="ann", machine="box")))
    assert apply(pytester, lab, tmp_path, "--xsbond-break-lock").exit_status == 0
    assert is_right(lab)


def test_lock_of_a_dead_run_of_ones_own_is_taken_over(lab: Lab, tmp_path: Path) -> None:
    """Whoever's run was killed types the same again; the run says whose lock it ended."""
    set_lock(lab, text_of(of_a_dead_process()))
    said: list[str] = []
    with connected(lab) as connections:
        apply_over(connections, tmp_path, said.append)
    assert any(line.startswith("the lock of ") and line.endswith(" was ended") for line in said)
    assert is_right(lab)


def test_plan_names_the_lock(pytester: pytest.Pytester, lab: Lab) -> None:
    """--xsbond-plan says that an apply would be refused, and changes nothing."""
    set_lock(lab, "locked by hand")
    run = run_spec(pytester, *pool_arguments(lab), "--xsbond-plan")
    assert (run.exit_status, lock_of(lab)) == (4, "locked by hand")


def test_verify_minds_no_lock(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """A run that only looks is not held up, and leaves a dead run's lock where it is."""
    finish(lab, tmp_path)
    text = text_of(of_a_dead_process())
    set_lock(lab, text)
    run = run_spec(pytester, *pool_arguments(lab), *ONE_CLAIM)
    assert (run.exit_status, lock_of(lab)) == (0, text)


def test_command_removes_the_lock_by_hand(lab: Lab) -> None:
    """What the product tells to type does what it says."""
    set_lock(lab, "locked by hand")
    with connected(lab) as connections:
        snapshot = observe(connections)
        master = connections.dom0(snapshot.hosts[snapshot.pool.master])
        assert master.run(unlock_command(snapshot.pool)).exit == 0
    assert lock_of(lab) is None


# --- two at a time ---


def test_of_two_runs_one_applies(lab: Lab, tmp_path: Path) -> None:
    """Two runs that both saw an empty pool: one applies, the other changes nothing."""
    ends: list[str] = []

    def run(directory: Path) -> None:
        with connected(lab) as connections:
            try:
                done = apply_over(connections, directory, quiet).done
            except Refused as refused:
                ends.append(refused.refusals[0].rule)
            else:
                ends.append(f"{len(done)} steps")

    threads = [Thread(target=run, args=(tmp_path / name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The slower one may come when all is done: then it finds nothing to do under its own lock.
    assert sorted(ends) in (["3 steps", "pool-locked"], ["0 steps", "3 steps"])
    assert is_right(lab)


def test_pool_is_looked_at_again_under_the_lock(
    monkeypatch: pytest.MonkeyPatch, lab: Lab, tmp_path: Path
) -> None:
    """Another run did it all between this one's look and its lock: there is nothing left to do."""

    def other_run() -> None:
        finish(lab, tmp_path / "other")

    with at_call(monkeypatch, lab, "pool.add_to_other_config", other_run) as once:
        provisioning = finish(lab, tmp_path)
    assert (once.happened, provisioning.done, is_right(lab)) == (True, [], True)


def test_lock_that_comes_after_the_look_refuses(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lab: Lab,
    tmp_path: Path,
) -> None:
    """The other run was quicker by a moment: the session ends in exit status 4, with its name."""
    text = text_of(replace(this_process("apply of PUB"), user="ann", machine="box"))
    call = "pool.add_to_other_config"
    with at_call(monkeypatch, lab, call, lambda: set_lock(lab, text)) as once:
        run = apply(pytester, lab, tmp_path)
    assert (once.happened, run.exit_status) == (True, pytest.ExitCode.USAGE_ERROR)
    told = capsys.readouterr().out
    assert "Refused: nothing was changed, because\n  pool: lock: another run is changing" in told
    assert "_pytest" not in told
    assert (lock_of(lab), bonds(lab)["xs-1"]) == (text, ["NAS"])


def test_broken_lock_stops_the_run_that_had_it(lab: Lab, tmp_path: Path) -> None:
    """Before each change the lock is looked at: whoever broke it has the pool for itself."""

    def steal(line: str) -> None:
        if line.startswith("restart xapi on xs-2"):
            set_lock(lab, "mine now")

    with connected(lab) as connections, pytest.raises(Stopped) as caught:
        apply_over(connections, tmp_path, steal)
    words = "the lock on the pool was broken meanwhile; it is now held by somebody who wrote"
    assert caught.value.reason.startswith(words)
    assert (lock_of(lab), bonds(lab)["xs-2"]) == ("mine now", ["NAS"])


@pytest.mark.slow
def test_distributed_run_applies_once(pytester: pytest.Pytester, lab: Lab, tmp_path: Path) -> None:
    """With -n 2 one process applies, under one lock, and judges."""
    arguments = [*change_arguments(lab, tmp_path), "--xsbond-apply", "-n", "2"]
    result = pytester.runpytest_subprocess("-p", "no:randomly", *arguments)
    assert result.ret == 0, result.stdout.str()
    assert is_right(lab)


# --- ends ---


def test_lock_that_cannot_be_given_back_is_the_last_word(
    monkeypatch: pytest.MonkeyPatch, lab: Lab, tmp_path: Path
) -> None:
    """The pool refuses to forget it: the run says so, with the command that ends the lock."""
    said: list[str] = []
    message = lab.world.dispatcher.messages["pool.remove_from_other_config"]

    def refuse(*_: object) -> None:
        from xsbond.lab.contracts import Failure  # noqa: PLC0415 - the lab's own

        raise Failure("INTERNAL_ERROR", "the database is read-only")

    broken = {message.name: replace(message, body=refuse)}
    monkeypatch.setattr(lab.world.dispatcher, "messages", lab.world.dispatcher.messages | broken)
    with connected(lab) as connections:
        apply_over(connections, tmp_path, said.append)
    left = [line for line in said if line.startswith("LOCK LEFT: ")]
    assert "could not be given back" in left[0]
    assert "param-key=xsbond-lock" in left[1]


def test_break_lock_alone_is_no_change(pytester: pytest.Pytester) -> None:
    """An undo of a lab that is gone afterwards makes no sense, and is refused in a line."""
    assert "--xsbond-undo: " in line_of(pytester, ["--pool=lab", "--xsbond-undo"])
