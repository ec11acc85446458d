"""The bond file: what it means, and how it says what is wrong with it."""

from pathlib import Path

import pytest

from xsbond.bondfile import TUTORIAL, parse_bond_file, read_bond_file
from xsbond.errors import BondFileError
from xsbond.model import BondMode, DesiredBond

TWO_BONDS = """
[[bond]]
network = "PUB"
nics = ["eth1", "eth5"]

[[bond]]
network = "NAS 10G"
nics = ["eth2", "eth4", "ens3f0"]
mode = "lacp"
mtu = 9000
properties = { lacp-time = "fast" }
addresses = { xs-1 = "172.16.0.35/28", xs-2 = "172.16.0.36/28" }
"""


def test_everything_a_bond_may_have_is_read() -> None:
    """Two bonds come out as written, with defaults where nothing was."""
    assert parse_bond_file(TWO_BONDS) == (
        DesiredBond(network="PUB", nics=("eth1", "eth5"), mode=BondMode.BALANCE_SLB),
        DesiredBond(
            network="NAS 10G",
            nics=("eth2", "eth4", "ens3f0"),
            mode=BondMode.LACP,
            mtu=9000,
            properties={"lacp-time": "fast"},
            addresses={
                "xs-1": "172.16.0.35/28",
                "xs-2": "172.16.0.36/28",
            },
        ),
    )


def test_default_is_the_guest_bond_of_the_tutorial() -> None:
    """Without a file one bond is wanted: PUB, eth1 and eth5, balance-slb."""
    assert parse_bond_file('[[bond]]\nnetwork = "PUB"\nnics = ["eth1", "eth5"]\n') == TUTORIAL


HEAD = '[[bond]]\nnetwork = "P"\n'
NICS = HEAD + 'nics = ["eth1", "eth5"]\n'


@pytest.mark.parametrize(
    ("text", "key", "word"),
    [
        pytest.param("", "bond", "no [[bond]] table", id="empty"),
        pytest.param("bond = 3", "bond", "no [[bond]] table", id="bond-is-a-number"),
        pytest.param("[[bond]", "", "line 1", id="no-toml"),
        pytest.param("[[bonds]]", "bonds", "unknown key", id="unknown-top-key"),
        pytest.param(NICS + "nic = 1", "bond[1].nic", "unknown key", id="unknown-key"),
        pytest.param(NICS + 'mode = "slb"', "bond[1].mode", "'slb'", id="bad-mode"),
        pytest.param(NICS + "mode = 3", "bond[1].mode", "balance-slb", id="mode-is-a-number"),
        pytest.param('[[bond]]\nnics = ["a", "b"]', "bond[1].network", "missing", id="no-network"),
        pytest.param(HEAD, "bond[1].nics", "missing", id="no-nics"),
        pytest.param(HEAD + 'nics = ["a"]', "bond[1].nics", "two NICs", id="one-nic"),
        pytest.param(
            HEAD + 'nics = ["a", "a"]', "bond[1].nics", "a is named twice", id="nic-twice"
        ),
        pytest.param(HEAD + 'nics = ["a b", "c"]', "bond[1].nics[1]", "a b", id="no-device-name"),
        pytest.param(NICS + NICS, "bond[1].network, bond[2].network", "'P'", id="network-twice"),
        pytest.param(
            NICS + '[[bond]]\nnetwork = "Q"\nnics = ["eth5", "eth6"]',
            "bond[1].nics, bond[2].nics",
            "eth5",
            id="nic-in-two-bonds",
        ),
        pytest.param(NICS + "mtu = 0", "bond[1].mtu", ">= 68", id="mtu-zero"),
        pytest.param(
            NICS + 'properties = { lacp-time = "fast" }',
            "bond[1].properties",
            "no property of a balance-slb bond",
            id="property-without-lacp",
        ),
        pytest.param(
            NICS + 'mode = "lacp"\nproperties = { lacp-time = "never" }',
            "bond[1].properties",
            "fast|slow",
            id="bad-property",
        ),
        pytest.param(
            NICS + 'addresses = { xs-1 = "10.0.0.1" }',
            "bond[1].addresses.xs-1",
            "prefix length",
            id="address-without-prefix",
        ),
        pytest.param(
            NICS + 'addresses = { a = "10.0.0.1/24", b = "10.0.0.1/24" }',
            "bond[1].addresses",
            "10.0.0.1 is given to two hosts",
            id="address-twice",
        ),
    ],
)
def test_mistake_is_named_with_file_and_key(text: str, key: str, word: str) -> None:
    """A mistake is one line that names the file, the key and the reason."""
    with pytest.raises(BondFileError) as caught:
        parse_bond_file(text, "bonds.toml")
    line = str(caught.value)
    assert (caught.value.key, "\n" in line) == (key, False)
    assert line.startswith("bonds.toml: ")
    assert word in line


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is named in the error."""
    with pytest.raises(BondFileError, match=r"absent\.toml: cannot be read: No such file"):
        read_bond_file(tmp_path / "absent.toml")


def test_binary_file_is_named(tmp_path: Path) -> None:
    """A file that is no text is named in the error."""
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BondFileError, match=r"noise\.toml: cannot be read"):
        read_bond_file(tmp_path / "noise.toml")
