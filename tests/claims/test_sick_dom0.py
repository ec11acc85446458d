"""One sick host, or one sick answer, spoils nothing else, and is never read as a verdict."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from pytest_xsbond.causes.cause import is_at_work
from pytest_xsbond.causes.table import CAUSES
from pytest_xsbond.claims import health
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.claims.view import view_of
from pytest_xsbond.spec.shipped import all_claims, arguments
from tests.support.build import Draft
from xsbond.errors import PermissionMissing, PoolError, UnexpectedOutput, XsbondError
from xsbond.model import CommandOutput
from xsbond.snapshot import switch
from xsbond.snapshot.snapshot import RawDom0, Snapshot

PUB = "PUB"
HUGE = "9" * 400


def verdicts(stages: Stages, host: str) -> Mapping[str, str]:
    """Return claim -> verdict of all claims about one host that need no drill."""
    found = {}
    for claim in (each for each in all_claims() if not each.needs_a_drill):
        try:
            claim.judge(**arguments(claim, stages, stages.now.host_ref(host), PUB))
        except AssertionError:
            found[claim.judge.__name__] = "FAIL"
        except XsbondError:
            found[claim.judge.__name__] = "ERROR"
        except pytest.skip.Exception:
            found[claim.judge.__name__] = "n/j"
        else:
            found[claim.judge.__name__] = "pass"
    return found


def json_updelay(figure: str) -> tuple[str, str, str]:
    """Return a change of the table of ports."""
    return "ovs-ports", ",31000,", f",{figure},"


FIGURES = {
    "clock-of-40-digits": ("clock", None, "9" * 40 + "\n"),
    "clock-of-400-digits": ("clock", None, HUGE + "\n"),
    "clock-of-5000-digits": ("clock", None, "9" * 5000 + "\n"),
    "mtu-in-sysfs": ("sysfs-net", "eth1 mtu 1500", "eth1 mtu 1" + "0" * 30),
    "mtu-in-ifconfig": ("ifconfig-a", "mtu 1500", "mtu 1" + "0" * 30),
    "updelay-of-5000-digits": ("ovs-bond-show", "updelay: 31000", "updelay: " + "9" * 5000),
    "updelay-1e999-in-json": json_updelay("1e999"),
    "updelay-of-400-digits-in-json": json_updelay(HUGE),
    "updelay-of-5000-digits-in-json": json_updelay("9" * 5000),
    "updelay-nan-in-json": json_updelay("NaN"),
}


@pytest.mark.parametrize("case", FIGURES.values(), ids=FIGURES)
def test_absurd_figure_is_an_error_of_that_host_and_answer_alone(
    recorded: Stages, case: tuple[str, str | None, str]
) -> None:
    """The claims that need the answer are errors; the others, and the other host, are judged."""
    name, old, new = case
    draft = Draft(recorded.now)
    if old is None:
        draft.answer("xs-2", name, new)
    else:
        draft.replace("xs-2", name, old, new)
    sick = replace(recorded, now=draft.read())
    before, after = verdicts(recorded, "xs-2"), verdicts(sick, "xs-2")
    changed = {claim: after[claim] for claim in before if after[claim] != before[claim]}
    assert set(changed.values()) == {"ERROR"}
    assert len(changed) < len(before) / 2
    assert verdicts(sick, "xs-1") == verdicts(recorded, "xs-1")


# --- unreadable is not gone ---


def unreadable(text: str, *names: str) -> str:
    """Return what the probe of /sys/class/net prints if nothing of these can be read."""
    lines = [line.split(" ") for line in text.splitlines()]
    return "".join(
        f"{name} {field} {'(unreadable)' if name in names or not names else value}\n"
        for name, field, value in lines
    )


@pytest.mark.parametrize("names", [(), ("eth1",), ("eth1", "eth5")], ids=["all", "one", "two"])
def test_nic_that_cannot_be_read_is_not_gone(recorded: Stages, names: tuple[str, ...]) -> None:
    """Whoever may not read /sys says so, and nobody is told that a NIC was taken out."""
    draft = Draft(recorded.now)
    draft.answer("xs-2", "sysfs-net", unreadable(draft.stdout("xs-2", "sysfs-net"), *names))
    sick = replace(recorded, now=draft.read())
    before, after = verdicts(recorded, "xs-2"), verdicts(sick, "xs-2")
    assert {after[claim] for claim in before if after[claim] != before[claim]} == {"ERROR"}
    view = view_of(sick, "xs-2", PUB)
    at_work = [cause.name for cause in CAUSES if is_at_work(cause, view)]
    assert at_work[:1] == ["answer was not understood"]


@pytest.mark.parametrize("field", ["address", "mtu", "operstate", "carrier"])
def test_fact_of_a_nic_that_cannot_be_read_is_an_error(recorded: Stages, field: str) -> None:
    """Only an interface that is not running keeps its carrier to itself."""
    draft = Draft(recorded.now)
    lines = draft.stdout("xs-2", "sysfs-net").splitlines(keepends=True)
    start = f"eth1 {field} "
    text = [start + "(unreadable)\n" if line.startswith(start) else line for line in lines]
    draft.answer("xs-2", "sysfs-net", "".join(text))
    snapshot = draft.read()
    with pytest.raises(UnexpectedOutput, match="eth1"):
        snapshot.nics(snapshot.host_ref("xs-2"))


DENIALS = {
    "socket": "ovs-appctl: cannot connect to /var/run/openvswitch/x.ctl (Permission denied)",
    "file": "cat: /etc/xensource/xapi.conf: Permission denied",
    "restricted": "rbash: line 1: /dev/null: restricted: cannot redirect output",
    "netlink": "RTNETLINK answers: Operation not permitted",
}


@pytest.mark.parametrize("complaint", DENIALS.values(), ids=DENIALS)
def test_user_without_rights_is_told_so(recorded: Stages, complaint: str) -> None:
    """The error names the right that is missing, and the cause is no fault of the pool."""
    draft = Draft(recorded.now)
    for name in ("ovs-bond-list", "ovs-bond-show", "ovs-list-br", "ovs-show", "ovs-ports"):
        answer = CommandOutput(command=name, exit=1, stdout="", stderr=complaint)
        draft.forget("xs-2", name)
        draft.add_answer("xs-2", name, answer)
    sick = replace(recorded, now=draft.read())
    with pytest.raises(PermissionMissing, match=r"^Permission denied on xs-2: ovs-bond-list: "):
        switch.bonds(sick.now, sick.now.host_ref("xs-2"))
    view = view_of(sick, "xs-2", PUB)
    at_work = next(cause for cause in CAUSES if is_at_work(cause, view))
    assert at_work.name == "permission is denied"


# --- an answer that is not whole ---


def silenced(snapshot: Snapshot, *names: str) -> Snapshot:
    """Return a snapshot in which commands of xs-2 printed nothing and exited 0."""
    draft = Draft(snapshot)
    for name in names:
        draft.answer("xs-2", name, "")
    return draft.read()


APPCTL, VSCTL = ("ovs-bond-list", "ovs-bond-show"), ("ovs-list-br", "ovs-show", "ovs-ports")


@pytest.mark.parametrize(
    "names", [APPCTL, APPCTL[:1], APPCTL[1:], VSCTL, VSCTL[:1], VSCTL[1:2], VSCTL[2:]]
)
def test_command_that_prints_nothing_is_an_error(recorded: Stages, names: tuple[str, ...]) -> None:
    """No output and exit 0 is no answer, whatever there is to be seen elsewhere."""
    sick = replace(recorded, now=silenced(recorded.now, *names))
    before, after = verdicts(recorded, "xs-2"), verdicts(sick, "xs-2")
    changed = {claim: after[claim] for claim in before if after[claim] != before[claim]}
    assert set(changed.values()) == {"ERROR"}


@pytest.mark.parametrize("kept", [1, 2])
def test_list_that_ends_early_is_an_error(recorded: Stages, kept: int) -> None:
    """Cut at the end of a line it still reads well; bond/show knows of more bonds."""
    draft = Draft(recorded.now)
    lines = draft.stdout("xs-2", "ovs-bond-list").splitlines(keepends=True)
    assert len(lines) > kept
    draft.answer("xs-2", "ovs-bond-list", "".join(lines[:kept]))
    snapshot = draft.read()
    with pytest.raises(UnexpectedOutput, match=r"it is cut short: it lacks bond\d"):
        switch.bonds(snapshot, snapshot.host_ref("xs-2"))


def test_show_that_ends_early_is_an_error(recorded: Stages) -> None:
    """The same the other way round."""
    draft = Draft(recorded.now)
    text = draft.stdout("xs-2", "ovs-bond-show")
    end = text.index("---- bond", 5)
    draft.answer("xs-2", "ovs-bond-show", text[:end])
    lost = re.findall(r"(?:member|slave) (\S+):", text[end:])
    snapshot = draft.read()
    with pytest.raises(UnexpectedOutput, match=r"it is cut short: it lacks bond\d"):
        switch.status_touching(snapshot, snapshot.host_ref("xs-2"), lost)


# --- a command that was ended ---


def test_command_that_was_ended_is_named_and_the_others_are_judged(recorded: Stages) -> None:
    """The error names the command; what it does not concern passes."""
    draft = Draft(recorded.now)
    uuid = recorded.now.hosts[draft.host("xs-2")].uuid
    outputs = dict(draft.dom0[uuid].outputs)
    hung = replace(
        outputs["ovs-bond-show"], stdout="", exit=124, trouble="it did not end within 10 s"
    )
    draft.dom0[uuid] = RawDom0(outputs={**outputs, "ovs-bond-show": hung})
    sick = replace(recorded, now=draft.read())
    view = view_of(sick, "xs-2", PUB)
    with pytest.raises(PoolError, match=r"^xs-2: ovs-appctl bond/show.*: it did not end within"):
        health.status(view)
    assert verdicts(sick, "xs-2")["test_mtu_is_the_same_all_the_way"] == "pass"
    at_work = next(cause for cause in CAUSES if is_at_work(cause, view))
    assert at_work.name == "command does not end"
