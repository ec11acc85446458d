"""The steps of a plan that change a PIF or a VLAN, carried out.

Methods return what was made, as the journal keeps it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xsbond.apply.lost_answers import Lookout
from xsbond.apply.pool_objects import by_uuid, network_ref, own_pif
from xsbond.collect.xapi import PoolApi
from xsbond.errors import AnswerLost, PoolError
from xsbond.model import Automatic
from xsbond.plan.address_steps import ClearAddress, SetAddress, SetIpv6Address
from xsbond.plan.steps import SetOverrides
from xsbond.plan.vlan_steps import CreateVlan, DestroyVlan, PlugVlan
from xsbond.snapshot.snapshot import Snapshot

Made = Mapping[str, Any]
"""What a step made: network, bond, bonds by network, pif, vlan; uuids each."""

_IPV4 = {Automatic.DHCP: "DHCP"}
_IPV6 = {Automatic.DHCP: "DHCP", Automatic.AUTOCONF: "Autoconf"}
"""XAPI's words for what comes about by itself."""


def known(*, lost: bool) -> Mapping[str, str]:
    """Return how it is known that a change was made."""
    return {"known": "found" if lost else "answered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PifChanges:
    """Changes PIFs and VLANs in a pool whose snapshot was taken before the first change."""

    lookout: Lookout
    snapshot: Snapshot

    @property
    def _api(self) -> PoolApi:
        return self.lookout.api

    # --- addresses ---

    def set_address(self, step: SetAddress) -> Made:
        """Carry the step out."""
        pif = self._own_pif(step)
        if isinstance(step.address, Automatic):
            made = self._reconfigure_ip(pif, _IPV4[step.address], "", "")
            return {**made, "address": step.address.value}
        address, netmask = str(step.address.ip), str(step.address.netmask)
        return {**self._reconfigure_ip(pif, "Static", address, netmask), "address": address}

    def clear_address(self, step: ClearAddress) -> Made:
        """Carry the step out."""
        pif = self._api.read("PIF.get_by_uuid", step.pif)
        return {**self._reconfigure_ip(pif, "None", "", ""), "address": ""}

    def _reconfigure_ip(self, pif: str, mode: str, address: str, netmask: str) -> Made:
        def seen() -> list[str]:
            is_set = self._api.read("PIF.get_ip_configuration_mode", pif) == mode
            # What DHCP gives is not known beforehand.
            has = mode == "DHCP" or self._api.read("PIF.get_IP", pif) == address
            return [pif] if is_set and has else []

        words = (pif, mode, address, netmask, "", "")
        lost = self._run("PIF.reconfigure_ip", *words, seen=seen)
        return {"pif": self._api.read("PIF.get_uuid", pif), **known(lost=lost)}

    def set_ipv6_address(self, step: SetIpv6Address) -> Made:
        """Carry the step out."""
        pif = self._own_pif(step)
        automatic = isinstance(step.address, Automatic)
        mode = _IPV6[step.address] if isinstance(step.address, Automatic) else "Static"
        address = "" if automatic else str(step.address)

        def seen() -> list[str]:
            is_set = self._api.read("PIF.get_ipv6_configuration_mode", pif) == mode
            return [pif] if is_set else []

        words = (pif, mode, address, step.gateway, "")
        lost = self._run("PIF.reconfigure_ipv6", *words, seen=seen)
        uuid = self._api.read("PIF.get_uuid", pif)
        return {"pif": uuid, "address": str(step.address), **known(lost=lost)}

    # --- overrides ---

    def set_overrides(self, step: SetOverrides) -> Made:
        """Write the keys, then plug the PIF, attached as it is: networkd reads them only then."""
        pif = self._own_pif(step)
        for key, value in step.other_config.items():
            config = self._api.read("PIF.get_other_config", pif)
            if key not in config:
                self._api.change("PIF.add_to_other_config", pif, key, value)
        self._plug(pif)
        uuid = self._api.read("PIF.get_uuid", pif)
        return {"pif": uuid, "keys": list(step.other_config), **known(lost=False)}

    # --- VLANs ---

    def create_vlan(self, step: CreateVlan) -> Made:
        """Make the VLAN, or plug the one that the host's xapi has copied from the master's."""
        api, host = self._api, self.snapshot.host_ref(step.host)
        network = network_ref(api, step.network, step.network_uuid)
        below = own_pif(api, host, network_ref(api, step.below, step.below_uuid))
        if not below:
            raise PoolError(step.host, step.does, "the host has no PIF on the bond's network")

        def there() -> list[str]:
            return [pif for pif in [own_pif(api, host, network)] if pif]

        lost = bool(not there()) and self._run(
            "VLAN.create", below, str(step.tag), network, seen=there
        )
        pif = there()[0]
        vlan = api.read("PIF.get_VLAN_master_of", pif)
        tag, tagged = int(api.read("VLAN.get_tag", vlan)), api.read("VLAN.get_tagged_PIF", vlan)
        if (tagged, tag) != (below, step.tag):
            raise PoolError(step.host, step.does, f"the host has VLAN {tag} there meanwhile")
        if not api.read("PIF.get_currently_attached", pif):
            self._plug(pif)
        return {"vlan": api.read("VLAN.get_uuid", vlan), **known(lost=lost)}

    def plug_vlan(self, step: PlugVlan) -> Made:
        """Carry the step out."""
        self._plug(self._api.read("PIF.get_by_uuid", step.pif))
        return {"pif": step.pif}

    def destroy_vlan(self, step: DestroyVlan) -> Made:
        """Carry the step out; nothing if the VLAN is gone."""
        if ref := by_uuid(self._api, "VLAN", step.uuid):
            self._run("VLAN.destroy", ref, seen=lambda: self._gone(step.uuid))
        return {"vlan": step.uuid}

    def _gone(self, uuid: str) -> list[str]:
        return [] if by_uuid(self._api, "VLAN", uuid) else ["gone"]

    # --- how ---

    def _plug(self, pif: str) -> None:
        attached = "PIF.get_currently_attached"
        self._run("PIF.plug", pif, seen=lambda: [pif] if self._api.read(attached, pif) else [])

    def _run(self, method: str, *params: Any, seen: Callable[[], Sequence[str]]) -> bool:
        """Make a call that may take long; tell whether its answer was lost, and its work found."""
        try:
            self._api.run_task(method, *params, deadline=self.lookout.deadline)
        except AnswerLost as error:
            self.lookout.found(error, seen)
            return True
        return False

    def _own_pif(self, step: SetAddress | SetIpv6Address | SetOverrides) -> str:
        network = network_ref(self._api, step.network, step.network_uuid)
        pif = own_pif(self._api, self.snapshot.host_ref(step.host), network)
        if not pif:
            raise PoolError(step.host, step.does, "the host has no PIF on this network")
        return pif
