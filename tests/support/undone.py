"""A pool to be changed and undone: what must be as it was, and calls made by hand."""

import json
from typing import Any

from tests.support.labs import db, pif_ref
from xsbond.lab import Lab
from xsbond.lab.blueprint import GuestBlueprint

GUEST = GuestBlueprint(name="web", networks=("Pool-wide network 3",))


def configuration(lab: Lab) -> str:
    """Return what an undo must leave as it was: networks, PIFs, bonds, VLANs, VIFs."""
    volatile = {"currently_attached", "MTU", "last_updated", "IPv6", "links_up"}
    kept = ("network", "PIF", "Bond", "VLAN", "VIF", "VM", "pool")
    dump = lab.world.dump()
    records = {name: dump[name] for name in kept}
    for table in records.values():
        for record in table.values():
            for field in volatile:
                record.pop(field, None)
            # Sets have no order in XAPI.
            record.update({k: sorted(v) for k, v in record.items() if isinstance(v, list)})
    return json.dumps(records, sort_keys=True)


def call(lab: Lab, method: str, *parameters: Any) -> Any:
    """Call the pool as root."""
    return lab.world.dispatch(lab.world.hosts[0], method, parameters)


def bond_pif(lab: Lab, host: str) -> str:
    """Return the ref of the PIF of a host's guest bond."""
    return pif_ref(lab, host, "bond1")


def pub(lab: Lab) -> str:
    """Return the ref of the bond's network."""
    with lab.world.lock:
        (ref,) = db(lab).where("network", name_label="PUB")
    return ref
