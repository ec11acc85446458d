"""JSON schemas for editors: made of the very tables that a reader of TOML uses, and packaged."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorSchema:
    """The schema of one kind of file."""

    table: type
    """The shape of the whole file."""
    file: Path
    """The schema as it comes with the package."""
    refined: Callable[[dict[str, Any]], Mapping[str, Any]] = dict
    """Adds what the shape alone does not say."""

    def schema(self) -> Mapping[str, Any]:
        """Return the schema, JSON Schema 2020-12."""
        template = "#/$defs/{name}"
        (made,), parts = msgspec.json.schema_components([self.table], ref_template=template)
        name = made["$ref"].rpartition("/")[2]
        return self.refined({"$schema": _DIALECT, **parts.pop(name), "$defs": parts})

    def text(self) -> str:
        """Return the schema as the packaged file holds it."""
        return json.dumps(self.schema(), indent=2) + "\n"

    def editor_line(self) -> str:
        """Return the first line of a file that an editor is to check (taplo, Even Better TOML)."""
        return f"#:schema {self.file.as_uri()}"

    def main(self, arguments: list[str], program: str, says: str | None) -> None:
        """Print the schema, or the line that names it."""
        parser = argparse.ArgumentParser(prog=f"python -m {program}", description=says)
        parser.add_argument("--line", action="store_true", help="print the line for an editor")
        line = parser.parse_args(arguments).line
        sys.stdout.write(f"{self.editor_line()}\n" if line else self.text())
