"""What an installation without a clone gets: one name in site-packages, and in it all that the commands read."""

from __future__ import annotations

import configparser
import os
import runpy
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import scones
import scones.local
from seedcode.image import content
from seedcode.packaging.function import build_function, list_functions
from seedcode.seed.seed import read_files
from tests.conftest import TOP

LOCALAWS = TOP / "distributions" / "localaws"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both wheels, unpacked into one folder; they are built beside the checkout, which other tests read meanwhile."""
    folder = tmp_path_factory.mktemp("wheel")
    for place in (TOP, LOCALAWS):
        base = folder / place.name
        base.mkdir()
        words = ["egg_info", "--egg-base", base, "build", "--build-base", base, "bdist_wheel", "--dist-dir", folder]
        subprocess.run([sys.executable, "setup.py", "-q", *map(str, words)], cwd=place, check=True, capture_output=True)
    names: list[str] = []
    for made in folder.glob("*.whl"):
        with zipfile.ZipFile(made) as archive:
            names += archive.namelist()
            archive.extractall(folder / "site-packages")
    assert len(names) == len(set(names)), "a file is in both wheels"
    return folder / "site-packages"


def test_site_packages_gets_one_name_of_ours(wheel: Path) -> None:
    version = (TOP / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1].split()[0]
    metadata = [f"{name}-{version}.dist-info" for name in ("scones", "scones_localaws")]
    assert sorted(path.name for path in wheel.iterdir()) == ["scones", *metadata]


def test_the_project_needs_the_local_aws_of_its_own_version(wheel: Path) -> None:
    (file,) = wheel.glob("scones-*/METADATA")
    version = file.parent.name.removeprefix("scones-").removesuffix(".dist-info")
    needed = [
        line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("Requires-Dist: scones")
    ]
    assert needed == [f"Requires-Dist: scones-localaws[mxnet,xgboost]=={version}"]


def test_the_local_aws_needs_nothing_of_the_project_and_no_algorithm_s_packages(wheel: Path) -> None:
    (file,) = wheel.glob("scones_localaws-*/METADATA")
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("Requires-Dist: ")]
    needed = {
        line.split()[1].partition("[")[0].partition("=")[0].partition(">")[0] for line in lines if "extra" not in line
    }
    assert needed == {"boto3", "ministack", "uvicorn", "psutil", "pyyaml", "optuna", "jsonschema"}


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
    built = runpy.run_path(str(TOP / "setup.py"))
    lines = (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {path.relative_to(TOP).as_posix() for line in lines if line[0] == "!" for path in TOP.glob(line[1:])}
    assert lines[1] == "*"
    assert let_through >= {
        *(*built["FOLDERS"], *built["LOCALAWS_FOLDERS"], *built["FILES"]),
        *("scones", "distributions", "setup.py", "pyproject.toml", "README.md"),
    }


def test_its_commands_are_functions_of_the_one_package(wheel: Path) -> None:
    (file,) = wheel.glob("scones-*/entry_points.txt")
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


def test_the_local_aws_alone_runs_its_command_from_its_own_wheel(wheel: Path, tmp_path: Path) -> None:
    """Its wheel has no `scones/__init__.py`: the project's has it, or nobody."""
    alone = tmp_path / "alone" / "scones"
    alone.mkdir(parents=True)
    for name in ("local.py", "local_pytest.py", "common", "localaws"):
        (alone / name).symlink_to(wheel / "scones" / name)
    (file,) = wheel.glob("scones_localaws-*/entry_points.txt")
    points = configparser.ConfigParser()
    points.read(file)
    assert dict(points["console_scripts"]) == {"localaws": "scones.local:main"}
    assert dict(points["pytest11"]) == {"localaws": "scones.local_pytest"}
    (tmp_path / "common.py").write_text("raise SystemExit('the working directory was imported')")
    program = f"import sys; sys.path[1:1] = [{str(alone.parent)!r}]; from scones.local import main; sys.exit(main())"
    words = [sys.executable, "-c", program, "status", "--json"]
    environment = {"PATH": os.defpath, "SCONES_HOME": str(tmp_path / "home"), "SCONES_PORT": "1025"}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, '"not running"' in done.stdout) == (1, True), done.stderr
