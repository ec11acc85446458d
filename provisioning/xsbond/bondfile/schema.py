"""The JSON schema of the bond file, for editors; made of the very tables that the reader uses.

`python -m xsbond.bondfile.schema` prints it, with `--line` the comment that names the packaged file
to an editor. The packaged file is what this prints; a test holds them together.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from xsbond.bondfile.shape import BondFile

FILE = Path(__file__).with_name("bond-file.schema.json")
"""The schema as it comes with the package."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema, JSON Schema 2020-12."""
    (made,), parts = msgspec.json.schema_components([BondFile], ref_template="#/$defs/{name}")
    name = made["$ref"].rpartition("/")[2]
    return {"$schema": _DIALECT, **parts.pop(name), "$defs": parts}


def text() -> str:
    """Return the schema as the packaged file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


def editor_line() -> str:
    """Return the first line of a bond file that an editor is to check (taplo, Even Better TOML)."""
    return f"#:schema {FILE.as_uri()}"


def main(arguments: list[str]) -> None:
    """Print the schema, or the line that names it."""
    parser = argparse.ArgumentParser(prog="python -m xsbond.bondfile.schema", description=__doc__)
    parser.add_argument("--line", action="store_true", help="print the line for an editor instead")
    line = parser.parse_args(arguments).line
    sys.stdout.write(f"{editor_line()}\n" if line else text())


if __name__ == "__main__":
    main(sys.argv[1:])
