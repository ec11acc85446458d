"""A waiver: a deviation that somebody knows of, and answers for until a certain day."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One `[[waiver]]` table."""

    outcome: str
    """Id of an outcome; either id of a claim that is made of master and members alike."""
    host: str
    """Name of a host."""
    network: str = ""
    """name_label of a wanted bond's network; empty for every bond."""
    reason: str
    owner: str
    expires: dt.date
    """The last day on which it counts, UTC."""
    where: str
    """File and table, as `waivers.toml: waiver[2]`."""

    @property
    def about(self) -> str:
        """Return what is waived, as `H-speed on xs-2`."""
        network = f", network {self.network}" if self.network else ""
        return f"{self.outcome} on {self.host}{network}"

    @property
    def says(self) -> str:
        """Return why, by whom and for how long, in one line."""
        return f"{self.reason} ({self.owner}, until {self.expires.isoformat()})"

    def covers(self, ids: Collection[str], host: str, network: str) -> bool:
        """Tell whether it is about a claim, by any of its ids, on a host and, if any, a network."""
        about = self.outcome in ids and self.host == host
        return about and (not self.network or self.network == network)

    def counts_on(self, day: dt.date) -> bool:
        """Tell whether it has not expired yet."""
        return day <= self.expires
