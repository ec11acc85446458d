"""Looking at the pool of a run: with a plan, at rest, and while its legs listen."""

from collections.abc import Callable
from dataclasses import dataclass

from pytest_xsbond.settings import Settings
from xsbond.collect.listen import listen
from xsbond.collect.observe import Connections, observe
from xsbond.collect.settle import settled
from xsbond.plan.circumstances import look_around
from xsbond.plan.plan import Plan, plan_for
from xsbond.snapshot.snapshot import Snapshot

Say = Callable[[str], None]
"""Tells a person in a line what happens."""


def in_silence(line: str) -> None:
    """Tell nobody."""
    del line


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """Looks at a pool as the settings of a run say."""

    settings: Settings
    connections: Connections

    def planned(self, *, holding_lock: bool = False) -> tuple[Snapshot, Plan]:
        """Look at the pool and plan; what a change depends on is asked for only before one."""
        settings = self.settings
        look = observe(self.connections, "before" if settings.mode == "apply" else "now")
        plan = plan_for(settings.desired, look, settings.inherit, repair=settings.repair)
        if not plan.steps or settings.mode in {"verify", "undo"}:
            return look, plan
        around = look_around(
            self.connections,
            look,
            settings.desired,
            plan.steps,
            break_lock=holding_lock or settings.break_lock,
        )
        return look, plan_for(settings.desired, look, settings.inherit, around, settings.repair)

    def created(self) -> Snapshot:
        """Look when the master has its bonds and no member was touched."""
        return observe(self.connections, "created", member_view=True)

    def after(self) -> Snapshot:
        """Look when everything was changed."""
        return observe(self.connections, "after")

    def at_rest(self, look: Snapshot, say: Say) -> Snapshot:
        """Return a look at the pool after what is under way is over."""
        settings = self.settings
        return settled(self.connections, look, settings.desired, settings.wait, say)

    def listening(self, look: Snapshot) -> Snapshot:
        """Return a look with what the legs hear, if that was asked for."""
        if not self.settings.listen:
            return look
        return listen(self.connections, look, self.settings.listen)
