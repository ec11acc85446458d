"""A run without a bond file: the default bond where it fits the pool, else the bonds it has."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pytest_xsbond.settings import Settings
from xsbond.bondfile import TUTORIAL, parse_bond_file
from xsbond.learn import bond_file_of
from xsbond.learn.tables import bonds_of_master
from xsbond.plan.plan import by_name, missing_everywhere, natural
from xsbond.snapshot.lookup import bond_on, bonds_of, legs_of, networks_of, nics_of, wanted_on
from xsbond.snapshot.snapshot import Snapshot

_FILE = "bonds.toml"
WRITE = f"--xsbond-write-bonds={_FILE}"
"""The option that keeps what such a run has judged."""
JUDGE = f"--xsbond-bonds={_FILE}"
"""The option that judges by it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRun:
    """What a run without a bond file judges, and what it does not."""

    learned: bool = False
    """Whether the bonds that the pool has are judged, in the place of the default one."""
    says: str = ""
    """The same, for the header; empty where nothing is left out."""


def adopted(settings: Settings, look: Snapshot) -> tuple[Settings, FirstRun]:
    """Return what is to be judged of a pool, and what there is to say about that.

    Only a run that looks judges what nobody has declared: a change needs a bond file.
    """
    if settings.bonds_file or settings.mode != "verify" or settings.desired != TUTORIAL:
        return settings, FirstRun()
    reason = misfit(settings, look)
    if not reason:
        return settings, FirstRun(says=_others(settings, look))
    made = bond_file_of(look)
    if not made.text:
        return settings, FirstRun()
    told = f"none was named, and {reason}; judged are the bonds that the pool master has"
    left = f". Not judged: {'; '.join(made.unsaid)}" if made.unsaid else ""
    keeps = f". {WRITE} keeps them in a bond file"
    typed = (*settings.typed, JUDGE) if settings.typed else ()
    wanted = replace(settings, desired=parse_bond_file(made.text), typed=typed)
    return wanted, FirstRun(learned=True, says=f"{told}{left}{keeps}")


def misfit(settings: Settings, look: Snapshot) -> str:
    """Return why the wanted bonds cannot be those of a pool; empty if they can."""
    if nics := missing_everywhere(settings.desired, look):
        hosts = [look.labels[ref] for ref in by_name(look)]
        return f"no host of the pool has a NIC {', '.join(nics)} (looked on {', '.join(hosts)})"
    return "; ".join(_taken(settings, look))


def _taken(settings: Settings, look: Snapshot) -> Iterator[str]:
    """Yield the bonds of other networks that the master has of the wanted NICs."""
    for wanted in settings.desired:
        known = networks_of(look, wanted) or any(bond_on(look, host, wanted) for host in look.hosts)
        nics = {*wanted_on(look, look.pool.master, wanted).nics}
        for bond, pif in () if known else bonds_of_master(look):
            if shared := sorted(nics & legs_of(look, bond), key=natural):
                used = f"{'+'.join(shared)} is in a bond on {look.networks[pif.network].name_label}"
                yield f"there is no network {wanted.network}, and {used}"


def _others(settings: Settings, look: Snapshot) -> str:
    """Return which bonds the pool has besides the default one, and how they are judged, too."""
    mine = {bond.network for bond in settings.desired}
    others = [text for network, text in _described(look) if network not in mine]
    if not others:
        return ""
    judged = ", ".join(bond.network for bond in settings.desired)
    return (
        f"none was named: judged is the default bond, {judged}. Not judged: the pool's bonds on"
        f" {', '.join(others)}. {WRITE} describes all that there are in a bond file"
    )


def _described(look: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield (network, it and its NICs) of the master's bonds."""
    for bond, pif in bonds_of_master(look):
        network = look.networks[pif.network].name_label
        yield network, f"{network} ({'+'.join(sorted(legs_of(look, bond)))})"


def what_there_is(look: Snapshot) -> str:
    """Return what a bond file for a pool could be about: its bonds, or the NICs without one."""
    if bonds := [text for _, text in _described(look)]:
        return f"the pool has bonds on {', '.join(bonds)}: {WRITE} describes them in a bond file"
    if any(bonds_of(look, host) for host in look.hosts):
        return "the pool master has no bond that a bond file can describe; members have some"
    nics = sorted(
        (pif for _, pif in nics_of(look, look.pool.master)), key=lambda pif: natural(pif.device)
    )
    named = [f"{pif.device}{' (management)' if pif.management else ''}" for pif in nics]
    return (
        f"the pool has no bond; its master has the NICs {', '.join(named)}: name those to join in"
        " a bond file (python -m pytest_xsbond.docs bond-file) and give it with --xsbond-bonds"
    )
