"""Which host a host takes for the pool's master: /etc/xensource/pool.conf (pool_role.ml).

A xapi reads the file when it starts; what is written there later counts at its next start.
"""

from xsbond.lab.pool.state import Host, Pool, Role

POOL_CONF = "/etc/xensource/pool.conf"
MASTER, BROKEN = "master", "broken"


def slave_of(address: str) -> str:
    """Return the contents of the file on a member."""
    return f"slave:{address}"


def adopt_role(host: Host) -> None:
    """Take the role the file says, as a starting xapi does."""
    host.role, host.master_address = _read(host)


def write_role(host: Host, text: str) -> None:
    """Set the role for the next start."""
    host.backend.write_file(POOL_CONF, text)


def _read(host: Host) -> tuple[Role, str]:
    """Return the role and the master's address; a file that says nothing known breaks the host."""
    try:
        text = host.backend.read_file(POOL_CONF).strip()
    except FileNotFoundError:
        return "broken", ""
    word, _, address = text.partition(":")
    if text == MASTER:
        return "master", ""
    return ("member", address) if word == "slave" and address else ("broken", "")


def serving_master(pool: Pool, host: Host) -> Host | None:
    """Return the host at the address a member looks for its master, if it serves as one."""
    at_address = (other for other in pool.hosts.values() if other.address == host.master_address)
    masters = (o for o in at_address if is_in_reach(host, o) and o.role == "master")
    return next(masters, None)


def other_masters(pool: Pool, host: Host) -> list[Host]:
    """Return the hosts that already serve as masters (xapi.ml, check_no_other_masters)."""
    others = (other for other in pool.hosts.values() if other is not host)
    return [other for other in others if is_in_reach(host, other) and other.role == "master"]


def is_in_reach(host: Host, other: Host) -> bool:
    """Tell whether one host's xapi can call the other's."""
    return host.linked and other.is_heard
