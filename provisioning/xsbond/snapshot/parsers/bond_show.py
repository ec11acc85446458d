"""`ovs-appctl bond/show`: bonds and their members as ovs-vswitchd judges them now.

A bond is a paragraph of settings and one paragraph for each member; a blank line ends every one
of them (ofproto/bond.c:bond_print_details).
"""

from collections.abc import Sequence

from xsbond.model import OvsBondMember, OvsBondStatus
from xsbond.snapshot.parsers.answer import (
    INTERFACE_NAME,
    MAC,
    MOST_INT,
    PORT_NAME,
    Answer,
    Facts,
    pattern,
)
from xsbond.snapshot.parsers.openvswitch import BOND_MODE, FEWEST_MEMBERS

_TITLE = pattern(f"---- (?P<bond>{PORT_NAME}) ----")

_NO_SUCH = r"(?: \(no such (?P<word>slave|member)\))"

_SETTINGS = tuple(
    map(
        pattern,
        (
            f"bond_mode: (?P<mode>{BOND_MODE})",
            # lib/bond.c up to 1.5, not for active-backup.
            r"bond-hash-algorithm: balance-(?:slb|tcp)",
            # lib/bond.c of 1.x.
            r"lacp_negotiated: (?P<lacp_negotiated>true|false)",
            # Since a bond without its partner drops all traffic (NEWS of 1.6).
            r"lacp_status: (?P<lacp_status>off|configured|negotiated)",
            r"bond-hash-basis: \d+",
            r"updelay: (?P<updelay>\d+) ms",
            r"downdelay: (?P<downdelay>\d+) ms",
            r"next rebalance: -?\d+ ms",
            # ofproto/bond.c of 2.x.
            r"bond may use recirculation: (?:yes|no), Recirc-ID : -?\d+",
            r"lacp_fallback_ab: (?:true|false)",
            f"active (?P<word>slave|member) mac: {MAC}\\((?P<last_active>{INTERFACE_NAME})\\)",
            # 2.14 and later.
            r"lb_output action: (?:enabled|disabled), bond-id: -?\d+",
            rf"active-backup primary: (?:<none>|{INTERFACE_NAME}{_NO_SUCH}?)",
            # 3.x, not for active-backup.
            r"all (?P<word>member)s active: (?:true|false)",
        ),
    )
)
"""The lines of the first paragraph, with the Open vSwitch they came with."""

_MEMBER = pattern(f"(?P<word>slave|member) (?P<name>{INTERFACE_NAME}): (?P<state>enabled|disabled)")

_MEMBER_LINES = tuple(
    map(
        pattern,
        (
            # A TAB in 1.x and 2.x up to 2.12 or so, two blanks since.
            r"(?:\t|  )(?P<active>active) (?P<word>slave|member)",
            r"(?:\t|  )(?P<waiting>updelay|downdelay) expires in -?\d+ ms",
            r"(?:\t|  )may_enable: (?P<may_enable>true|false)",
            r"(?:\t|  )hash \d+: \d+ kB load",
        ),
    )
)

_WAITS_IN = {"updelay": "disabled", "downdelay": "enabled"}
"""What runs out -> the state that lasts until then."""

_NO_MEMBER = "none"
"""Stands in `active member mac` where no member has that MAC."""


def parse_bond_show(text: str) -> tuple[OvsBondStatus, ...]:
    """Return the bonds that `ovs-appctl bond/show` describes, in its order, which means nothing.

    No text means no bonds: the command has no header. Raises UnexpectedOutput at anything that
    no Open vSwitch prints, and at a text without names, as 1.x gave for a single bond.
    """
    answer = Answer(source="ovs-appctl bond/show", text=text)
    if not text:
        return ()
    paragraphs = answer.paragraphs()
    starts = [n for n, lines in enumerate(paragraphs) if _TITLE.fullmatch(lines[0])]
    if starts[:1] != [0]:
        raise answer.unexpected("it does not begin with the name of a bond")
    ends = [*starts[1:], len(paragraphs)]
    bonds = tuple(
        _bond(answer, paragraphs[start:end]) for start, end in zip(starts, ends, strict=True)
    )
    if len({bond.name for bond in bonds}) < len(bonds):
        raise answer.unexpected("it describes a bond twice")
    return bonds


def _bond(answer: Answer, paragraphs: Sequence[Sequence[str]]) -> OvsBondStatus:
    (title, *settings), *others = paragraphs
    name = answer.match(title, (_TITLE,))["bond"]
    facts = answer.facts(name, (answer.match(line, _SETTINGS) for line in settings))
    parts = [_member_facts(answer, lines) for lines in others]
    members = tuple(map(_member, parts))
    _refuse_mixed_words(facts, parts)
    _refuse_impossible(facts, members)
    return OvsBondStatus(
        name=name,
        bond_mode=facts.once("mode"),
        updelay=facts.figure("updelay", MOST_INT),
        downdelay=facts.figure("downdelay", MOST_INT),
        lacp_status=_lacp_status(facts),
        members=members,
    )


def _lacp_status(facts: Facts) -> str:
    """Return the status; a 1.x says only whether LACP was negotiated, and if not, nothing."""
    status, negotiated = facts.at_most_once("lacp_status"), facts.at_most_once("lacp_negotiated")
    if (status is None) == (negotiated is None):
        raise facts.unexpected("says too much or too little of LACP")
    return status or ("negotiated" if negotiated == "true" else "")


def _member_facts(answer: Answer, lines: Sequence[str]) -> Facts:
    head, *rest = lines
    matches = [answer.match(head, (_MEMBER,))]
    matches += [answer.match(line, _MEMBER_LINES) for line in rest]
    return answer.facts(matches[0]["name"], matches)


def _member(facts: Facts) -> OvsBondMember:
    waiting, state = facts.at_most_once("waiting"), facts.once("state")
    if waiting and _WAITS_IN[waiting] != state:
        raise facts.unexpected(f"is {state} and waits for its {waiting}")
    return OvsBondMember(
        name=facts.once("name"),
        enabled=state == "enabled",
        active=facts.at_most_once("active") is not None,
        may_enable=facts.once("may_enable") == "true",
    )


def _refuse_mixed_words(bond: Facts, members: Sequence[Facts]) -> None:
    words = {word for facts in (bond, *members) for word in facts.every("word")}
    if len(words) > 1:
        raise bond.unexpected("has members called slaves")


def _refuse_impossible(bond: Facts, members: Sequence[OvsBondMember]) -> None:
    names = [member.name for member in members]
    if len(set(names)) < max(len(names), FEWEST_MEMBERS):
        raise bond.unexpected("has a member twice, or fewer than two members")
    last_active = bond.at_most_once("last_active") or _NO_MEMBER
    if last_active not in (*names, _NO_MEMBER):
        raise bond.unexpected(f"has no member {last_active}, which was the active one")
    # bond_choose_active_slave: whichever mode, one member is active while any is enabled.
    active = sum(member.active for member in members)
    if active > 1 or (active == 0 and any(member.enabled for member in members)):
        raise bond.unexpected(f"has {active} active members")
