"""The classes of XAPI's database, each field in the order it has on the wire."""

from collections.abc import Mapping
from dataclasses import replace

from xsbond.lab.blueprint import Profile
from xsbond.lab.schema.host import CERTIFICATE, HOST, HOST_METRICS
from xsbond.lab.schema.kinds import Class
from xsbond.lab.schema.network import BOND, NETWORK, PIF, PIF_METRICS, VLAN
from xsbond.lab.schema.pool import POOL
from xsbond.lab.schema.running import MESSAGE, SESSION, TASK

CLASSES = (
    SESSION,
    TASK,
    POOL,
    HOST,
    HOST_METRICS,
    NETWORK,
    PIF,
    PIF_METRICS,
    BOND,
    VLAN,
    CERTIFICATE,
    MESSAGE,
)
"""In the order of the data model, which is the order events of one reply come in."""

_FIRST_WITH_CERTIFICATES = (8, 2)


def schema_of(profile: Profile) -> Mapping[str, Class]:
    """Return class name -> class, without the fields the profile's product does not know yet."""
    version = tuple(int(part) for part in profile.product_version.split("."))
    known = CLASSES if version >= _FIRST_WITH_CERTIFICATES else (*CLASSES[:-2], MESSAGE)
    return {
        one.name: replace(one, fields=tuple(f for f in one.fields if f.since <= version))
        for one in known
    }
