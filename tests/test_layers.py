"""The direction of imports is law: which room may import which, and how large a room may be.

`python -m tests.test_layers` prints the section of docs/design.md that is made of the tables below.
"""

import ast
import graphlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.support.imports import PACKAGES, ROOT, imports, modules, named

LONGEST = 300
"""Lines of a module."""
WIDEST = 15
"""Modules side by side in a package."""
WIDER = MappingProxyType(
    {
        "xsbond.lab.xapi.calls": "a table: one module for each class of the API",
        "xsbond.lab.shell.commands": "a table: one module for each family of programs",
    }
)
"""Package -> why it is wider: the limit would split one thing in two."""


def _rooms(package: str, table: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Return a table with full names; `.` is the package itself, a full name stays as it is."""

    def full(name: str) -> str:
        if name.startswith("xsbond."):
            return name
        return package if name == "." else f"{package}.{name}"

    return MappingProxyType(
        {full(room): frozenset(map(full, may.split())) for room, may in table.items()}
    )


_NOUNS = frozenset({"xsbond.model", "xsbond.errors", "xsbond.bondfile", "xsbond.private"})
_LOOKED_AT = _NOUNS | {"xsbond.snapshot"}
POOL = MappingProxyType(
    {
        "xsbond.model": frozenset[str](),
        **dict.fromkeys(("xsbond.errors", "xsbond.private", "xsbond.interrupts"), frozenset[str]()),
        "xsbond.bondfile": frozenset({"xsbond.model", "xsbond.errors"}),
        "xsbond.snapshot": _NOUNS,
        "xsbond.collect": _LOOKED_AT,
        "xsbond.drift": _LOOKED_AT,
        "xsbond.plan": _LOOKED_AT | {"xsbond.collect"},
        "xsbond.learn": _LOOKED_AT | {"xsbond.collect", "xsbond.plan"},
        "xsbond.failover": _LOOKED_AT | {"xsbond.collect", "xsbond.interrupts"},
        "xsbond.apply": _LOOKED_AT
        | {"xsbond.collect", "xsbond.drift", "xsbond.interrupts", "xsbond.plan", "xsbond.failover"},
    }
)
"""Room of the pool half -> the rooms it may import."""
PLUGIN = _rooms(
    "pytest_xsbond",
    {
        "clean": "",
        "own_command": "",
        "advice": "own_command",
        "option_table": "",
        "options": "option_table",
        "relevance": "option_table options",
        "docs": "",
        "manifest": "",
        "waivers": "",
        "credentials": "options",
        "claims": "waivers",
        "waivers_schema": "claims waivers",
        "settings": "claims options relevance waivers",
        ".": "claims",
        "spec": ". claims",
        "causes": "advice claims spec",
        "runbook": "causes",
        "runs": "claims clean credentials manifest options relevance settings spec xsbond.lab "
        "xsbond.lab.anylab xsbond.lab.blueprint xsbond.lab.faults xsbond.lab.namespaced",
        "verdict": "advice causes claims spec waivers",
        "terminal": "causes claims clean own_command runs verdict",
        "evidence": "advice causes claims clean manifest options runs terminal verdict",
        "fleet": "clean options relevance",
        "fixtures": "claims clean runs terminal",
        "session": ". causes claims clean credentials options own_command runs settings spec "
        "terminal verdict waivers",
        "interrupted": "options",
        "plugin": "evidence fleet options relevance runs session spec terminal",
    },
)
"""Room of the pytest half -> the rooms it may import; all of the pool half is open to it, too."""
LAB = _rooms(
    "xsbond.lab",
    {
        "timing": "",
        "contracts": "",
        "profiles": "",
        "scratch": "",
        "rig": "contracts",
        "blueprint": "contracts profiles",
        "dom0": "contracts profiles",
        "pool": "contracts profiles timing",
        "shell": "contracts dom0 profiles",
        "networking": "contracts pool profiles",
        "xapi.access": "blueprint contracts pool",
        "ssh": "shell",
        "guests": "contracts networking pool",
        "toolstack": "contracts networking pool",
        "xapi": "contracts guests networking pool profiles toolstack xapi.access",
        "founding": "blueprint contracts guests networking pool toolstack xapi xapi.access",
        "xe": "contracts pool shell xapi",
        "world": "blueprint contracts founding networking pool timing toolstack xapi xapi.access",
        "programs": "shell xe",
        "xapi.doors": "contracts pool profiles toolstack world xapi",
        "anylab": "blueprint contracts pool scratch ssh timing world xapi.doors",
        "lab": "anylab contracts dom0 pool programs shell ssh xapi.doors",
        ".": "lab",
        "faults": "anylab contracts dom0 lab networking pool shell",
        "namespaced": "anylab blueprint contracts faults guests networking pool profiles rig "
        "shell ssh timing xapi.access xapi.doors xe",
        "__main__": "anylab blueprint faults lab namespaced timing",
    },
)
"""Room of the lab -> the rooms it may import, which are all of the lab."""
ROOMS = MappingProxyType({**POOL, **PLUGIN, **LAB})

PURE = ("xsbond.model", "xsbond.errors", "xsbond.bondfile", "xsbond.snapshot", "xsbond.drift")
PURE_OF_THE_PLAN = ("plan", "steps", "preflight", "refusals")
NO_IO = {"socket", "ssl", "http", "paramiko", "XenAPI", "testinfra", "subprocess", "threading"}


def room_of(module: str, rooms: Iterable[str] = ROOMS) -> str:
    """Return the room a module stands in, the narrowest there is; nothing if there is none."""
    of = [room for room in rooms if module == room or module.startswith(room + ".")]
    return max(of, key=len, default="")


def forbidden(module: str, imported: Iterable[str]) -> list[str]:
    """Return those imports that lead from a module's room where they must not."""
    room = room_of(module)
    return [name for name in imported if room_of(name) not in {room, *_allowed(room)}]


def _allowed(room: str) -> frozenset[str]:
    whole_pool_half = frozenset(POOL) if room in PLUGIN else frozenset()
    return ROOMS[room] | whole_pool_half


@pytest.mark.parametrize("module", sorted(imports()))
def test_imports_lead_from_room_to_room_as_the_table_says(module: str) -> None:
    """A module imports its own room, and those the table allows."""
    assert room_of(module) or module in PACKAGES, "the module stands in no room"
    assert forbidden(module, imports()[module]) == []


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("xsbond.snapshot.lookup", "xsbond.collect.xapi"),
        ("xsbond.collect.observe", "xsbond.plan.plan"),
        ("xsbond.plan.plan", "xsbond.apply.provisioning"),
        ("xsbond.plan.plan", "xsbond.lab.world"),
        ("xsbond.lab.world", "xsbond.model"),
        ("xsbond.collect.dom0", "pytest_xsbond.options"),
        ("pytest_xsbond.claims.health", "pytest_xsbond.terminal.header"),
    ],
)
def test_import_that_runs_back_is_found(module: str, imported: str) -> None:
    """The check itself: each of these would be told."""
    assert module in modules()
    assert imported in modules()
    assert forbidden(module, [imported]) == [imported]


def test_no_circle_of_imports() -> None:
    """No module imports itself by way of others, for its types or within a function either."""
    list(graphlib.TopologicalSorter(imports()).static_order())


def test_no_circle_of_rooms() -> None:
    """The table itself runs one way only."""
    list(graphlib.TopologicalSorter(ROOMS).static_order())


@pytest.mark.parametrize("module", [name for name in modules() if name.split(".")[0] == "xsbond"])
def test_pool_half_knows_no_pytest(module: str) -> None:
    """Nothing in `xsbond` imports pytest itself."""
    assert not {name for name in named(modules()[module]) if name.split(".")[0] == "pytest"}


def _pure() -> list[str]:
    of_the_plan = [f"xsbond.plan.{each}" for each in PURE_OF_THE_PLAN]
    return [each for each in modules() if room_of(each, [*PURE, *of_the_plan])]


@pytest.mark.parametrize("module", _pure())
def test_core_does_no_io(module: str) -> None:
    """The pure modules import nothing that could reach a network or a process."""
    assert {name.partition(".")[0] for name in named(modules()[module])} & NO_IO == set()


@pytest.mark.parametrize(
    "module", [each for each in modules() if each.startswith("pytest_xsbond.spec")]
)
def test_spec_uses_public_names(module: str) -> None:
    """Spec modules import what users may import, and nothing private."""
    ours = imports()[module]
    assert not [name for name in ours if any(part.startswith("_") for part in name.split("."))]


def _sources() -> Iterator[Path]:
    for folder in (*PACKAGES.values(), ROOT / "tests", ROOT / "benchmarks"):
        yield from sorted(folder.rglob("*.py"))


def _place(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", list(_sources()), ids=_place)
def test_no_module_is_too_long(path: Path) -> None:
    """Whoever looks for something reads a file of a size that a person can keep in mind."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST


def _packages() -> Iterator[str]:
    return (name for name, path in modules().items() if path.name == "__init__.py")


@pytest.mark.parametrize("package", list(_packages()))
def test_no_package_is_too_wide(package: str) -> None:
    """More modules than that side by side want a room of their own."""
    beside = [path for path in modules()[package].parent.glob("*.py") if path.stem != "__init__"]
    assert len(beside) <= WIDEST or package in WIDER


@pytest.mark.parametrize("package", list(_packages()))
def test_package_says_what_it_is_for(package: str) -> None:
    """The docstring of every package begins with one sentence."""
    assert says(package).endswith("."), "one sentence"
    assert ". " not in says(package).removesuffix(" Pure.").removesuffix(".")


def says(module: str) -> str:
    """Return the first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(modules()[module].read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def test_design_shows_the_rooms_as_they_are() -> None:
    """`python -m tests.test_layers` was pasted into docs/design.md after the last change."""
    assert section() in (ROOT / "docs" / "design.md").read_text(encoding="utf-8")


def section() -> str:
    """Return the picture of the rooms and the list of them, as Markdown."""
    return "\n".join([*_picture(), "", *_list()]) + "\n"


_HALVES = MappingProxyType({"pytest_xsbond": PLUGIN, "xsbond": POOL, "xsbond.lab": LAB})


def _picture() -> Iterator[str]:
    yield from ("```mermaid", "flowchart BT")
    for half, rooms in _HALVES.items():
        yield f'  subgraph "{half}"'
        yield from (f'    {room.replace(".", "_")}["{_short(room, half)}"]' for room in rooms)
        yield "  end"
    for room, may in ROOMS.items():
        direct = may - {far for near in may for far in _reach(near)}
        yield from (
            f"  {room.replace('.', '_')} --> {to.replace('.', '_')}" for to in sorted(direct)
        )
    yield "  pytest_xsbond --> xsbond"
    yield "```"


def _reach(room: str) -> set[str]:
    """Return all rooms that a room reaches, by whatever way."""
    return set(ROOMS[room]) | {far for near in ROOMS[room] for far in _reach(near)}


def _short(room: str, half: str) -> str:
    return room.removeprefix(half + ".")


def _list() -> Iterator[str]:
    yield from ("| room | what it is for | may import |", "|---|---|---|")
    for half, rooms in _HALVES.items():
        for room, may in rooms.items():
            near = ", ".join(f"`{_short(each, half)}`" for each in sorted(may)) or "nothing of ours"
            yield f"| `{room}` | {says(room)} | {near} |"


if __name__ == "__main__":
    sys.stdout.write(section())
