"""What a waiver file may hold, key by key: what its reader and its JSON schema are made of."""

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta

_LINE = r"\A[^\n\r]*\S[^\n\r]*\Z"
_WHAT = "id of an outcome, as the matrix and the runbook show it; --xsbond-list prints them all"
Outcome = Annotated[str, Meta(min_length=1, pattern=_LINE, description=_WHAT)]
Host = Annotated[str, Meta(min_length=1, pattern=_LINE, description="name of a host")]
Reason = Annotated[str, Meta(min_length=1, pattern=_LINE, description="why it may be so")]
Owner = Annotated[str, Meta(min_length=1, pattern=_LINE, description="who answers for it")]
Expires = Annotated[
    dt.date,
    Meta(description="a date without quotes: the last day on which the waiver counts, in UTC"),
]
Network = Annotated[
    str, Meta(description="only the bond of this network; without it every wanted bond")
]


class WaiverTable(msgspec.Struct, forbid_unknown_fields=True):
    """One `[[waiver]]` table: a deviation that somebody knows of, and answers for."""

    outcome: Outcome
    host: Host
    reason: Reason
    owner: Owner
    expires: Expires
    network: Network = ""


class WaiverFile(msgspec.Struct, forbid_unknown_fields=True):
    """A waiver file: one `[[waiver]]` table for each known deviation."""

    waiver: list[WaiverTable] = []
