"""Where there are no namespaces: archives and configuration are rewritten, and the machine's own /opt/ml is watched."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from localaws.failures import ClientFailure
from localaws.isolation.kinds import Isolation
from localaws.jobs import opt_ml, rewriting

PATHS = Isolation(reason="this system has no namespaces; Linux has them")


def pack(file: Path, **members: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, "w:gz") as packed:
        for name, content in members.items():
            member = tarfile.TarInfo(name.replace("__", "/").replace("_DOT_", "."))
            member.size, member.mode = len(content), 0o755 if name.endswith("sh") else 0o644
            packed.addfile(member, io.BytesIO(content))
        folder = tarfile.TarInfo("empty")
        folder.type = tarfile.DIRTYPE
        packed.addfile(folder)


def test_scripts_of_an_archive_are_rewritten_and_all_else_of_it_stays(tmp_path: Path) -> None:
    archive = tmp_path / "processing/input/code/sourcedir.tar.gz"
    pack(archive, code__run_DOT_py=b"open('/opt/ml/x')", data_DOT_csv=b"/opt/ml,1", bin__go_DOT_sh=b"cd /opt/ml/code")
    rewriting.rewrite_files(tmp_path)
    with tarfile.open(archive) as packed:
        found = {
            member.name: (packed.extractfile(member) or io.BytesIO()).read() for member in packed if member.isreg()
        }
        modes = {member.name: member.mode for member in packed}
    assert found == {
        "code/run.py": f"open('{tmp_path}/x')".encode(),
        "data.csv": b"/opt/ml,1",
        "bin/go.sh": f"cd {tmp_path}/code".encode(),
    }
    assert modes == {"code/run.py": 0o644, "data.csv": 0o644, "bin/go.sh": 0o755, "empty": 0o755}
    assert [path.name for path in archive.parent.iterdir()] == ["sourcedir.tar.gz"]


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_an_archive_that_names_no_path_or_is_none_stays_byte_for_byte(tmp_path: Path, content: bytes | None) -> None:
    archive = tmp_path / "input/data/train/source.tgz"
    pack(archive, run_DOT_py=b"print(1)")
    if content is not None:
        archive.write_bytes(content)
    before = archive.read_bytes()
    rewriting.rewrite_files(tmp_path)
    assert archive.read_bytes() == before


def test_an_archive_that_is_cut_short_is_left_to_the_program(tmp_path: Path) -> None:
    archive = tmp_path / "source.tar.gz"
    pack(archive, run_DOT_py=b"open('/opt/ml/x')" + os.urandom(9_999))
    archive.write_bytes(cut := archive.read_bytes()[:-2_000])
    rewriting.rewrite_files(tmp_path)
    assert archive.read_bytes() == cut


def test_scripts_of_channels_and_the_configuration_are_rewritten(tmp_path: Path) -> None:
    files = ["input/data/code/train.py", "input/config/hyperparameters.json", "config/processingjobconfig.json"]
    for name in [*files, "input/data/train/table.json"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('"/opt/ml/processing/in"')
    rewriting.rewrite_files(tmp_path)
    assert {(tmp_path / name).read_text() for name in files} == {f'"{tmp_path}/processing/in"'}
    assert (tmp_path / "input/data/train/table.json").read_text() == '"/opt/ml/processing/in"'


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands for this machine's own /opt/ml."""
    own = tmp_path / "own"
    monkeypatch.setattr(opt_ml, "OPT_ML", str(own))
    return own


@pytest.mark.parametrize("there", [True, False])
def test_a_file_in_the_machine_s_own_folder_is_told_by_its_name(machine: Path, there: bool) -> None:
    if there:
        (machine / "model").mkdir(parents=True)
    before = rewriting.look()
    (machine / "model").mkdir(parents=True, exist_ok=True)
    (machine / "model" / "weights").touch()
    with pytest.raises(ClientFailure, match=r"own/model/weights\), which no job has here, as this system has no names"):
        rewriting.check_untouched(before, PATHS)


def test_a_file_that_was_changed_or_removed_is_found(machine: Path) -> None:
    machine.mkdir()
    for change in (lambda file: file.write_text("22"), lambda file: file.unlink()):
        (machine / "file").write_text("1")
        before = rewriting.look()
        rewriting.check_untouched(before, PATHS)
        change(machine / "file")
        with pytest.raises(ClientFailure, match="own/file"):
            rewriting.check_untouched(before, PATHS)
