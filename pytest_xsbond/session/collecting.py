"""Which claims run: once for every host and bond, without what this run cannot judge, in order."""

import functools
import os
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.host_in_pool import HostInPool
from pytest_xsbond.claims.outcomes import CATALOGUE, Outcome, applies, is_own, outcomes_for
from pytest_xsbond.claims.parts import PARTS
from pytest_xsbond.claims.since_baseline import SinceBaseline
from pytest_xsbond.claims.stages import Stages
from pytest_xsbond.claims.stash import OUTCOMES
from pytest_xsbond.runs.stash import RUN
from pytest_xsbond.session.choosing import choice_of, refuse_what_selects_nothing
from pytest_xsbond.session.following import JUDGED, judged_by
from pytest_xsbond.session.ordering import parameters, places, subject
from pytest_xsbond.session.representing import wants_frames, without_frames
from xsbond.errors import OptionError
from xsbond.model import DesiredBond
from xsbond.plan.plan import by_name
from xsbond.snapshot.lookup import wanted_on

OF_FLEET = "XSBOND_POOL_NAME"
"""Variable of the environment: what a fleet calls the pool of this run."""


def _legs(stages: Stages, bond: DesiredBond) -> tuple[str, ...]:
    """Return the NICs that a wanted bond joins on any host."""
    own = (wanted_on(stages.now, host, bond).nics for host in by_name(stages.now))
    return tuple(dict.fromkeys(nic for nics in own for nic in nics))


def _has_leg(item: pytest.Item, stages: Stages, host: str) -> bool:
    """Tell whether the leg a claim is about, if it is about one, is one of this host's."""
    leg, bond = parameters(item).get("leg"), parameters(item).get("bond")
    if not isinstance(leg, str) or not isinstance(bond, DesiredBond):
        return True
    return leg in wanted_on(stages.now, host, bond).nics


_SAYS = frozenset({"looks_at", "claim", "warns"})
"""What a test may say beside its ids."""
_VIEWS = (BondOnHost, HostInPool, SinceBaseline)


def _wrong_with(item: pytest.Item, marker: pytest.Mark) -> str:
    """Return what is wrong with a test's `outcome`, in one line; empty if nothing is."""
    if not marker.args:
        return 'outcome has no id; write @outcome("X-NAME", claim="…") for a claim of your own'
    if unknown := [id_ for id_ in marker.args if id_ not in CATALOGUE and not is_own(str(id_))]:
        own = "an id of your own begins with X- and has letters, digits, dots and hyphens"
        return f"there is no outcome {', '.join(map(str, unknown))}; {own}"
    if unknown := [name for name in marker.kwargs if name not in _SAYS]:
        return f"outcome has no {', '.join(unknown)}; it has {', '.join(sorted(_SAYS))}"
    if unknown := [part for part in marker.kwargs.get("looks_at", ()) if not _is_part(part)]:
        return f"looks_at: there is no {', '.join(unknown)}; there is {', '.join(sorted(PARTS))}"
    return _wrong_with_own(item, marker)


def _wrong_with_own(item: pytest.Item, marker: pytest.Mark) -> str:
    if not isinstance(item, pytest.Function):
        return "only a test that is a Python function can have an outcome"
    if all(map(is_own, marker.args)) and not (marker.kwargs.get("claim") or item.function.__doc__):
        return f'say what {marker.args[0]} claims: claim="…", or a docstring'
    return ""


def _is_part(name: str) -> bool:
    return name in PARTS or any(hasattr(view, name) for view in _VIEWS)


class CollectingHooks:
    """Hooks that parametrise, deselect and order the claims."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @functools.cached_property
    def _expected(self) -> Stages:
        return self.config.stash[RUN].expected()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test once for every host, and once for every wanted bond."""
        stages = self._expected
        if "xs_host" in metafunc.fixturenames:
            labels = stages.now.labels
            names = [labels[ref] for ref in by_name(stages.now)]
            # Of a fleet, the ids of all pools' runs may come together in one report.
            fleet = os.environ.get(OF_FLEET, "")
            ids = [f"{fleet}/{name}" if fleet else name for name in names]
            metafunc.parametrize("xs_host", names, indirect=True, scope="session", ids=ids)
        if "leg" in metafunc.fixturenames:
            several = len(stages.desired) > 1
            legs = [(bond, leg) for bond in stages.desired for leg in _legs(stages, bond)]
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
        self._choose(ours)
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
        # Only what the spec has tells what another claim follows from.
        shipped = [each for each in judged if not is_own(each.stash[OUTCOMES][0].id)]
        self.config.stash[JUDGED] = frozenset(map(judged_by, shipped))
        if not wants_frames(self.config):
            for item in judged:
                assert isinstance(item, pytest.Function)
                without_frames(item)

    def _choose(self, ours: Sequence[pytest.Item]) -> None:
        """Leave no outcome to a claim that was not selected by what is printed."""
        choice = choice_of(self.config, self._expected)
        on_hosts = replace(choice, ids=None)
        outcomes = {item: item.stash[OUTCOMES] for item in ours}
        left = [item for item in ours if on_hosts.takes(outcomes[item], *subject(item))]
        judged = {each.id for item in left for each in outcomes[item]}
        try:
            refuse_what_selects_nothing(self.config, choice, judged)
        except OptionError as error:
            raise pytest.UsageError(str(error)) from None
        for item in ours:
            if not choice.takes(outcomes[item], *subject(item)):
                item.stash[OUTCOMES] = ()

    def _outcomes(self, item: pytest.Item) -> tuple[Outcome, ...]:
        marker = item.get_closest_marker("outcome")
        assert marker is not None
        if wrong := _wrong_with(item, marker):
            raise pytest.UsageError(f"{item.nodeid}: {wrong}")
        host, network = subject(item)
        stages = self._expected
        ref = stages.now.host_ref(host)
        if not _has_leg(item, stages, ref):
            return ()
        found = outcomes_for(
            marker.args,
            is_master=ref == stages.now.pool.master,
            warns=marker.kwargs.get("warns", False),
        )
        return tuple(each for each in found if applies(each, stages, ref, network))
