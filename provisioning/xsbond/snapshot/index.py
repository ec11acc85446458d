"""What a snapshot is searched by: the names of its hosts, and the PIFs of each. Pure."""

from collections import Counter
from collections.abc import Mapping

from xsbond.model import Host, Pif

_LONGEST_LABEL = 128
"""Characters of a host's name that go into test ids and tables; XAPI itself has no limit."""


def labels_of(hosts: Mapping[str, Host]) -> Mapping[str, str]:
    """Return host ref -> the name it goes by."""
    count = Counter(host.name_label for host in hosts.values())
    return {
        ref: host.name_label
        if count[host.name_label] == 1 and len(host.name_label) <= _LONGEST_LABEL
        else f"{host.name_label[:_LONGEST_LABEL]}-{host.uuid[:8]}"
        for ref, host in hosts.items()
    }


def by_host(pifs: Mapping[str, Pif]) -> Mapping[str, tuple[tuple[str, Pif], ...]]:
    """Return host ref -> (ref, record) of its PIFs."""
    found: dict[str, list[tuple[str, Pif]]] = {}
    for ref, pif in pifs.items():
        found.setdefault(pif.host, []).append((ref, pif))
    return {host: tuple(items) for host, items in found.items()}
