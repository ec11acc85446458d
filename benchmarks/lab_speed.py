"""How fast a lab is: 64 hosts up, all PIFs read, an event heard.

python benchmarks/lab_speed.py [HOSTS]
"""

import statistics
import sys
import threading
import time

from xsbond.lab import Lab
from xsbond.lab.blueprint import tutorial

ROUNDS = 20
_NEVER = 30.0


def _pifs(lab: Lab) -> float:
    """Return the seconds the server takes to read every PIF."""
    began = time.perf_counter()
    lab.world.dispatch(lab.world.hosts[0], "PIF.get_all_records", ())
    return time.perf_counter() - began


def _wake_up(lab: Lab) -> float:
    """Return the seconds from a change until who waits for it has its event."""
    master = lab.world.hosts[0]
    network = lab.world.dispatch(master, "network.get_all", ())[0]
    token = lab.world.dispatch(master, "event.from", (["network"], "", 0.0))["token"]
    heard: list[float] = []

    def listen() -> None:
        lab.world.dispatch(master, "event.from", (["network"], token, _NEVER))
        heard.append(time.perf_counter())

    listener = threading.Thread(target=listen)
    listener.start()
    time.sleep(0.1)
    began = time.perf_counter()
    lab.world.dispatch(master, "network.set_name_description", (network, str(began)))
    listener.join()
    return heard[0] - began


def main() -> None:
    """Measure and print."""
    hosts = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    began = time.perf_counter()
    with Lab(tutorial(hosts)) as lab:
        print(f"{hosts} hosts up after {time.perf_counter() - began:.2f} s")
        count = lab.world.database.count("PIF")
        pifs = statistics.median(_pifs(lab) for _ in range(ROUNDS))
        print(f"PIF.get_all_records of {count} PIFs: {pifs * 1000:.1f} ms")
        woken = statistics.median(_wake_up(lab) for _ in range(ROUNDS))
        print(f"event.from hears of a change after {woken * 1000:.1f} ms")


if __name__ == "__main__":
    main()
