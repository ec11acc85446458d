"""The classes of XAPI's database, each field in the order it has on the wire."""

from collections.abc import Mapping
from dataclasses import replace

from xsbond.lab.pool.schema.guests import (
    CONSOLE,
    TUNNEL,
    VIF,
    VIF_METRICS,
    VM,
    VM_GUEST_METRICS,
    VM_METRICS,
)
from xsbond.lab.pool.schema.host import CERTIFICATE, HOST, HOST_METRICS
from xsbond.lab.pool.schema.kinds import Class, Field
from xsbond.lab.pool.schema.network import (
    BOND,
    NETWORK,
    NETWORK_SRIOV,
    PIF,
    PIF_METRICS,
    VLAN,
)
from xsbond.lab.pool.schema.people import SECRET, SESSION, SUBJECT, USER
from xsbond.lab.pool.schema.pool import POOL
from xsbond.lab.pool.schema.running import BLOB, MESSAGE, TASK
from xsbond.lab.profiles import Profile

CLASSES = (
    SESSION,
    SUBJECT,
    TASK,
    POOL,
    VM,
    VM_METRICS,
    VM_GUEST_METRICS,
    HOST,
    HOST_METRICS,
    NETWORK,
    VIF,
    VIF_METRICS,
    PIF,
    PIF_METRICS,
    BOND,
    VLAN,
    CONSOLE,
    USER,
    BLOB,
    SECRET,
    TUNNEL,
    NETWORK_SRIOV,
    CERTIFICATE,
    MESSAGE,
)
"""In the order of the data model, which is the order events of one reply come in."""


def _is_shown(profile: Profile, field: Field) -> bool:
    return not field.internal and profile.knows(field.since)


def schema_of(profile: Profile) -> Mapping[str, Class]:
    """Return class name -> class, without the classes and fields that came after the profile."""
    return {
        one.name: replace(one, fields=tuple(f for f in one.fields if _is_shown(profile, f)))
        for one in CLASSES
        if profile.knows(one.since)
    }
