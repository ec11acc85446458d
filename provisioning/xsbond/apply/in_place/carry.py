"""The steps of a repair, carried out: what is there is changed, and nothing is destroyed.

Methods return what was made, as the journal keeps it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xsbond.apply.lost_answers import Lookout
from xsbond.apply.pif_changes import Made, known
from xsbond.collect.xapi import PoolApi
from xsbond.errors import AnswerLost
from xsbond.model import Automatic
from xsbond.plan.differing.settings import ChangeAddress, ChangeOverride
from xsbond.plan.differing.steps import (
    Change,
    Plug,
    RemoveOverride,
    Replug,
    ScanNics,
    SetMode,
    SetMtu,
    SetProperty,
)
from xsbond.plan.steps import AnyStep


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlace:
    """Changes bonds, networks and PIFs that are there."""

    lookout: Lookout

    @property
    def makers(self) -> Mapping[type[AnyStep | Change], Callable[[Any], Made]]:
        """Return kind of a step -> what carries it out."""
        return {
            SetMode: self._set_mode,
            SetProperty: self._set_property,
            SetMtu: self._set_mtu,
            ChangeAddress: self._change_address,
            ChangeOverride: self._change_override,
            RemoveOverride: self._remove_override,
            Plug: self._plug,
            Replug: self._replug,
            ScanNics: self._scan,
        }

    @property
    def _api(self) -> PoolApi:
        return self.lookout.api

    def _set_mode(self, step: SetMode) -> Made:
        ref, mode = self._api.read("Bond.get_by_uuid", step.uuid), step.mode.value

        def seen() -> list[str]:
            return [ref] if self._api.read("Bond.get_mode", ref) == mode else []

        return known(lost=self._run("Bond.set_mode", ref, mode, seen=seen))

    def _set_property(self, step: SetProperty) -> Made:
        ref = self._api.read("Bond.get_by_uuid", step.uuid)

        def seen() -> list[str]:
            found = self._api.read("Bond.get_properties", ref)
            return [ref] if found.get(step.name) == step.value else []

        return known(lost=self._run("Bond.set_property", ref, step.name, step.value, seen=seen))

    def _set_mtu(self, step: SetMtu) -> Made:
        ref = self._api.read("network.get_by_uuid", step.uuid)
        self._api.change("network.set_MTU", ref, str(step.mtu))
        return known(lost=False)

    def _change_address(self, step: ChangeAddress) -> Made:
        pif = self._pif(step.pif)
        words: tuple[str, ...] = ("DHCP", "", "", "")
        if not isinstance(step.address, Automatic):
            address = step.address
            words = ("Static", str(address.ip), str(address.netmask), step.gateway)

        def seen() -> list[str]:
            is_set = self._api.read("PIF.get_ip_configuration_mode", pif) == words[0]
            has = not words[1] or self._api.read("PIF.get_IP", pif) == words[1]
            return [pif] if is_set and has else []

        dns = self._api.read("PIF.get_DNS", pif)
        return known(lost=self._run("PIF.reconfigure_ip", pif, *words, dns, seen=seen))

    def _change_override(self, step: ChangeOverride) -> Made:
        pif = self._pif(step.pif)
        self._api.change("PIF.remove_from_other_config", pif, step.key)
        self._api.change("PIF.add_to_other_config", pif, step.key, step.value)
        return self._plugged(pif)

    def _remove_override(self, step: RemoveOverride) -> Made:
        pif = self._pif(step.pif)
        self._api.change("PIF.remove_from_other_config", pif, step.key)
        return self._plugged(pif)

    def _plug(self, step: Plug) -> Made:
        return self._plugged(self._pif(step.pif))

    def _replug(self, step: Replug) -> Made:
        pif = self._pif(step.pif)
        attached = "PIF.get_currently_attached"
        self._run("PIF.unplug", pif, seen=lambda: [] if self._api.read(attached, pif) else [pif])
        return self._plugged(pif)

    def _scan(self, step: ScanNics) -> Made:
        host = self._api.read("host.get_by_uuid", step.host_uuid)
        # What it has found is waited for by the start of xapi that follows it.
        return known(lost=self._run("PIF.scan", host, seen=lambda: [host]))

    def _plugged(self, pif: str) -> Made:
        attached = "PIF.get_currently_attached"
        seen = lambda: [pif] if self._api.read(attached, pif) else []  # noqa: E731
        return known(lost=self._run("PIF.plug", pif, seen=seen))

    def _pif(self, uuid: str) -> str:
        return str(self._api.read("PIF.get_by_uuid", uuid))

    def _run(self, method: str, *params: Any, seen: Callable[[], Sequence[str]]) -> bool:
        """Make a call that may take long; tell whether its answer was lost, and its work found."""
        try:
            self._api.run_task(method, *params, deadline=self.lookout.deadline)
        except AnswerLost as error:
            self.lookout.found(error, seen)
            return True
        return False
