"""Whether a dom0 is the host it is taken for: INSTALLATION_UUID against host.uuid. Pure.

xapi takes the uuid of its own host record from INSTALLATION_UUID of /etc/xensource-inventory
(xapi, helpers.ml:get_localhost_uuid), so that the two never differ on the host itself.
"""

import re
from collections.abc import Mapping

INVENTORY = "/etc/xensource-inventory"
_LINE = re.compile(r"^INSTALLATION_UUID='([^'\n]*)'$", re.ASCII | re.MULTILINE)
_LONGEST = 60
"""Characters of what stands there that a message repeats; a uuid has 36."""


def told_by(inventory: str) -> str:
    """Return the installation's uuid out of its inventory, or its line of it; empty without one.

    Other lines do not matter here. Two different uuids tell nothing.
    """
    found = set(_LINE.findall(inventory))
    return found.pop() if len(found) == 1 else ""


def another(label: str, uuid: str, told: str, names: Mapping[str, str]) -> str:
    """Return why a dom0 is not the host with this label and uuid; empty if it is.

    `told` is the uuid it tells itself, `names` host uuid -> label of the pool's hosts.
    """
    if told == uuid:
        return ""
    if not told:
        return f"{INVENTORY} tells no INSTALLATION_UUID, so nothing shows that this is {label}"
    who = names.get(told) or "a host that is not in this pool"
    return (
        f"this is {who} (INSTALLATION_UUID {told[:_LONGEST]}), not {label} (host.uuid {uuid});"
        f" look at HostName of {label} in ssh_config, and at its name in DNS"
    )
