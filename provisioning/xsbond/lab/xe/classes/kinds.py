"""What a class is in xe."""

from dataclasses import dataclass

from xsbond.lab.xe.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class XeClass:
    """One class of xe."""

    name: str
    """As in `NAME-list`."""
    xapi_class: str
    fields: tuple[Field, ...]
    listed: tuple[str, ...] = ()
    """What a list shows unless params= says otherwise; empty: everything."""
    filters: tuple[tuple[str, str], ...] = ()
    """What every record that is listed has in common."""
    standard: bool = False
    """`xe help` names its list among the common commands."""

    def field(self, name: str) -> Field | None:
        """Return the field of this name."""
        return next((field for field in self.fields if field.name == name), None)
