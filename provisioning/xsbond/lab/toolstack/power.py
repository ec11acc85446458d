"""A host's power: what becomes of it when it is switched off, and on again."""

from xsbond.lab.pool import hosts
from xsbond.lab.pool.state import Host, Pool
from xsbond.lab.pool.tasks import begin_task


def switch_off(pool: Pool, host: Host) -> None:
    """Take a host's power away: everything on it ends, and nobody is told."""
    host.powered = host.networkd = False
    host.process.kill()
    host.silent_since = host.silent_since or pool.clock.now()
    for tell in host.on_power:
        tell(False)


def switch_on(pool: Pool, host: Host) -> None:
    """Give a host its power back: after a while its xapi starts."""
    if host.powered:
        return
    host.powered = True
    host.is_going_down = False

    def boot() -> None:
        with pool.lock:
            if pool.pause(pool.delays.boot) and host.powered:
                for tell in host.on_power:
                    tell(True)
                host.networkd = True
                host.boot_time = f"{pool.clock.time():.0f}."
                host.process.begin()

    pool.spawn(f"boot of {host.name}", boot)


def go_down(pool: Pool, host: Host, *, again: bool) -> None:
    """Shut a host down a moment later, or let it reboot (xapi_host.ml, shutdown_and_reboot_common).

    The pool takes it for dead at once, and shows a task until it is back.
    """
    host.is_going_down = True
    label = "Host is rebooting" if again else "Host is shutting down"
    task = begin_task(pool, label, host, description=label)
    operation = "reboot" if again else "shutdown"
    pool.database.set("host", host.ref, current_operations={task: operation})
    hosts.set_live(pool, host, live=False)

    def work() -> None:
        with pool.lock:
            if not pool.pause(pool.delays.shutdown):
                return
            switch_off(pool, host)
            if again:
                switch_on(pool, host)

    pool.spawn(f"shutdown of {host.name}", work)


def cut_link(pool: Pool, host: Host) -> None:
    """Let a host's management network lead nowhere; its own programs still reach its xapi."""
    host.linked = False
    host.silent_since = host.silent_since or pool.clock.now()
    pool.wake()


def mend_link(pool: Pool, host: Host) -> None:
    """Connect it again: a xapi that ran all the time is heard at once."""
    host.linked = True
    if host.running and host.booted:
        host.silent_since = None
        hosts.set_live(pool, host, live=True)
    pool.wake()
