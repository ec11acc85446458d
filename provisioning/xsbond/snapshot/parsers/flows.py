"""What a switch does with frames: the flows of its bridges, and how much its interfaces let in."""

import json
from collections.abc import Mapping

from xsbond.snapshot.parsers.answer import INTERFACE_NAME, Answer, pattern

_TITLE = pattern(f"==== (?P<bridge>{INTERFACE_NAME}) ====")
_REPLY = pattern(r"(?:NXST|OFPST)_FLOW reply \(.*\):")
_FLOW = pattern(r" ?cookie=0x[0-9a-f]+, (?P<flow>.* ?actions=\S+)")
_COUNTERS = pattern(
    r"(?:(?:duration|n_packets|n_bytes|idle_age|hard_age)=[\d.]+s?,? ?|table=0, ?)+"
)
_MOST = 10_000_000_000
"""More kbit/s than any interface has."""


def parse_flows(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return bridge -> its flows, as `priority=0 actions=NORMAL`; each after a title.

    Raises UnexpectedOutput at what `ovs-ofctl dump-flows` does not print.
    """
    answer = Answer(source="ovs-ofctl dump-flows", text=text)
    flows: dict[str, list[str]] = {}
    for line in answer.lines():
        if title := _TITLE.fullmatch(line):
            flows[title["bridge"]] = []
        elif not flows:
            raise answer.unexpected("it does not begin with the name of a bridge")
        elif "reply" not in line or not _REPLY.fullmatch(line):
            match = answer.match(line, (_FLOW,))
            flows[list(flows)[-1]].append(_COUNTERS.sub("", match["flow"]).strip())
    return {bridge: tuple(found) for bridge, found in flows.items()}


def parse_policing(text: str) -> Mapping[str, int]:
    """Return interface -> ingress_policing_rate in kbit/s; 0 where nothing is held back.

    Raises UnexpectedOutput if it is no such table (RFC 7047, section 5.1).
    """
    answer = Answer(source="ovs-vsctl list interface", text=text)
    try:
        table = json.loads(text)
        rows = [dict(zip(table["headings"], row, strict=True)) for row in table["data"]]
        rates = {_name(row["name"]): _rate(row["ingress_policing_rate"]) for row in rows}
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise answer.unexpected("it is no table of names and rates") from error
    if len(rates) < len(rows):
        raise answer.unexpected("an interface stands in it twice")
    return rates


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()
    return value


def _rate(value: object) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise ValueError(value)
    return value
