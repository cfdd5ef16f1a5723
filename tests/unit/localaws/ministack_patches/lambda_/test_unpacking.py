"""A layer is unpacked and compiled once, and no function changes what another is given."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localaws.ministack_patches.lambda_.unpacking import Archives
from localaws.platforms import find_cache

FILES = {"python/fine.py": "of = 1", "python/broken.py": "of =", "bin/tool": "tool"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "cache"))  # whence macOS has it
    return find_cache() / "functions"


def unpack(folder: Path, files: dict[str, str] = FILES, *, shared: bool = True, name: str = "layer_0") -> Path:
    """Unpack as MiniStack does: beside the archive, into a folder that is there."""
    target = folder / name
    target.mkdir(parents=True)
    with zipfile.ZipFile(f"{target}.zip", "w") as archive:
        for path, text in files.items():
            # Equal bytes, whenever it is packed.
            archive.writestr(zipfile.ZipInfo(path), text)
    with Archives(zipfile, shared=shared).ZipFile(f"{target}.zip") as archive:
        archive.extractall(target)
    return target


def texts(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {str(path.relative_to(folder)): path.read_text() for path in found}


@pytest.mark.parametrize("shared", [True, False])
def test_a_layer_holds_its_files_and_what_can_be_compiled_of_them(tmp_path: Path, shared: bool) -> None:
    unpacked = unpack(tmp_path, shared=shared)
    assert texts(unpacked) == FILES
    assert [path.name.partition(".")[0] for path in unpacked.rglob("*.pyc")] == ["fine"]


@pytest.mark.parametrize("shared", [True, False])
def test_python_believes_what_was_compiled(tmp_path: Path, shared: bool) -> None:
    words = [sys.executable, "-vB", "-c", "import fine"]
    folder = unpack(tmp_path, shared=shared) / "python"
    said = subprocess.run(words, cwd=folder, env={"PYTHONPATH": "."}, capture_output=True, text=True, check=True).stderr
    assert "fine.cpython" in said.partition("matches")[2], said[-2000:]


def test_the_same_layer_is_unpacked_once(tmp_path: Path, cache: Path) -> None:
    first = unpack(tmp_path / "one")
    (first / "bin" / "tool").write_text("only there")
    assert texts(unpack(tmp_path / "two"))["bin/tool"] == "only there"
    assert texts(unpack(tmp_path / "three", {"bin/tool": "other"})) == {"bin/tool": "other"}
    assert len([path for path in cache.iterdir() if path.is_dir()]) == 2


def test_many_at_once_see_the_whole_of_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda number: texts(unpack(tmp_path / str(number))), range(8)))
    assert seen == [FILES] * 8


def test_a_function_without_namespaces_changes_its_own_copy_alone(tmp_path: Path) -> None:
    (unpack(tmp_path / "one", shared=False) / "bin" / "tool").write_text("planted")
    assert texts(unpack(tmp_path / "two", shared=False)) == FILES


def test_a_process_s_folder_is_removed_without_the_layer(tmp_path: Path) -> None:
    unpack(tmp_path / "one")
    shutil.rmtree(tmp_path / "one")
    assert texts(unpack(tmp_path / "two")) == FILES


def test_without_a_cache_a_layer_is_unpacked_where_it_shall_lie(tmp_path: Path, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file, where a folder should be")
    unpacked = unpack(tmp_path)
    assert not unpacked.is_symlink()
    assert texts(unpacked) == FILES


def test_code_is_unpacked_where_it_shall_lie(tmp_path: Path) -> None:
    code = unpack(tmp_path, name="code")
    assert not code.is_symlink()
    assert texts(code) == FILES
    assert not list(code.rglob("*.pyc"))


def test_what_was_not_used_for_a_month_is_removed_with_the_next(tmp_path: Path, cache: Path) -> None:
    unpack(tmp_path / "one")
    [kept] = (path for path in cache.iterdir() if path.is_dir())
    long_ago = time.time() - 31 * 24 * 3600
    os.utime(kept, (long_ago, long_ago))
    unpack(tmp_path / "again")
    assert kept.stat().st_mtime > long_ago, "it was used"
    os.utime(kept, (long_ago, long_ago))
    unpack(tmp_path / "other", {"bin/tool": "other"})
    assert not kept.exists()
