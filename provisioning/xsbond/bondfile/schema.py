"""The JSON schema of the bond file, for editors; made of the very tables that the reader uses.

`python -m xsbond.bondfile.schema` prints it, with `--line` the comment that names the packaged file
to an editor. The packaged file is what this prints; a test holds them together.
"""

import sys
from pathlib import Path

from xsbond.bondfile.editor_schema import EditorSchema
from xsbond.bondfile.shape import BondFile

_SCHEMA = EditorSchema(table=BondFile, file=Path(__file__).with_name("bond-file.schema.json"))
FILE = _SCHEMA.file
schema, text, editor_line = _SCHEMA.schema, _SCHEMA.text, _SCHEMA.editor_line


if __name__ == "__main__":
    _SCHEMA.main(sys.argv[1:], "xsbond.bondfile.schema", __doc__)
