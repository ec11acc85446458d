"""Healthy pools of any shape, drawn by hypothesis: what a lab is built from and what is wanted."""

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from xsbond.lab.blueprint import PROFILES, Blueprint, BondBlueprint, HostBlueprint, Profile
from xsbond.lab.contracts import Nic

MODES = ("balance-slb", "active-backup", "lacp")
_PREFIXES = ("eth", "nic", "port")
_SPEEDS = (-1, 1000, 10000, 25000)
_LABELS = ("PUB", "guests", "DMZ (2)", "Gäste", "x" * 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedBond:
    """One bond as the bond file asks for it."""

    network: str
    nics: tuple[str, ...]
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthyPool:
    """A pool in which nothing is wrong, before and after it is given what is wanted."""

    blueprint: Blueprint
    wanted: tuple[WantedBond, ...]
    tags: tuple[int, ...]
    """VLANs to be put on the first wanted bond."""
    bystanders: tuple[str, ...]
    """Networks nobody is connected to."""
    inherit: str

    @property
    def may_be_numbered_otherwise(self) -> bool:
        """Whether a member may number its bonds in another order: it copies several at once."""
        return self.inherit == "restart" and len(self.wanted) > 1

    @property
    def unjudged(self) -> dict[tuple[str, str], str]:
        """(Host, outcome) -> verdict of what nobody can judge: speeds that no NIC reports."""
        silent = [host for host in self.blueprint.hosts if all(nic.speed < 0 for nic in host.nics)]
        claims = ["H-speed"]
        claims += ["H-standby-speed" for bond in self.wanted if bond.mode == "active-backup"]
        return {(host.name, id_): "n/j" for host in silent for id_ in claims}

    def bond_file(self, directory: Path) -> Path:
        """Write what is wanted as a bond file."""
        # A JSON string or array of strings without exotic characters is TOML, too.
        text = "".join(
            f"[[bond]]\nnetwork = {json.dumps(bond.network, ensure_ascii=False)}\n"
            f"nics = {json.dumps(bond.nics)}\nmode = {json.dumps(bond.mode)}\n"
            for bond in self.wanted
        )
        path = directory / "bonds.toml"
        path.write_text(text, encoding="utf-8")
        return path


@st.composite
def pools(draw: st.DrawFn) -> HealthyPool:
    """Draw a pool of 1 to 8 hosts with bonds of two to four NICs."""
    profile = draw(st.sampled_from(sorted(PROFILES.values(), key=lambda each: each.name)))
    count = draw(st.integers(1, 8))
    shares = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    has_storage = draw(st.booleans())
    names = _names(draw, profile, 1 + 2 * has_storage + sum(shares))
    spare = iter(names[1:])
    storage = tuple(next(spare) for _ in range(2 * has_storage))
    labels = draw(st.permutations(_LABELS))
    wanted = tuple(
        WantedBond(
            network=label,
            nics=tuple(draw(st.permutations([next(spare) for _ in range(share)]))),
            mode=draw(st.sampled_from(MODES)),
        )
        for label, share in zip(labels, shares, strict=False)
    )
    return HealthyPool(
        blueprint=_blueprint(draw, profile, count, names, storage),
        wanted=wanted,
        tags=tuple(draw(st.sets(st.integers(1, 4094), max_size=2))),
        bystanders=tuple(draw(st.sets(st.sampled_from(("lab", "backup", "PUB-old")), max_size=2))),
        inherit=draw(st.sampled_from(("restart", "create"))),
    )


def _names(draw: st.DrawFn, profile: Profile, count: int) -> tuple[str, ...]:
    """Return the NICs' names by position; those of old releases are all ethN."""
    prefix = "eth" if profile.inherit_by == "device" else draw(st.sampled_from(_PREFIXES))
    return tuple(f"{prefix}{number}" for number in range(count))


def _blueprint(
    draw: st.DrawFn,
    profile: Profile,
    count: int,
    names: Sequence[str],
    storage: tuple[str, ...],
) -> Blueprint:
    speed = draw(st.sampled_from(_SPEEDS))
    addresses = [ipaddress.IPv4Interface(f"10.20.0.{10 + host}/24") for host in range(count)]
    hosts = tuple(
        HostBlueprint(
            name=f"host-{number}",
            nics=tuple(
                Nic(
                    device=name,
                    mac=f"02:5e:{number:02x}:00:00:{position:02x}",
                    position=position,
                    pci=f"0000:{position + 1:02x}:00.0",
                    speed=speed,
                )
                for position, name in enumerate(names)
            ),
            management=ipaddress.IPv4Interface(f"10.10.0.{10 + number}/24"),
        )
        for number in range(count)
    )
    bonds = (BondBlueprint(network="NAS", devices=storage, addresses=tuple(addresses)),)
    return Blueprint(
        hosts=hosts, bonds=bonds if storage else (), gateway="10.10.0.1", profile=profile
    )
