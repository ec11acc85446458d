"""The causes that keep xapi from making a bond at all: a NIC that is gone, or in another bond."""

from collections.abc import Iterator

from pytest_xsbond.causes.cause import DESCRIBED, DOM0_CLAIMS, FAILOVER, LACP, Cause, is_at_work
from pytest_xsbond.causes.mending import scan_and_copy
from pytest_xsbond.claims.bond_on_host import BondOnHost
from pytest_xsbond.claims.declared.nics import lost_nics, nics_elsewhere
from xsbond.snapshot.lookup import master_name

_OF_BOND = (
    *("PM-3", "M-3.2", "PM-4.2.3", "PM-4.2.4", "PM-4.3.1", "PM-4.3.2"),
    *("M-3.3.1", "M-3.3.2", "M-3.3.3", *DOM0_CLAIMS, "H-nics", "H-both-views", "H-legs-up"),
    *("H-leg-hears", "H-mac", "H-mtu", "H-leg-clean", "H-slb-not-lacp", *LACP, "H-same-nics"),
    *("H-speed", "H-vlans", "H-vlans-run", "H-alerts", "H-naming", *DESCRIBED, *FAILOVER),
)
"""What is not as wanted where a bond cannot come about."""
_OF_LEGS = (
    *("PM-3", "PM-4.5.1", "PM-4.5.2", "M-3.5.2", "H-both-views", "H-legs-up", "H-leg-hears"),
    *("H-mac", "H-mtu", "H-leg-clean", "H-slb-not-lacp", *LACP, "H-same-nics", "H-speed"),
    *("H-vlans", "H-vlans-run"),
)
"""What a bond that lacks a leg, or has others, may fail."""


def _where_it_is(here: BondOnHost) -> Iterator[str]:
    """Say which bond has the NIC, and what can be done; a plan refuses for the same reason."""
    for nic, pif in nics_elsewhere(here).items():
        master = master_name(here.snapshot)
        (bond,) = pif.bond_master_of
        uuid = here.snapshot.bonds[bond].uuid
        yield f"{master}# xe bond-list uuid={uuid} params=uuid,master,slaves"
        network = here.snapshot.networks[pif.network].name_label
        yield (
            f"take {nic} out of {pif.device} (network {network}) on {here.name}, or choose another"
            " NIC in the bond file"
        )


def _nic_missing(here: BondOnHost) -> bool:
    return any(count == 0 for count in here.nic_counts().values())


_KEEPING: tuple[Cause, ...] = (
    Cause(
        name="NIC is gone from the kernel",
        says="dom0 has no interface of this name: the NIC failed, was renamed or taken out.",
        holds=lambda here: bool(lost_nics(here)),
        explains=_OF_BOND,
        next=("{host}# ip -o link", "{host}# lspci | grep -i ethernet", "{host}# dmesg | grep eth"),
    ),
    Cause(
        name="NIC is in another bond",
        says="A wanted NIC is a leg of another bond of this host, so that xapi cannot make this"
        " one, however often it is restarted.",
        holds=lambda here: bool(nics_elsewhere(here)),
        steps=_where_it_is,
        explains=_OF_BOND,
        next=("{master}# xe bond-list params=uuid,master,slaves",),
    ),
)
"""Why xapi cannot make the bond."""

NIC_CAUSES: tuple[Cause, ...] = (
    *_KEEPING,
    Cause(
        name="NIC is missing",
        says="XAPI knows no such NIC on this host: it was renamed, replaced or taken out.",
        holds=_nic_missing,
        explains=("PM-2", *_OF_LEGS),
        steps=scan_and_copy,
        next=(
            "{host}# ip -o link",
            "{master}# xe pif-scan host-uuid={host_uuid}",
        ),
    ),
)
"""In the order to look for them, before those of the bond."""


def is_kept_from(here: BondOnHost) -> bool:
    """Tell whether xapi cannot make the bond on this host, as far as anybody can see."""
    return any(is_at_work(cause, here) for cause in _KEEPING)
