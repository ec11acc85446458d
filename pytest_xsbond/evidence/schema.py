"""The JSON schema of what `--xsbond-json` writes, made of the values and their docstrings."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pytest_xsbond import advice
from pytest_xsbond.claims.results import Result
from pytest_xsbond.evidence import facts, outcome
from pytest_xsbond.verdict import finding, page

TITLE = "pytest-xsbond: what came of a run"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""Of what msgspec writes (msgspec.json.schema)."""
_VALUES = {
    value.__name__: value
    for module in (advice, facts, outcome, finding, page)
    for _, value in inspect.getmembers(module, inspect.isclass)
    if hasattr(value, "__dataclass_fields__") and value is not Result
}
"""Name -> class of what a definition of the schema is made of."""


def schema() -> Mapping[str, Any]:
    """Return the schema, every key with what is said of it."""
    made = msgspec.json.schema(outcome.Outcome)
    for name, definition in made["$defs"].items():
        # Nothing is left out, whatever its value is.
        definition["required"] = list(definition["properties"])
        for key, text in _docstrings(_VALUES[name]):
            definition["properties"][key]["description"] = text
    made["$defs"]["Outcome"]["properties"]["schema"]["const"] = outcome.VERSION
    return {"$schema": _DIALECT, "title": TITLE, **made}


def schema_text() -> str:
    """Return the schema as the file that is published."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=1).decode() + "\n"


def _docstrings(value: type) -> Iterator[tuple[str, str]]:
    """Yield (field, text) of the string below each field of a class."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(value))).body
    assert isinstance(tree, ast.ClassDef)
    for field, after in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(after, ast.Expr):
            text = ast.literal_eval(after.value)
            assert isinstance(field.target, ast.Name)
            yield field.target.id, " ".join(text.split())
