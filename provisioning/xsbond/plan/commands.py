"""How `xe` is told which network and which PIF a step is about: by uuid where that is known."""

from shlex import quote


def network_of(name: str, uuid: str = "") -> str:
    """Return a network's uuid, or the command that prints it."""
    return uuid or f"$(xe network-list name-label={quote(name)} --minimal)"


def pif_of(host_uuid: str, network: str, network_uuid: str = "") -> str:
    """Return the command that prints the uuid of a host's PIF on a network."""
    which = (
        f"network-uuid={network_uuid}" if network_uuid else f"network-name-label={quote(network)}"
    )
    return f"$(xe pif-list host-uuid={host_uuid} {which} --minimal)"
