"""Bridges, bonds and the version of Open vSwitch, as its command line tools print them."""

import re
from collections import Counter

from xsbond.model import OvsBond
from xsbond.snapshot.parsers.answer import INTERFACE_NAME, PORT_NAME, Answer, pattern, quoted

_BRIDGE = pattern(INTERFACE_NAME)

_BOND_LIST_HEADERS = frozenset(
    {
        # lib/bond.c:bond_unixctl_list, Open vSwitch 1.x to 2.1.
        ("bond", "type", "slaves"),
        # ofproto/bond.c since bonds may recirculate, 2.2 or 2.3 to 2.14.
        ("bond", "type", "recircID", "slaves"),
        # NEWS of 2.15: "slave" became "member".
        ("bond", "type", "recircID", "members"),
    }
)

BOND_MODE = "balance-slb|active-backup|balance-tcp|stable"
"""All that bond_mode_to_string ever returned; `stable` is deprecated since 1.9 (NEWS)."""

FEWEST_MEMBERS = 2
"""Of a bond; with one left it becomes an ordinary port (ofproto-dpif.c:bundle_remove)."""

_COLUMNS = {
    "bond": pattern(PORT_NAME),
    "type": pattern(BOND_MODE),
    "recircID": pattern(r"-?\d+"),
    "slaves": pattern(f"{INTERFACE_NAME}(?:, {INTERFACE_NAME})*"),
    "members": pattern(f"{INTERFACE_NAME}(?:, {INTERFACE_NAME})*"),
}
"""Title of a column -> what its cells look like."""

_VERSION = pattern(r"[a-z-]+ \(Open vSwitch\) (?P<version>\d+\.\d+\.\d+[\w.+~-]*)")
_BUILD_FACTS = tuple(
    map(
        pattern,
        (
            # lib/util.c:ovs_print_version; only older builds told their date.
            r"Compiled \w+ +\d+ \d+ [\d:]+",
            r"DB Schema [\d.]+",
        ),
    )
)


def parse_bridges(text: str) -> frozenset[str]:
    """Return the bridges, fake ones for VLANs included, that `ovs-vsctl list-br` names.

    Raises UnexpectedOutput at anything that is not a sorted list of names.
    """
    answer = Answer(source="ovs-vsctl list-br", text=text)
    names = [answer.match(line, (_BRIDGE,))[0] for line in (answer.lines() if text else ())]
    # ovs-vsctl.c:cmd_list_br sorts by strcmp; what stands out of line came from elsewhere.
    if names != sorted(set(names)):
        raise answer.unexpected("its names are not in order, each of them once")
    return frozenset(names)


def parse_bond_list(text: str) -> tuple[OvsBond, ...]:
    """Return the bonds that `ovs-appctl bond/list` lists, in its order, which means nothing.

    Reads the three headers there have been; columns are parted by TABs, or by runs of blanks
    where the TABs were lost. Raises UnexpectedOutput at anything else.
    """
    answer = Answer(source="ovs-appctl bond/list", text=text)
    header, *rows = answer.lines()
    separator = "\t" if "\t" in header else "[ \t]+"
    titles = tuple(re.split(separator, header))
    if titles not in _BOND_LIST_HEADERS:
        raise answer.unexpected(f"its header {quoted(header)} is unknown")
    bonds = tuple(_bond(answer, titles, separator, row) for row in rows)
    _refuse_repeated(answer, [bond.name for bond in bonds])
    _refuse_repeated(answer, [member for bond in bonds for member in sorted(bond.members)])
    return bonds


def _bond(answer: Answer, titles: tuple[str, ...], separator: str, row: str) -> OvsBond:
    # Only the last column has blanks of its own, so a blank is unambiguous in the others.
    most = 0 if separator == "\t" else len(titles) - 1
    cells = re.split(separator, row, maxsplit=most)
    if len(cells) != len(titles) or not all(map(_fits, titles, cells)):
        raise answer.unexpected(f"row {quoted(row)} does not fit its header")
    members = cells[-1].split(", ")
    _refuse_repeated(answer, members)
    if len(members) < FEWEST_MEMBERS:
        raise answer.unexpected(f"{cells[0]} has fewer than {FEWEST_MEMBERS} members")
    return OvsBond(name=cells[0], type=cells[1], members=frozenset(members))


def _fits(title: str, cell: str) -> bool:
    return _COLUMNS[title].fullmatch(cell) is not None


def _refuse_repeated(answer: Answer, names: list[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise answer.unexpected(f"{name} stands in it {times} times")


def parse_ovs_version(text: str) -> str:
    """Return the version that `ovs-vsctl --version` prints, as it stands: 2.5.3, 3.5.0-1.el9.

    Raises UnexpectedOutput at anything else, and where several programs differ.
    """
    answer = Answer(source="ovs-vsctl --version", text=text)
    matches = [answer.match(line, (_VERSION, *_BUILD_FACTS)) for line in answer.lines()]
    versions = set(answer.facts("the answer", matches).every("version"))
    if len(versions) != 1:
        raise answer.unexpected(f"it names {len(versions)} versions, not one")
    return versions.pop()
