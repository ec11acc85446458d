"""All messages of the lab's XAPI."""

from collections.abc import Iterator, Mapping

from xsbond.lab.pool.schema.kinds import Class
from xsbond.lab.xapi.calls import (
    blobs,
    bonds,
    diagnostics,
    directory,
    events,
    guests,
    hosts,
    management,
    masters,
    messages,
    networks,
    pifs,
    pools,
    records,
    roles,
    secrets,
    sessions,
    settings,
    sriovs,
    tasks,
    tunnels,
    vifs,
    vlans,
)
from xsbond.lab.xapi.messages import Message

_MODULES = (
    settings,
    blobs,
    bonds,
    diagnostics,
    directory,
    events,
    guests,
    hosts,
    management,
    masters,
    messages,
    networks,
    pifs,
    pools,
    roles,
    secrets,
    sessions,
    sriovs,
    tasks,
    tunnels,
    vifs,
    vlans,
)
"""Where two have a message of the same name, the later one counts."""


def messages_of(schema: Mapping[str, Class]) -> Mapping[str, Message]:
    """Return name -> message for a release, the ones that follow from its fields included."""
    return {message.name: message for message in _all(schema)}


def _all(schema: Mapping[str, Class]) -> Iterator[Message]:
    for one in schema.values():
        yield from records.record_messages(one)
    for module in _MODULES:
        yield from module.MESSAGES
