"""How long things take in the pool, in lab seconds.

The defaults are those of a pool with little in it; a busy host takes longer at every step.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Lab seconds between what follows on one another."""

    plug: float = 0.25
    """From the slaves' bridges going to the bond's PIF being attached."""
    management_move: float = 0.0
    """How long a host is out of reach while its management interface moves to or from a bond.

    Recorded is none: connections outlived the move. A switch may take its time to learn of it.
    """
    login_refusal: float = 2.0
    """PAM lets a wrong password wait."""
    batching: float = 0.05
    """event.from collects for so long once something happened (xapi_event.ml)."""
    monitoring: float = 5.0
    """Between two samples of the links (network_monitor_thread.ml)."""
    restart_agent: float = 1.0
    """From host.restart_agent's answer to the restart (xapi_host.ml)."""
    unreachable: float = 200.0
    """Until the master gives up calling a member that is switched off."""
    lost_heartbeat: float = 600.0
    """From the last sign of life of a host to `live` turning false (xapi_globs.ml)."""
    event_heartbeat: float = 30.0
    """Between two signs of life to whoever waits in event.next (db_gc.ml)."""
    fuse: float = 10.0
    """From the decision to follow another master to the end of the process (constants.ml)."""
    shutdown: float = 10.0
    """From the answer to host.shutdown or host.reboot to its end (xapi_host.ml)."""
    boot: float = 120.0
    """From there, or from the power coming back, to xapi being started; no two hosts agree."""
    retry: float = 5.0
    """Between two attempts of a starting member to find its master (xapi.ml)."""

    farewell: float = 0.1
    """From the order to stop to `enabled` and `live` turning false."""
    exit: float = 1.0
    """From there to the end of the process."""
    launch: float = 0.9
    """From the order to start to the first answer, HOST_IS_SLAVE."""
    database_link: float = 7.0
    """From there to the link to the master's database."""
    tls_restart: float = 0.2
    """While stunnel restarts the port refuses connections."""
    management_address: float = 0.1
    """HOST_HAS_NO_MANAGEMENT_IP is answered for so long."""
    hello: float = 0.1
    """HOST_STILL_BOOTING is answered for so long; the host is live."""
    refresh: float = 0.4
    """From there to the new agent_start_time."""
    enabling: float = 4.3
    """From there to `enabled` turning true: 4.5 to 5 s after the order to restart has returned."""
    inheriting: float = 0.8
    """From `enabled` to the bonds being copied; minutes on a host with much to do.

    With `plug` a bond is attached 1 to 1.8 s after `enabled`, as seen on a real pool.
    """
    completion: float = 0.25
    """From the last copied bond to the init-complete cookie."""


_PERIODS = {"monitoring", "lost_heartbeat", "event_heartbeat", "retry"}
INSTANT = Delays(**{name: 0.0 for name in Delays.__slots__ if name not in _PERIODS})
"""Everything follows at once; what happens every so many seconds still does."""
