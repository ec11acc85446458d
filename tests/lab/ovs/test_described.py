"""What the bond file describes, provisioned on real Open vSwitch from nothing, and verified."""

import ipaddress
from pathlib import Path

import pytest

from tests.lab.ovs.ground import needs_namespaces, shown
from tests.support.bond_files import DESCRIBED
from tests.support.described_labs import ground_of
from tests.support.labs import pool_arguments
from tests.support.spec_run import SpecRun, run_spec
from tests.support.tiers import sampled
from xsbond.bondfile import parse_bond_file
from xsbond.lab.namespaced.lab import OvsHost, OvsLab

pytestmark = needs_namespaces

UNSURE = {"H-naming"}
"""A member that copies two bonds may number them in another order."""


def unsound(run: SpecRun) -> dict[tuple[str, str], str]:
    """Return what is no pass."""
    return {about: verdict for about, verdict in run.not_passed().items() if about[1] not in UNSURE}


def addresses(host: OvsHost, bridge: str) -> list[str]:
    """Return the global addresses that the kernel has on a bridge."""
    text = shown(host, "ip", "-o", "addr", "show", "dev", bridge, "scope", "global")
    return sorted(str(ipaddress.ip_interface(line.split()[3])) for line in text.splitlines())


@pytest.mark.parametrize("heading", sampled(DESCRIBED, {"Management on a VLAN of the bond"}))
def test_described_pool_is_provisioned_and_green(
    heading: str, tmp_path: Path, pytester: pytest.Pytester
) -> None:
    """The kernel and the switch really have what the claims say; nothing is missing."""
    file, ground = tmp_path / "bonds.toml", ground_of(heading)
    file.write_text(DESCRIBED[heading], encoding="utf-8")
    given = (f"--xsbond-bonds={file}", f"--xsbond-journal={tmp_path}")
    with OvsLab(ground.blueprint) as lab:
        ground.prepare(lab)
        run = run_spec(pytester, *pool_arguments(lab), "--xsbond-apply", *given)
        assert (run.exit_status, unsound(run)) == (0, {})
        for vlan in parse_bond_file(DESCRIBED[heading])[0].vlans:
            (network,) = [
                each
                for ref in lab.world.database.refs("network")
                if (each := lab.world.database.get("network", ref))["name_label"] == vlan.network
                and each["PIFs"]
            ]
            for host in lab.hosts:
                bridge = network["bridge"]
                assert shown(host, "ovs-vsctl", "br-to-vlan", bridge).strip() == str(vlan.tag)
                pifs = [lab.world.database.get("PIF", ref) for ref in network["PIFs"]]
                (own,) = [pif for pif in pifs if pif["host"] == host.ref]
                ipv4 = [f"{own['IP']}/{own['netmask']}"] if own["IP"] else []
                wanted = [
                    str(ipaddress.ip_interface(each)) for each in (*ipv4, *own["IPv6"]) if each
                ]
                assert addresses(host, bridge) == sorted(wanted)
