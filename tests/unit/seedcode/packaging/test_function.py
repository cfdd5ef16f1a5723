"""A function's zip holds its package, is the same on every build, and is named by its content."""

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from seedcode.packaging import PackagingError, build_function, list_functions

CHECKOUT = Path(__file__).parents[4]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with one plain function, refresh_workflow, and a folder that is no function."""
    for name in ("greet", "refresh_workflow"):
        folder = tmp_path / "lambdas" / name
        folder.mkdir(parents=True)
        (folder / "handler.py").write_text("def handler(event, context): return {}\n")
    (tmp_path / "lambdas" / "notes").mkdir()
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow" / "inference.asl.json").write_text("{}")
    (tmp_path / "workflow" / "inference.py").write_text("")
    return tmp_path


def names(archive: Path) -> list[str]:
    return zipfile.ZipFile(archive).namelist()


def test_only_folders_with_a_handler_are_functions(root: Path) -> None:
    assert list_functions(root) == ["greet", "refresh_workflow"]


def test_the_zip_keeps_the_folder_as_a_package(root: Path) -> None:
    (root / "lambdas" / "greet" / "settings.py").write_text("")
    assert names(build_function("greet", root)) == ["greet/handler.py", "greet/settings.py"]


def test_what_python_and_editors_leave_stays_out(root: Path) -> None:
    cache = root / "lambdas" / "greet" / "__pycache__"
    cache.mkdir()
    (cache / "handler.pyc").write_bytes(b"")
    (root / "lambdas" / "greet" / ".swp").write_bytes(b"")
    assert names(build_function("greet", root)) == ["greet/handler.py"]


def test_refresh_workflow_takes_the_definitions_along(root: Path) -> None:
    assert "refresh_workflow/asl/inference.asl.json" in names(build_function("refresh_workflow", root))
    assert len(names(build_function("refresh_workflow", root))) == 2


def test_refresh_workflow_without_definitions_is_refused(root: Path) -> None:
    (root / "workflow" / "inference.asl.json").unlink()
    with pytest.raises(PackagingError, match="no \\*\\.asl\\.json"):
        build_function("refresh_workflow", root)


def test_the_zip_is_named_by_its_digest_and_lies_in_dist(root: Path) -> None:
    archive = build_function("greet", root)
    assert archive == root / "dist" / f"greet-{hashlib.sha256(archive.read_bytes()).hexdigest()}.zip"


def test_age_and_mode_of_a_file_do_not_change_the_zip(root: Path, tmp_path: Path) -> None:
    first = build_function("greet", root, tmp_path / "first")
    handler = root / "lambdas" / "greet" / "handler.py"
    os.utime(handler, (1, 1))
    handler.chmod(0o600)
    second = build_function("greet", root, tmp_path / "second")
    assert (first.name, first.read_bytes()) == (second.name, second.read_bytes())


def test_another_content_has_another_name(root: Path) -> None:
    first = build_function("greet", root)
    (root / "lambdas" / "greet" / "handler.py").write_text("changed = True\n")
    assert build_function("greet", root).name != first.name


def test_a_function_over_one_megabyte_is_refused_with_its_size(root: Path) -> None:
    (root / "lambdas" / "greet" / "data.bin").write_bytes(bytes(1_200_000))
    with pytest.raises(PackagingError, match=r"greet has 1\.2 MB packed, and 1 MB are allowed"):
        build_function("greet", root)


@pytest.mark.parametrize("name", ["notes", "nobody", "../greet"])
def test_a_name_that_is_no_function_is_refused_with_those_that_are(name: str, root: Path) -> None:
    with pytest.raises(PackagingError, match="the functions are greet, refresh_workflow"):
        build_function(name, root)


@pytest.mark.parametrize("name", list_functions(CHECKOUT))
def test_every_function_of_the_project_can_be_packed(name: str, tmp_path: Path) -> None:
    archive = build_function(name, folder=tmp_path)
    assert f"{name}/handler.py" in names(archive)
    assert archive.stat().st_size < 1_000_000
