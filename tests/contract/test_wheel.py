"""What an installation without a clone gets: one name in site-packages, and in it all that the commands read."""

from __future__ import annotations

import configparser
import runpy
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest

import scones
from seedcode.image import content
from seedcode.packaging.function import build_function, list_functions
from seedcode.seed.seed import read_files
from tests.conftest import TOP


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked; it is built beside the checkout, which other tests read meanwhile."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["egg_info", "--egg-base", folder, "build", "--build-base", folder, "bdist_wheel", "--dist-dir", folder]
    subprocess.run([sys.executable, "setup.py", "-q", *map(str, words)], cwd=TOP, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    zipfile.ZipFile(made).extractall(folder / "site-packages")
    return folder / "site-packages"


def test_site_packages_gets_one_name_of_ours(wheel: Path) -> None:
    version = (TOP / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1].split()[0]
    assert sorted(path.name for path in wheel.iterdir()) == ["scones", f"scones-{version}.dist-info"]


def test_every_package_is_in_it_and_no_file_of_a_package_is_missing(wheel: Path) -> None:
    settings = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    for name in settings["tool"]["importlinter"]["root_packages"]:
        place = Path(name) if (TOP / name).is_dir() else Path("lambdas", name)
        ours = {path.relative_to(TOP / place) for path in (TOP / place).rglob("*") if path.suffix not in ("", ".pyc")}
        assert ours == {path.relative_to(wheel / "scones" / place) for path in (wheel / "scones" / place).rglob("*.*")}


def test_it_makes_the_same_seed_functions_and_image_as_the_checkout(wheel: Path, tmp_path: Path) -> None:
    root = wheel / "scones"
    assert read_files(root) == read_files(TOP)
    assert content.tag(root=root) == content.tag(root=TOP)
    assert list_functions(root) == list_functions(TOP)
    for name in list_functions(root):
        assert build_function(name, root, tmp_path).name == build_function(name, TOP, tmp_path).name


def test_the_container_s_context_has_all_that_the_wheel_is_built_of() -> None:
    with patch("setuptools.setup"):
        built = runpy.run_path(str(TOP / "setup.py"))
    lines = (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {path.relative_to(TOP).as_posix() for line in lines if line[0] == "!" for path in TOP.glob(line[1:])}
    assert lines[1] == "*"
    assert let_through >= {*built["FOLDERS"], *built["FILES"], "scones", "setup.py", "pyproject.toml", "README.md"}


def test_its_commands_are_functions_of_the_one_package(wheel: Path) -> None:
    (file,) = wheel.glob("*/entry_points.txt")
    points = configparser.ConfigParser()
    points.read(file)
    called = dict(points["console_scripts"])
    assert sorted(called) == ["get-pipeline-definition", "run-pipeline", "scones"]
    assert all(callable(getattr(scones, target.removeprefix("scones:"))) for target in called.values())


def test_a_folder_with_packages_of_the_same_names_misleads_no_command(wheel: Path, tmp_path: Path) -> None:
    for name in ("console", "common", "localaws"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the working directory was imported')")
    program = f"import sys; sys.path[1:1] = [{str(wheel)!r}]; import scones; sys.argv[1:] = ['--help']; scones.main()"
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "usage: scones" in done.stdout) == (0, True), done.stderr
