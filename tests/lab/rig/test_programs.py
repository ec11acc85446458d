"""Programs of a host that the launcher plays."""

import select
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.rig.rigs import PATIENCE, Clients, hosts, until
from xsbond.lab.rig.host import RunningHost
from xsbond.lab.rig.values import Reply, Request


def test_a_played_program_answers_with_streams_and_status(host: RunningHost) -> None:
    """As if it were there."""
    ran = host.run("xe", "host-list", "params=uuid")
    assert (ran.stdout, ran.stderr, ran.code) == ("xs-1 host-list params=uuid\n", "asked\n", 2)


def test_all_ways_to_call_it_lead_to_the_launcher(host: RunningHost) -> None:
    """By name, by either path, and for services, too."""
    calls = ("xe", "/usr/bin/xe", "/opt/xensource/bin/xe", "service", "/usr/bin/systemctl")
    printed = [host.run(call, "restart").stdout for call in calls]
    assert printed == ["xs-1 restart\n"] * len(calls)


def test_it_hears_where_and_how_it_was_called() -> None:
    """Its environment, its directory, and that there is no terminal."""
    heard: list[Request] = []

    def listen(_host: str, request: Request) -> Reply:
        heard.append(request)
        return Reply()

    with hosts(on_request=listen) as rig:
        rig.hosts["xs-1"].run("sh", "-c", "cd /etc; COLOUR='dark red' xe vm-list 'a b'")
    request = heard[0]
    assert request.argv == ("/opt/xensource/bin/xe", "vm-list", "a b")
    assert (request.directory, request.environment["COLOUR"]) == ("/etc", "dark red")
    assert request.terminal is None


def test_it_leaves_input_alone_that_it_does_not_read(host: RunningHost) -> None:
    """A loop around it reads all of its lines."""
    script = "while read line; do xe $line >/dev/null 2>&1; echo $line; done"
    assert host.run("sh", "-c", script, stdin=b"one\ntwo\nthree\n").stdout == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("closed", "said"),
    [("<&-", "xs-1 vm-list\n"), ("2>&-", "xs-1 vm-list\n"), (">&-", ""), ("<&- >&- 2>&-", "")],
    ids=["input", "errors", "output", "all"],
)
def test_streams_may_be_closed(host: RunningHost, closed: str, said: str) -> None:
    """What cannot be said is not said."""
    ran = host.run("sh", "-c", f"xe vm-list {closed}")
    assert (ran.stdout, ran.code) == (said, 1)


def test_it_reads_its_input_and_speaks_before_its_end() -> None:
    """Both as streams, while it runs."""

    def echo(_host: str, request: Request) -> Reply:
        request.stdout.write(b"early ")
        return Reply(stdout=request.stdin.read())

    with hosts(on_request=echo) as rig:
        ran = rig.hosts["xs-1"].run("sh", "-c", "echo late | xe | cat")
    assert ran.stdout == "early late\n"


def test_a_terminal_has_its_size() -> None:
    """Columns and lines, as the program would find them."""

    def measure(_host: str, request: Request) -> Reply:
        size = request.terminal
        return Reply(stdout=f"{size.columns}x{size.lines}".encode() if size else b"none")

    with hosts(on_request=measure) as rig:
        typed = "stty rows 33 cols 111; xe"
        ran = rig.hosts["xs-1"].run("script", "-qec", typed, "/dev/null")
    assert ran.stdout == "111x33"


def test_output_is_appended_where_the_shell_says_so(host: RunningHost) -> None:
    """The stream is the very file the shell opened."""
    script = "cd /tmp; echo first > out; xe second >> out 2>/dev/null; cat out; rm out"
    assert host.run("sh", "-c", script).stdout == "first\nxs-1 second\n"


def test_a_program_that_waits_keeps_nobody_waiting() -> None:
    """Each is answered by itself."""
    release = threading.Event()

    def wait(_host: str, request: Request) -> Reply:
        if request.argv[1] == "event-wait":
            release.wait(PATIENCE)
        return Reply(stdout=request.argv[1].encode())

    with hosts(on_request=wait) as rig, ThreadPoolExecutor() as pool:
        waiting = pool.submit(rig.hosts["xs-1"].run, "xe", "event-wait")
        assert rig.hosts["xs-1"].run("xe", "vm-list").stdout == "vm-list"
        assert not waiting.done()
        release.set()
        assert waiting.result().stdout == "event-wait"


def test_the_launcher_learns_that_nobody_waits_any_more() -> None:
    """Its connection ends with the program."""
    asked, gone = threading.Event(), threading.Event()

    def notice(_host: str, request: Request) -> Reply:
        asked.set()
        if select.select([request.connection], [], [], PATIENCE)[0]:
            gone.set()
        return Reply(stdout=b"nobody hears this")

    with hosts(on_request=notice) as rig:
        host = rig.hosts["xs-1"]
        process = host.run("sh", "-c", "xe event-wait >/dev/null 2>&1 & echo $!").stdout.strip()
        assert asked.wait(PATIENCE)
        host.run("kill", "-INT", process)
        host.run("kill", process)
        assert gone.wait(PATIENCE)


def test_many_are_answered_at_once(host: RunningHost) -> None:
    """Each gets its own answer."""
    script = "for n in 1 2 3 4 5 6 7 8; do xe number-$n 2>/dev/null & done; wait"
    lines = host.run("sh", "-c", script).stdout.splitlines()
    assert sorted(lines) == [f"xs-1 number-{number}" for number in range(1, 9)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_launcher_that_fails_is_not_taken_for_success() -> None:
    """The program says that nobody answered it."""

    def fail(_host: str, request: Request) -> Reply:
        raise LookupError(request.argv[1])

    with hosts(on_request=fail) as rig:
        ran = rig.hosts["xs-1"].run("xe", "vm-list")
    assert (ran.code, ran.stderr) == (1, "/opt/xensource/bin/xe: the lab gave no answer\n")


def test_a_crash_ends_who_is_asking() -> None:
    """The launcher's thread goes on, and its answer goes nowhere."""
    asked, release, ended = threading.Event(), threading.Event(), threading.Event()

    def answer_late(_host: str, _request: Request) -> Reply:
        asked.set()
        release.wait(PATIENCE)
        ended.set()
        return Reply(stdout=b"too late")

    with hosts(on_request=answer_late) as rig, ThreadPoolExecutor() as pool:
        host = rig.hosts["xs-1"]
        call = pool.submit(host.run, "xe", "vm-list")
        assert asked.wait(PATIENCE)
        host.crash()
        assert call.exception() is not None
        release.set()
        assert until(ended.is_set)


def test_the_environment_of_ssh_reaches_it(clients: Clients) -> None:
    """Commands typed over SSH are answered as those run directly."""
    ran = clients.ssh("xs-1", "service xapi restart")
    assert (ran.stdout, ran.returncode) == ("xs-1 xapi restart\n", 2)
