"""The JSON schema of the waiver file, for editors, with the ids of all outcomes to choose from.

`python -m pytest_xsbond.waivers_schema` prints it, with `--line` the comment that names the
packaged file to an editor. The packaged file is what this prints; a test holds them together.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_xsbond.claims.outcomes import CATALOGUE, OWN_ID
from pytest_xsbond.waivers.shape import WaiverFile
from xsbond.bondfile.editor_schema import EditorSchema


def _with_outcomes(made: dict[str, Any]) -> Mapping[str, Any]:
    """Let an outcome be one that there is, and a line of text be one for any reader of schemas."""
    keys = made["$defs"]["WaiverTable"]["properties"]
    for name, key in keys.items():
        # JSON Schema's regular expressions are those of ECMA 262, which has no \A and no \Z.
        if pattern := key.get("pattern"):
            keys[name]["pattern"] = pattern.replace(r"\A", "^").replace(r"\Z", "$")
    del keys["outcome"]["pattern"]
    own = {"pattern": f"^{OWN_ID}$", "description": "an id of a claim of your own"}
    keys["outcome"]["anyOf"] = [{"enum": list(CATALOGUE)}, own]
    return made


_SCHEMA = EditorSchema(
    table=WaiverFile, file=Path(__file__).with_name("waivers.schema.json"), refined=_with_outcomes
)
FILE = _SCHEMA.file
schema, text, editor_line = _SCHEMA.schema, _SCHEMA.text, _SCHEMA.editor_line


if __name__ == "__main__":
    _SCHEMA.main(sys.argv[1:], "pytest_xsbond.waivers_schema", __doc__)
