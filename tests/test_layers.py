"""The direction of imports is law."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLUGIN, POOL = ROOT / "pytest_xsbond", ROOT / "provisioning" / "xsbond"
LAB = POOL / "lab"
PURE = ("model.py", "errors.py", "bondfile.py", "plan.py", "preflight.py", "lookup.py", "steps.py")
NO_IO = {"socket", "ssl", "http", "paramiko", "XenAPI", "testinfra", "subprocess", "threading"}


def place(path: Path) -> str:
    """Return a file's place in the checkout, as a test's id."""
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    """Return the full names of all modules a file imports, within functions, too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its direction"
            module = node.module or ""
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def files(folder: Path) -> list[Path]:
    """Return the modules below a folder."""
    found = sorted(folder.rglob("*.py"))
    assert found, f"nothing to check in {folder}"
    return found


def within(modules: set[str], package: str) -> set[str]:
    """Return those modules that belong to a package."""
    return {name for name in modules if name == package or name.startswith(package + ".")}


@pytest.mark.parametrize("path", files(POOL), ids=place)
def test_pool_half_knows_no_pytest(path: Path) -> None:
    """Nothing in `xsbond` imports the plugin, or pytest itself."""
    assert within(imports(path), "pytest_xsbond") | within(imports(path), "pytest") == set()


@pytest.mark.parametrize("path", files(LAB), ids=place)
def test_lab_knows_the_lab_only(path: Path) -> None:
    """The lab shares no code with what looks at it."""
    xsbond = within(imports(path), "xsbond") - {"xsbond"}
    assert xsbond - within(xsbond, "xsbond.lab") - {"xsbond.lab"} == set()


@pytest.mark.parametrize(
    "path", [path for path in files(POOL) if LAB not in path.parents], ids=place
)
def test_nobody_in_the_pool_half_knows_the_lab(path: Path) -> None:
    """Collectors, parsers and plan import nothing of the lab."""
    assert within(imports(path), "xsbond.lab") == set()


@pytest.mark.parametrize(
    "path", [POOL / name for name in PURE] + files(POOL / "parsers"), ids=place
)
def test_core_does_no_io(path: Path) -> None:
    """The pure modules import nothing that could reach a network or a process."""
    assert {name.partition(".")[0] for name in imports(path)} & NO_IO == set()


@pytest.mark.parametrize("path", files(PLUGIN / "spec"), ids=place)
def test_spec_uses_public_names(path: Path) -> None:
    """Spec modules import what users may import, and nothing private."""
    ours = within(imports(path), "pytest_xsbond") | within(imports(path), "xsbond")
    assert not [name for name in ours if any(part.startswith("_") for part in name.split("."))]
