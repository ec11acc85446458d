"""What is shipped: built, installed apart from the checkout, and run."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def build(kind: str, source: Path, target: Path) -> Path:
    """Build a wheel or an sdist without a network; hatchling is a dependency of the tests."""
    paths = (str(target), str(source))
    command = [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "-o", *paths]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the checkout."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def names(wheel: Path) -> set[str]:
    """Return the paths within a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_two_packages(wheel: Path) -> None:
    """The wheel has exactly two top-level names, and its metadata."""
    tops = {name.partition("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"pytest_xsbond", "xsbond"}


def test_wheel_holds_the_spec_and_the_lab(wheel: Path) -> None:
    """The spec's tests and the lab are shipped, typed."""
    assert {
        "pytest_xsbond/spec/test_bonds.py",
        "pytest_xsbond/py.typed",
        "pytest_xsbond/evidence/report.html.jinja",
        "pytest_xsbond/evidence/picture.svg.jinja",
        "xsbond/lab/__main__.py",
        "xsbond/py.typed",
    } <= names(wheel)


def metadata(wheel: Path) -> str:
    """Return what PyPI reads of a wheel: headers, and the README."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def test_libraries_of_the_lab_come_with_an_extra(wheel: Path) -> None:
    """Whoever verifies a pool of his own installs none of them."""
    lines = metadata(wheel).splitlines()
    wanted = [line for line in lines if line.startswith("Requires-Dist: tree-sitter")]
    assert len([line for line in wanted if line.endswith("; extra == 'lab'")]) == 2
    assert all("; extra == " in line for line in wanted)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist built from the checkout."""
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def test_sdist_holds_what_its_tests_read(sdist: Path) -> None:
    """Whoever packages it for a distribution runs them; nothing of a checkout is in it."""
    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert {"tests", "docs", "examples", "CHANGELOG.md", "SECURITY.md", ".ci", ".github"} <= tops
    assert not {
        name for name in tops if name.startswith((".venv", ".git")) and name != ".github"
    } - {".gitignore"}


def test_metadata_names_where_the_project_lives(wheel: Path) -> None:
    """What PyPI shows beside the README."""
    lines = metadata(wheel).splitlines()
    named = {line.partition(", ")[0] for line in lines if line.startswith("Project-URL: ")}
    wanted = ("Homepage", "Documentation", "Source", "Issues", "Changelog")
    assert named == {f"Project-URL: {each}" for each in wanted}


def test_links_on_pypi_lead_to_the_site_and_the_repository(wheel: Path) -> None:
    """PyPI shows the README, and has no files beside it."""
    readme = metadata(wheel).partition("\n\n")[2]
    targets = set(re.findall(r"\]\(([^)]+)\)", readme))
    site = "https://pytest-xsbond.github.io/pytest-xsbond"
    assert f"{site}/first-run/" in targets
    assert f"{site}/terminal.svg" in targets
    assert f"{site}/lab/#the-shell" in targets
    assert {each for each in targets if not each.startswith("https://")} == set()


def test_wheel_from_the_sdist_is_the_same(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    """Nothing that the wheel needs is left out of the sdist."""
    subprocess.run(["tar", "-xzf", sdist, "-C", tmp_path], check=True)  # noqa: S607
    unpacked = tmp_path / sdist.name.removesuffix(".tar.gz")
    assert names(build("wheel", unpacked, tmp_path / "again")) == names(wheel)


def test_wheel_runs_the_tutorial_from_an_empty_directory(wheel: Path, tmp_path: Path) -> None:
    """Installed apart from the checkout, `pytest --pool=lab` holds."""
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target"]
    subprocess.run([*pip, installed, wheel], check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    where = [sys.executable, "-c", "import xsbond, pytest_xsbond; print(xsbond.__file__)"]
    run = [sys.executable, "-m", "pytest", "-p", "no:randomly", "--pool=lab", "--xsbond-matrix=all"]
    origin, result = (
        subprocess.run(command, cwd=empty, env=environment, capture_output=True, check=False)
        for command in (where, run)
    )
    assert origin.stdout.decode().startswith(str(installed))
    assert result.returncode == 0, result.stdout.decode()
    assert b"PM-4.5.3 M-3.5.1" in result.stdout
