"""The repository that a new project starts from: what is in it, and that it knows nothing of the laptop."""

import ast
import runpy
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml

from seedcode.seed.seed import CHECKOUT, FILES, LEFT_OUT, PACKAGES, SeedError, build_seed, read_files, write_seed

LAPTOP = {"localaws", "console", "benchmarks", "tests"}


def _imports(source: bytes) -> set[str]:
    tree = ast.parse(source)
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    others = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | others}


def test_every_file_that_is_listed_exists() -> None:
    assert [source for source in FILES.values() if not (CHECKOUT / source).is_file()] == []
    assert [place for place in LEFT_OUT if not (CHECKOUT / place).exists()] == []
    files = read_files()
    for room in PACKAGES:
        assert any(name.startswith(f"{room}/") for name in files), room


def test_the_seed_imports_nothing_of_the_laptop_nor_of_what_is_left_out() -> None:
    programs = {name: content for name, content in read_files().items() if name.endswith(".py")}
    assert len(programs) > 50
    for name, content in programs.items():
        assert not _imports(content) & LAPTOP, name
        assert b"from seedcode.seed" not in content, name


def test_the_seed_brings_what_a_push_needs() -> None:
    files = read_files()
    assert {
        "seedcode/buildspec.yml",
        "seedcode/template.yaml",
        "seedcode/Dockerfile",
        "requirements/build.lock",
    } <= set(files)
    assert ".github/workflows/run.yml" in files
    assert not [name for name in files if "__pycache__" in name or name.startswith(("seedcode/seed/", "localaws/"))]
    assert sum(map(len, files.values())) < 2_000_000


def test_the_zip_has_the_same_bytes_however_often_it_is_built(tmp_path: Path) -> None:
    first, second = build_seed(tmp_path / "1"), build_seed(tmp_path / "2")
    assert first.read_bytes() == second.read_bytes()
    assert set(zipfile.ZipFile(first).namelist()) == set(read_files())


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    with pytest.raises(SeedError, match="is not empty"):
        write_seed(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_seeded_repository_is_committed_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    assert write_seed(tmp_path / "new")
    assert (tmp_path / "new" / ".git" / "refs" / "heads" / "main").is_file()


def test_without_git_the_files_are_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not write_seed(tmp_path / "new")
    assert (tmp_path / "new" / "README.md").is_file()


def test_a_checkout_that_lacks_a_file_is_told_which(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="lacks seedcode/seed/files/README"):
        read_files(tmp_path)


@pytest.mark.parametrize("name", ["container", "build"])
def test_the_seeds_packages_are_the_projects(name: str) -> None:
    def listed(path: Path) -> list[str]:
        with patch("setuptools.setup"):  # the seed's file calls it
            return sorted(runpy.run_path(str(path))[name.upper()])

    assert listed(CHECKOUT / "setup.py") == listed(CHECKOUT / "seedcode/seed/files/setup.py")


def test_the_seeds_makefile_and_readme_name_no_command_that_it_lacks_but_where_they_say_whose_it_is() -> None:
    for name in ("README.md", "Makefile"):
        before, _, rest = read_files()[name].decode().partition("## On a laptop")
        laptop, _, after = rest.partition("\n## ")
        assert "scones " not in (before + after).replace("scones --target", "")
        assert not laptop or "is that of the project which wrote this repository" in laptop
    assert yaml.safe_load(read_files()[".github/workflows/run.yml"])["name"] == "run"
