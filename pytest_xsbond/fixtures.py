"""The fixtures: a few lines each, around the run that the plugin has opened.

pytest loads this module in every session, so nothing heavy is imported at its top.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from pytest_xsbond.claims.stash import EVIDENCE, VIEWS
from pytest_xsbond.runs.stash import RUN

if TYPE_CHECKING:
    import testinfra.host

    from pytest_xsbond.claims.bond_on_host import BondOnHost
    from pytest_xsbond.claims.host_in_pool import HostInPool
    from pytest_xsbond.claims.leg_on_host import LegOnHost
    from pytest_xsbond.claims.since_baseline import SinceBaseline
    from pytest_xsbond.claims.stages import Stages
    from xsbond.model import DesiredBond
    from xsbond.snapshot.snapshot import Snapshot

_NO_POOL = "there is no pool: give --pool=ADDRESS or --pool=lab"


@pytest.fixture(scope="session")
def snapshots(pytestconfig: pytest.Config) -> "Stages":
    """The stages of this run: before, created, now. Provisions the bonds where that was asked."""
    run = pytestconfig.stash.get(RUN, None)
    if run is None:
        pytest.fail(_NO_POOL, pytrace=False)
    from pytest_xsbond.terminal.progress import say_on_terminal, teller  # noqa: PLC0415 - see the top of this file

    with _as_error(), _as_usage_error(), teller(pytestconfig).waiting("looking at the pool"):
        return run.stages(say_on_terminal(pytestconfig))


class Refused(pytest.exit.Exception):  # type: ignore[name-defined,misc]  # an attribute, not a type
    """The end of a session in which nothing was changed."""

    # pytest shows the class of what ends a session, as Python writes it: without its module so.
    __module__ = "builtins"


@contextlib.contextmanager
def _as_usage_error() -> Iterator[None]:
    """End the session where nothing was changed, because of what only the change itself showed."""
    from pytest_xsbond.clean import clean_lines  # noqa: PLC0415
    from xsbond.apply import provisioning  # noqa: PLC0415 - see the top of this file
    from xsbond.apply.journal import JournalError  # noqa: PLC0415
    from xsbond.errors import OptionError  # noqa: PLC0415

    try:
        yield
    except (provisioning.Refused, JournalError, OptionError) as error:
        raise Refused(clean_lines(str(error)), int(pytest.ExitCode.USAGE_ERROR)) from None


@pytest.fixture(scope="session")
def pool(snapshots: "Stages") -> "Snapshot":
    """The pool as it is now, after whatever this run has changed."""
    return snapshots.now


@pytest.fixture(scope="session")
def xs_host(request: pytest.FixtureRequest) -> str:
    """The name of a host of the pool; a test that uses it runs once for every host."""
    return str(_parameter(request))


@pytest.fixture(scope="session")
def bond(request: pytest.FixtureRequest) -> "DesiredBond":
    """A wanted bond; a test that uses it runs once for every bond of the bond file."""
    wanted: DesiredBond = _parameter(request)
    return wanted


@pytest.fixture(scope="session")
def leg(request: pytest.FixtureRequest) -> str:
    """A leg of `bond`; a test that uses it runs once for every leg of every bond."""
    return str(_parameter(request))


def _parameter(request: pytest.FixtureRequest) -> Any:
    if not hasattr(request, "param"):
        pytest.fail(_NO_POOL, pytrace=False)
    return request.param


@pytest.fixture(scope="session")
def dom0(snapshots: "Stages", xs_host: str, pytestconfig: pytest.Config) -> "testinfra.host.Host":
    """The testinfra Host of the dom0 of `xs_host`, connected on first use."""
    run = pytestconfig.stash[RUN]
    if run.connections is None:
        pytest.fail("a stored snapshot has no dom0 to connect to", pytrace=False)
    host = snapshots.now.hosts[snapshots.now.host_ref(xs_host)]
    seen = snapshots.now.raw.dom0.get(host.uuid)
    if seen and seen.off:
        pytest.skip(seen.unreachable)
    return run.connections.dom0(host).host


View = Callable[..., "BondOnHost | None"]


@pytest.fixture
def _view(
    request: pytest.FixtureRequest, snapshots: "Stages", xs_host: str, bond: "DesiredBond"
) -> View:
    """A function from a snapshot to the view a claim is written on."""
    from pytest_xsbond.claims.bond_on_host import BondOnHost  # noqa: PLC0415 - see the top of this file

    def view(snapshot: "Snapshot | None", host: str = "") -> "BondOnHost | None":
        if snapshot is None:
            return None
        ref = host or snapshot.host_ref(xs_host)
        seen = BondOnHost(snapshot=snapshot, host=ref, wanted=bond, desired=snapshots.desired)
        # Kept, so that the report can show what the claim rests on.
        request.node.stash.setdefault(VIEWS, []).append(seen)
        request.node.stash.setdefault(EVIDENCE, []).append(seen.evidence)
        _look(request, seen)
        return seen

    return view


def _look(request: pytest.FixtureRequest, seen: "BondOnHost | HostInPool | SinceBaseline") -> None:
    """Read what the claim rests on: what cannot be read makes an error of it, not a failure."""
    from pytest_xsbond.claims.parts import PARTS  # noqa: PLC0415 - see the top of this file
    from xsbond.errors import NotAsked  # noqa: PLC0415

    with _as_error():
        for part in _looks_at(request):
            # What XAPI alone tells is judged; the claim ends without a verdict where that is all.
            with contextlib.suppress(NotAsked):
                if hasattr(type(seen), part):
                    getattr(seen, part)
                else:
                    PARTS[part](seen.evidence.snapshot, seen.evidence.host)


def _looks_at(request: pytest.FixtureRequest) -> Sequence[str]:
    marker = request.node.get_closest_marker("outcome")
    parts: Sequence[str] = marker.kwargs.get("looks_at", ()) if marker else ()
    return parts


@contextlib.contextmanager
def _as_error() -> Iterator[None]:
    """Turn the library's errors into one line; within a fixture pytest calls that an ERROR."""
    from xsbond.errors import XsbondError  # noqa: PLC0415 - see the top of this file

    reason = ""
    try:
        yield
    except XsbondError as error:
        reason = str(error)
    # Outside of the handler, where pytest would show the same line once more as its context.
    if reason:
        pytest.fail(reason, pytrace=False)


@pytest.fixture
def here(_view: View, snapshots: "Stages") -> "BondOnHost | None":
    """What `xs_host` has for `bond`, now."""
    return _view(snapshots.now)


@pytest.fixture
def this_host(request: pytest.FixtureRequest, snapshots: "Stages", xs_host: str) -> "HostInPool":
    """What `xs_host` is like now beside the other hosts; for claims that need no bond."""
    from pytest_xsbond.claims.host_in_pool import HostInPool  # noqa: PLC0415
    from pytest_xsbond.claims.seen import Evidence  # noqa: PLC0415 - see the top of this file

    evidence = Evidence(snapshot=snapshots.now, host=snapshots.now.host_ref(xs_host))
    request.node.stash.setdefault(EVIDENCE, []).append(evidence)
    seen = HostInPool(evidence=evidence, desired=snapshots.desired)
    _look(request, seen)
    return seen


@pytest.fixture
def host_before(
    request: pytest.FixtureRequest, snapshots: "Stages", xs_host: str
) -> "HostInPool | None":
    """What `xs_host` was like before this run; None if this run changed nothing."""
    from pytest_xsbond.claims.host_in_pool import HostInPool  # noqa: PLC0415
    from pytest_xsbond.claims.seen import Evidence  # noqa: PLC0415 - see the top of this file

    if snapshots.before is None:
        return None
    earlier = snapshots.before
    evidence = Evidence(snapshot=earlier, host=earlier.host_ref(xs_host))
    request.node.stash.setdefault(EVIDENCE, []).append(evidence)
    seen = HostInPool(evidence=evidence, desired=snapshots.desired)
    _look(request, seen)
    return seen


@pytest.fixture
def since_baseline(
    request: pytest.FixtureRequest, snapshots: "Stages", xs_host: str
) -> "SinceBaseline":
    """What has changed on `xs_host` since `--xsbond-baseline` was taken."""
    from pytest_xsbond.claims import since_baseline as views  # noqa: PLC0415 - see the top of this file

    with _as_error():
        seen = views.since_baseline(snapshots, snapshots.now.host_ref(xs_host))
        request.node.stash.setdefault(EVIDENCE, []).append(seen.evidence)
        _look(request, seen)
        return seen
    raise AssertionError("an error of the library fails the fixture")


@pytest.fixture
def failover(
    request: pytest.FixtureRequest, _view: View, snapshots: "Stages", leg: str
) -> "LegOnHost":
    """What became of taking `leg` of `bond` down on `xs_host`; that is done on first use."""
    from pytest_xsbond.claims.leg_on_host import LegOnHost  # noqa: PLC0415
    from pytest_xsbond.runs import drill_run  # noqa: PLC0415
    from pytest_xsbond.terminal.progress import say_on_terminal  # noqa: PLC0415 - see the top of this file

    seen = _view(snapshots.now)
    assert seen is not None
    config = request.config
    with _as_error():
        run = config.stash[RUN]
        say = say_on_terminal(config)
        seen.drill = drill_run.drill_of(run, seen.name, seen.wanted, leg, say)
        if loss := seen.drill.loss:
            lost = "packets lost", f"{loss.lost} of {loss.sent}"
            request.node.user_properties.append(lost)
        return LegOnHost(here=seen, drill=seen.drill)
    raise AssertionError("an error of the library fails the fixture")


@pytest.fixture
def at_master(_view: View, snapshots: "Stages") -> "BondOnHost | None":
    """What the pool master has for `bond`, now."""
    return _view(snapshots.now, snapshots.now.pool.master)


@pytest.fixture
def before(_view: View, snapshots: "Stages") -> "BondOnHost | None":
    """What `xs_host` had for `bond` before this run; None if this run changed nothing."""
    return _view(snapshots.before)


@pytest.fixture
def created(_view: View, snapshots: "Stages") -> "BondOnHost | None":
    """What `xs_host` had for `bond` when only the master had its bonds; None without a change."""
    return _view(snapshots.created)


@pytest.fixture
def created_at_master(_view: View, snapshots: "Stages") -> "BondOnHost | None":
    """What the pool master had for `bond` when only the master had its bonds."""
    stage = snapshots.created
    return _view(stage, stage.pool.master if stage else "")
