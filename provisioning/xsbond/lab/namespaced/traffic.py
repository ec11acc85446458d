"""Packets of guests, counted; and what else is heard on the LAN of a lab."""

import contextlib
import ipaddress
import re
import threading
from collections.abc import Callable, Iterator, Sequence

from xsbond.lab.guests.guests import record_guest, start
from xsbond.lab.networking.vifs import backend_name, create_vif
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.rig.guest import NETWORK_BITS, Guest
from xsbond.lab.rig.values import RigError

_EACH = 2
"""Guests on each bond: the more there are, the likelier is that each leg carries one."""
_BURST = ("ping", "-n", "-q", "-i", "0.02", "-c", "25", "-W", "1")
"""Half a second of packets, and a second for the last answer."""
_SUMMARY = re.compile(r"(\d+) packets transmitted, (\d+) received")
_CHATTER = ("ping", "-n", "-q", "-b", "-i", "0.1", "-c", "100", "-W", "1")
_NO_ERROR = (0, 1)
"""Of ping: there were answers, or none."""


def names_of_guests(pool: Pool, host: Host, network: str) -> list[str]:
    """Return the interfaces in dom0 of the guests that run on a network of a host.

    Where there are none, some are started: called with the pool's lock held.
    """
    found = _running(pool, host, network)
    for number in range(_EACH if not found else 0):
        label = pool.database.get("network", network)["name_label"]
        vm = record_guest(pool, f"guest {number} of {host.name} on {label}")
        mtu = pool.database.get("network", network)["MTU"]
        create_vif(pool, vm=vm, network=network, device="0", mac="", MTU=mtu)
        start(pool, vm, host)
    return found or _running(pool, host, network)


def _running(pool: Pool, host: Host, network: str) -> list[str]:
    vifs = pool.database.get("network", network)["VIFs"]
    homes = {vif: pool.database.get("VIF", vif)["VM"] for vif in vifs}
    return [
        backend_name(pool, vif)
        for vif, vm in homes.items()
        if pool.database.get("VM", vm)["resident_on"] == host.ref
        and pool.database.get("VIF", vif)["currently_attached"]
    ]


class _Pings:
    """Pings from one guest, burst after burst, until it is told to stop."""

    def __init__(self, guest: Guest, target: str) -> None:
        self._guest, self._target = guest, target
        self._over = threading.Event()
        self.sent = self.lost = 0
        self._thread = threading.Thread(
            target=self._run, name=f"pings of {guest.name}", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                printed = self._guest.run(*_BURST, self._target).stdout
            except RigError:
                return
            if found := _SUMMARY.search(printed):
                sent, received = map(int, found.groups())
                self.sent, self.lost = self.sent + sent, self.lost + sent - received

    def stop(self) -> None:
        """Return when the last packet is answered, or lost."""
        self._over.set()
        self._thread.join()


@contextlib.contextmanager
def counted(guests: Sequence[Guest], target: str) -> Iterator[Callable[[], tuple[int, int]]]:
    """Let guests ping a target meanwhile; yields what ends that and tells (sent, lost)."""
    pings = [_Pings(guest, target) for guest in guests]

    def ended() -> tuple[int, int]:
        for each in pings:
            each.stop()
        return sum(each.sent for each in pings), sum(each.lost for each in pings)

    try:
        yield ended
    finally:
        ended()


def chatter(peer: Guest) -> None:
    """Let a machine be heard by everybody on the LAN, as there is always somebody who is."""
    network = ipaddress.IPv4Interface(f"{peer.address}/{NETWORK_BITS}").network

    def run() -> None:
        with contextlib.suppress(RigError):
            while peer.run(*_CHATTER, str(network.broadcast_address)).code in _NO_ERROR:
                pass

    threading.Thread(target=run, name="chatter", daemon=True).start()
