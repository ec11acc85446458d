"""Another master for the pool: agreed on in two phases, then everybody starts anew.

Sources: ocaml/xapi/xapi_pool_transition.ml, xapi_ha.ml (propose_new_master, commit_new_master).
"""

from collections.abc import Callable, Sequence

from xsbond.lab.contracts import Failure
from xsbond.lab.pool import hosts, membership
from xsbond.lab.pool.state import Host, Pool

_GONE = "Xmlrpc_client.Connection_reset"
_FOR_EVER = 1e9


def sync_database(pool: Pool) -> None:
    """Let every host fetch the database; Failure HOST_OFFLINE for one that cannot."""
    for ref in pool.database.refs("host"):
        if ref != pool.master.ref:
            hosts.reach(pool, ref)


def change_master(pool: Pool, new: Host) -> None:
    """Let all hosts agree on a master and follow it; the old one first, the new one last."""
    others = [pool.hosts[ref] for ref in pool.database.refs("host") if ref != new.ref]
    peers = others
    _agree(new, [*peers, new], pool)
    old = pool.master
    for host in peers:
        _require(new, host)
        commit(pool, host, new.address)
    membership.write_role(new, membership.MASTER)
    # With two masters at a time the new one would give way to the old one.
    _respawn(pool, new, after=lambda: pool.pause(_FOR_EVER, unless=lambda: not serves(old)))


def serves(host: Host) -> bool:
    """Tell whether a host's xapi runs as master; one that came back as a member does not."""
    return host.running and host.role == "master"


def _agree(new: Host, everybody: Sequence[Host], pool: Pool) -> None:
    """Phase 1: nobody may object; who agreed forgets it if somebody does."""
    asked: list[Host] = []
    try:
        for host in everybody:
            _require(new, host)
            propose(pool, host, new.address)
            asked.append(host)
    except Failure:
        for host in asked:
            host.next_master = ""
        raise


def _require(new: Host, host: Host) -> None:
    """Raise what a broken connection to a host raises."""
    if host is not new and not membership.is_in_reach(new, host):
        raise Failure("INTERNAL_ERROR", _GONE)


def propose(pool: Pool, host: Host, address: str) -> None:
    """Let a host agree to an address; Failure HA_ABORT_NEW_MASTER if it has agreed to another."""
    if host.next_master not in {"", address}:
        text = f"Already agreed to commit host address '{host.next_master}'"
        raise Failure("HA_ABORT_NEW_MASTER", f"{text} at {pool.date()} ('0.000000' secs ago)")
    host.next_master = address


def commit(pool: Pool, host: Host, address: str) -> None:
    """Phase 2: a host does what it agreed to; Failure HA_ABORT_NEW_MASTER if that was not this."""
    text = f"Received commit_new_master({address}) but"
    if not host.next_master:
        raise Failure("HA_ABORT_NEW_MASTER", f"{text} never received a proposal")
    if host.next_master != address:
        earlier = f"previously received proposal for {host.next_master}"
        raise Failure("HA_ABORT_NEW_MASTER", f"{text} {earlier}")
    if host.address == address:
        become_master(pool, host)
    else:
        follow(pool, host, address)


def become_master(pool: Pool, host: Host) -> None:
    """Be the master from the next start on, and let it be soon."""
    membership.write_role(host, membership.MASTER)
    _light_fuse(pool, host)


def follow(pool: Pool, host: Host, address: str) -> None:
    """Follow the master at an address from the next start on, which is soon unless it does."""
    if (host.role, host.master_address) != ("member", address):
        membership.write_role(host, membership.slave_of(address))
        _light_fuse(pool, host)


def recover_members(pool: Pool) -> list[str]:
    """Let all hosts follow the master that serves; return those that could be told."""
    master, told = pool.master, list[str]()
    for ref in pool.database.refs("host"):
        host = pool.hosts[ref]
        if host is not master and membership.is_in_reach(master, host):
            follow(pool, host, master.address)
            told.insert(0, ref)
    return told


def _light_fuse(pool: Pool, host: Host) -> None:
    """End the process after a while, so that the answer is out, and let it start again."""
    _respawn(pool, host, after=lambda: pool.pause(pool.delays.fuse))


def _respawn(pool: Pool, host: Host, after: Callable[[], bool]) -> None:
    def work() -> None:
        with pool.lock:
            after()
            if host.running and not pool.closed:
                host.process.respawn()

    pool.spawn(f"fuse of {host.name}", work)
