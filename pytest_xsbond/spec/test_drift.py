"""Nothing else has changed since a baseline was taken (`--xsbond-baseline`)."""

from pytest_xsbond import SinceBaseline, outcome


@outcome("D-hosts", looks_at=["hosts"])
def test_pool_has_the_hosts_it_had(since_baseline: SinceBaseline) -> None:
    """No host has joined the pool, left it or changed its name."""
    assert since_baseline.hosts == ()


@outcome("D-networks", looks_at=["networks"])
def test_pool_has_the_networks_it_had(since_baseline: SinceBaseline) -> None:
    """The networks of the pool have the names, bridges, MTUs and settings that they had."""
    assert since_baseline.networks == ()


@outcome("D-nics", looks_at=["nics"])
def test_nics_are_what_they_were(since_baseline: SinceBaseline) -> None:
    """The host's NICs have the names, MACs and PCI slots that they had."""
    assert since_baseline.nics == ()


@outcome("D-pifs", looks_at=["pifs"])
def test_pifs_are_what_they_were(since_baseline: SinceBaseline) -> None:
    """The host's PIFs are on the networks they were on, attached and managed as they were."""
    assert since_baseline.pifs == ()


@outcome("D-vlans", looks_at=["vlans"])
def test_vlans_are_what_they_were(since_baseline: SinceBaseline) -> None:
    """The host's VLANs have the tags and the NICs that they had."""
    assert since_baseline.vlans == ()


@outcome("D-bonds", looks_at=["bonds"])
def test_bonds_are_what_they_were(since_baseline: SinceBaseline) -> None:
    """The host's bonds join the NICs they joined, in the same mode, in XAPI and in the switch."""
    assert since_baseline.bonds == ()


@outcome("D-mtus", looks_at=["mtus"])
def test_mtus_are_what_they_were(since_baseline: SinceBaseline) -> None:
    """The host's PIFs, NICs and bridges have the MTUs that they had."""
    assert since_baseline.mtus == ()


@outcome("D-addresses", looks_at=["addresses"])
def test_addresses_are_what_they_were(since_baseline: SinceBaseline) -> None:
    """The host has the addresses that it had, in XAPI and in dom0."""
    assert since_baseline.addresses == ()


@outcome("D-bridges", looks_at=["bridges"])
def test_bridges_are_what_they_were(since_baseline: SinceBaseline) -> None:
    """The host's bridges are those it had, with their MACs, made by the same network backend."""
    assert since_baseline.bridges == ()


@outcome("D-versions", looks_at=["versions"])
def test_versions_are_what_they_were(since_baseline: SinceBaseline) -> None:
    """The host runs the versions that it ran."""
    assert since_baseline.versions == ()


@outcome("D-partners", looks_at=["partners"])
def test_lacp_partners_are_who_they_were(since_baseline: SinceBaseline) -> None:
    """The legs of the host's lacp bonds have the LACP partners that they had."""
    assert since_baseline.partners == ()
