"""Code archives: the same bytes anywhere, a new address for new code, no upload twice."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipelines.clients import Client
from pipelines.code import Archive, build_archive, build_archives, locate_code, upload_code
from pipelines.errors import PipelineError
from pipelines.settings import Settings


@pytest.fixture
def room(tmp_path: Path) -> Path:
    folder = tmp_path / "bakery"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").write_text('"""A bakery."""\n')
    (folder / "__main__.py").write_text("import sys\nprint('baked', *sys.argv[1:])\n")
    (folder / "templates" / "page.html").write_text("<p>scone</p>")
    return folder


def test_age_and_compiled_files_do_not_change_an_archive(room: Path) -> None:
    before = build_archive("bakery", room)
    os.utime(room / "__init__.py", (1, 1))
    (room / "__pycache__").mkdir()
    (room / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    (room / ".hidden").write_text("editor's")

    assert build_archive("bakery", room) == before


def test_one_changed_letter_gives_another_address(room: Path) -> None:
    before = build_archive("bakery", room).key
    (room / "__main__.py").write_text("print('burnt')\n")

    assert build_archive("bakery", room).key != before


def test_an_archive_runs_with_its_arguments_and_carries_its_data_files(room: Path, tmp_path: Path) -> None:
    path = tmp_path / "bakery.pyz"
    path.write_bytes(build_archive("bakery", room).content)

    done = subprocess.run([sys.executable, path, "--warm"], capture_output=True, text=True, check=True)

    assert done.stdout == "baked --warm\n"
    assert "bakery/templates/page.html" in zipfile.ZipFile(path).namelist()


def test_the_containers_rooms_are_packed_from_the_checkout() -> None:
    rooms = {archive.package: _names(archive) for archive in build_archives()}

    assert set(rooms) == {"processing", "evaluation"}
    assert all(f"{room}/__init__.py" in names and names[0] == "__main__.py" for room, names in rooms.items())
    assert all({"common/__init__.py", "common/archives/tar.py"} <= set(names) for names in rooms.values())


def test_a_room_that_is_nowhere_is_named() -> None:
    with pytest.raises(PipelineError, match="no_such_room cannot be found"):
        build_archive("no_such_room")


def test_code_is_uploaded_under_its_digest_once(s3: Client, settings: Settings) -> None:
    archives = [Archive("processing", b"one"), Archive("evaluation", b"two")]

    first = upload_code(s3, settings, archives)
    puts: list[str] = []
    s3.meta.events.register("before-call.s3.PutObject", lambda **_: puts.append("put"))
    second = upload_code(s3, settings, archives)

    assert first == second == locate_code(settings, archives)
    assert first.processing == f"s3://{settings.bucket}/code/{archives[0].sha256}/processing.pyz"
    assert _keys(s3, settings) == {archive.key for archive in archives}
    assert puts == []


def _keys(s3: Client, settings: Settings) -> set[str]:
    return {entry["Key"] for entry in s3.list_objects_v2(Bucket=settings.bucket)["Contents"]}


def _names(archive: Archive) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
