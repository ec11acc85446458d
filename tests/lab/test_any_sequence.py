"""Whatever several clients do to a pool, in whatever order: it stays one that can be."""

import contextlib
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.lab.any_sequence import (
    ACCOUNTS,
    HALF_DONE,
    OF_THE_MONITOR,
    OLD,
    POOL,
    Watcher,
    attempt,
    lasting,
    lopsided,
    records,
    sessions,
)
from tests.lab.worlds import PASSWORD, restart, running
from xsbond.lab.pool.consistency import complaints, dom0_complaints

CLIENT = st.sampled_from(sorted(ACCOUNTS))
ANY = st.integers(0, 40)
"""Picks one of the objects there are; beyond the last it starts again."""
MODES = st.sampled_from(["balance-slb", "active-backup", "lacp", "balance-tlb"])
ADDRESSES = st.sampled_from(["10.0.0.1", "10.0.0.2", "172.16.0.10", "nonsense"])
TAGS = st.sampled_from([1, 7, 4094, 4095])


class AnySequence(RuleBasedStateMachine):
    """Clients of four roles at a pool of two hosts."""

    @initialize()
    def found(self) -> None:
        """Start a pool, log everybody in."""
        self.resources = contextlib.ExitStack()
        self.world = self.resources.enter_context(running(blueprint=POOL))
        self.sessions = sessions(self.world, PASSWORD)
        self.watcher = Watcher()
        self.half_done = False

    def teardown(self) -> None:
        """End the pool; what it ends as must be possible, too."""
        self.resources.close()

    def any_of(self, name: str, choice: int) -> str:
        """Return one of the objects of a class, or a reference to none."""
        with self.world.lock:
            refs = [*self.world.database.refs(name), "OpaqueRef:none"]
        return refs[choice % len(refs)]

    def do(self, client: str, method: str, *parameters: Any) -> None:
        """Send a message; one that fails must leave everything as it was."""
        before = lasting(self.world)
        failure = attempt(self.world, self.sessions[client], method, *parameters)
        if failure is None:
            return
        if failure.code in HALF_DONE:
            self.half_done = True
        else:
            assert lasting(self.world) == before, (method, parameters, failure)

    @rule(client=CLIENT, bridge=st.sampled_from(["", "", "xapi9", "xenbr1"]))
    def create_network(self, client: str, bridge: str) -> None:
        """With a name of its own, a taken one, or the next free one."""
        record = {"name_label": "any", "other_config": {}, "bridge": bridge}
        self.do(client, "network.create", record)

    @rule(client=CLIENT, network=ANY)
    def destroy_network(self, client: str, network: int) -> None:
        """Used or unused."""
        self.do(client, "network.destroy", self.any_of("network", network))

    @rule(client=CLIENT, network=ANY, pifs=st.lists(ANY, max_size=3), mode=MODES)
    def create_bond(self, client: str, network: int, pifs: list[int], mode: str) -> None:
        """Of NICs, VLANs or bonds, of one host or of two."""
        members = [self.any_of("PIF", each) for each in pifs]
        self.do(client, "Bond.create", self.any_of("network", network), members, "", mode, {})

    @rule(network=ANY, host=st.integers(0, 1), nics=st.permutations(["eth1", "eth3", "eth5"]))
    def create_sound_bond(self, network: int, host: int, nics: list[str]) -> None:
        """Of two NICs of one host, so that there is more often one than not."""
        with self.world.lock:
            members = [
                ref
                for device in nics[:2]
                for ref in self.world.database.where(
                    "PIF", host=self.world.hosts[host].ref, device=device, VLAN=-1
                )
            ]
        where = self.any_of("network", network)
        self.do("root", "Bond.create", where, members, "", "balance-slb", {})

    @rule(client=CLIENT, bond=ANY)
    def destroy_bond(self, client: str, bond: int) -> None:
        """The storage bond or a new one."""
        self.do(client, "Bond.destroy", self.any_of("Bond", bond))

    @rule(client=CLIENT, bond=ANY, mode=MODES)
    def set_mode(self, client: str, bond: int, mode: str) -> None:
        """To the one it has, another, or one that is none."""
        self.do(client, "Bond.set_mode", self.any_of("Bond", bond), mode)

    @rule(client=CLIENT, pif=ANY, tag=TAGS, network=ANY)
    def create_vlan(self, client: str, pif: int, tag: int, network: int) -> None:
        """On a NIC, a leg, a bond or a VLAN."""
        where = self.any_of("network", network)
        self.do(client, "VLAN.create", self.any_of("PIF", pif), tag, where)

    @rule(client=CLIENT, vlan=ANY)
    def destroy_vlan(self, client: str, vlan: int) -> None:
        """If there is any."""
        self.do(client, "VLAN.destroy", self.any_of("VLAN", vlan))

    @rule(client=CLIENT, pif=ANY, tag=TAGS, network=ANY)
    def create_vlan_everywhere(self, client: str, pif: int, tag: int, network: int) -> None:
        """On all hosts, as a client does it in one call."""
        where = self.any_of("network", network)
        self.do(client, "pool.create_VLAN_from_PIF", self.any_of("PIF", pif), where, tag)

    @rule(client=CLIENT, pif=ANY, plugged=st.booleans())
    def plug(self, client: str, pif: int, plugged: bool) -> None:
        """Plug a PIF or unplug it."""
        self.do(client, "PIF.plug" if plugged else "PIF.unplug", self.any_of("PIF", pif))

    @rule(client=CLIENT, pif=ANY, mode=st.sampled_from(["None", "DHCP", "Static"]), ip=ADDRESSES)
    def reconfigure(self, client: str, pif: int, mode: str, ip: str) -> None:
        """Give a PIF another address, or none."""
        ref = self.any_of("PIF", pif)
        self.do(client, "PIF.reconfigure_ip", ref, mode, ip, "255.255.255.0", "", "")

    @rule(client=CLIENT, pif=ANY)
    def forget(self, client: str, pif: int) -> None:
        """Forget a NIC."""
        self.do(client, "PIF.forget", self.any_of("PIF", pif))

    @rule(client=CLIENT, host=st.integers(0, 2))
    def scan(self, client: str, host: int) -> None:
        """Find the NICs of a host again."""
        self.do(client, "PIF.scan", self.any_of("host", host))

    @rule(client=CLIENT, host=st.integers(0, 2), enabled=st.booleans())
    def enable(self, client: str, host: int, enabled: bool) -> None:
        """Take a host into maintenance, or back."""
        method = "host.enable" if enabled else "host.disable"
        self.do(client, method, self.any_of("host", host))

    @rule(client=CLIENT, vif=ANY, network=ANY)
    def move_guest(self, client: str, vif: int, network: int) -> None:
        """Move a guest's interface to another network."""
        self.do(client, "VIF.move", self.any_of("VIF", vif), self.any_of("network", network))

    @rule(host=st.integers(0, 1), old=st.sampled_from(sorted(OLD)), choice=ANY)
    def restart_from_old(self, host: int, old: str, choice: int) -> None:
        """A host's xapi starts on what an old release, or a hand in the database, left."""
        with self.world.lock:
            OLD[old](self.world, self.world.hosts[host], choice)
            self.world.collector.collect()
        if host:
            self.restart_member()
        else:
            self.restart_master()

    @rule()
    def restart_member(self) -> None:
        """The member copies the master's bonds."""
        restart(self.world.hosts[1])

    @rule()
    def restart_master(self) -> None:
        """All sessions end; everybody logs in again, and asks for all events anew."""
        restart(self.world.hosts[0])
        self.sessions = sessions(self.world, PASSWORD)
        self.watcher = Watcher()

    @invariant()
    def pool_is_possible(self) -> None:
        """Every rule of the database holds; dom0 follows it unless a step there failed."""
        with self.world.lock:
            assert complaints(self.world.database) == []
            assert self.half_done or dom0_complaints(self.world.pool) == []

    @invariant()
    def references_go_both_ways(self) -> None:
        """As any client sees them, however little it may do."""
        assert list(lopsided(records(self.world, self.sessions["rita"]))) == []

    @invariant()
    def events_tell_everything(self) -> None:
        """Who follows the events knows what who asks is told."""
        self.watcher.catch_up(self.world, self.sessions["rita"])
        told = dict(self.watcher.known)
        for name, table in records(self.world, self.sessions["rita"]).items():
            for ref, record in table.items():
                assert _lasting(name, told.pop(ref)) == _lasting(name, record), (name, ref)
        assert told == {}


def _lasting(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """Leave out what may have changed between two looks."""
    return {key: value for key, value in record.items() if (name, key) not in OF_THE_MONITOR}


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
