"""Whether a host is in emergency mode: its xapi runs, and does not reach the pool master.

The pool itself takes such a host for alive for ten minutes (xapi_globs.ml), so dom0 is asked.
"""

from collections.abc import Sequence

from xsbond.collect.dom0 import Dom0
from xsbond.collect.observe import Connections, ask_all
from xsbond.errors import PoolError
from xsbond.model import Host
from xsbond.snapshot.snapshot import RawDom0

_PROBE = {"emergency": "xe host-is-in-emergency-mode"}


def is_in_emergency(dom0: Dom0) -> bool:
    """Ask one host; a dom0 that does not answer says no."""
    try:
        return dom0.ask(_PROBE["emergency"]).stdout.strip() == "true"
    except PoolError:
        return False


def in_emergency(connections: Connections, hosts: Sequence[Host]) -> frozenset[str]:
    """Return the uuids of those hosts that are, all of them asked at the same time."""
    answers = ask_all(connections, hosts, _PROBE)
    return frozenset(uuid for uuid, answer in answers.items() if _says_so(answer))


def _says_so(answer: RawDom0) -> bool:
    return not answer.unreachable and answer.outputs["emergency"].stdout.strip() == "true"
